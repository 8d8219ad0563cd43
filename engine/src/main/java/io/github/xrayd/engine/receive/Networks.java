package io.github.xrayd.engine.receive;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.regex.Pattern;

/**
 * A list of networks that addresses are looked up in, IPv4 and IPv6 alike. Immutable; looking up allocates nothing.
 *
 * <p>An address is its 128 bits as two longs; an IPv4 address is the IPv6 address it is mapped to
 * ({@code ::ffff:a.b.c.d}), so that it is the same whichever kind of socket it came to.
 */
public final class Networks {
    private static final Pattern IPV4 = Pattern.compile("[0-9]{1,3}(\\.[0-9]{1,3}){3}");
    private static final Pattern IPV6 = Pattern.compile("[0-9a-fA-F:.]*:[0-9a-fA-F:.]*");
    private static final Pattern PREFIX = Pattern.compile("[0-9]{1,3}");
    private static final int IPV4_BITS = 32;
    private static final int IPV6_BITS = 128;
    private static final int MAPPED_BITS = IPV6_BITS - IPV4_BITS;
    private static final long MAPPED = 0x0000_FFFF_0000_0000L;
    /** The most networks in a list: each datagram is compared with all. */
    public static final int NETWORKS_MAX = 256;

    private final long[] highs;
    private final long[] lows;
    private final long[] highMasks;
    private final long[] lowMasks;

    private Networks(int count) {
        highs = new long[count];
        lows = new long[count];
        highMasks = new long[count];
        lowMasks = new long[count];
    }

    /**
     * Reads a list, as {@code 10.0.0.0/8,192.168.1.7,2001:db8::/32}; an address without a prefix length is that one
     * host.
     *
     * @throws IllegalArgumentException saying which entry is wrong and how to write it
     */
    public static Networks parse(String list) {
        String[] entries = list.split(",", -1);
        if (entries.length > NETWORKS_MAX) {
            throw new IllegalArgumentException("must be at most " + NETWORKS_MAX + " networks");
        }
        Networks networks = new Networks(entries.length);
        for (int i = 0; i < entries.length; i++) {
            networks.put(i, entries[i].trim());
        }
        return networks;
    }

    private void put(int index, String entry) {
        int slash = entry.indexOf('/');
        String host = slash < 0 ? entry : entry.substring(0, slash);
        byte[] address = address(host, entry);
        boolean isWrittenAsIpv6 = host.indexOf(':') >= 0;
        int bits = isWrittenAsIpv6 ? IPV6_BITS : IPV4_BITS;
        int prefix = slash < 0 ? bits : prefix(entry.substring(slash + 1), bits, entry);
        if (address.length * Byte.SIZE == IPV4_BITS) {
            prefix = isWrittenAsIpv6 ? prefix : prefix + MAPPED_BITS;
        }
        highs[index] = high(address);
        lows[index] = low(address);
        highMasks[index] = mask(Math.min(prefix, Long.SIZE));
        lowMasks[index] = mask(Math.max(0, prefix - Long.SIZE));
        if ((highs[index] & ~highMasks[index]) != 0 || (lows[index] & ~lowMasks[index]) != 0) {
            throw wrong(entry, "has bits set beyond its prefix length");
        }
    }

    /** Never asks a name server: only what is written as an address is looked at. */
    private static byte[] address(String host, String entry) {
        if (!IPV4.matcher(host).matches() && !IPV6.matcher(host).matches()) {
            throw wrong(entry, "is not a network");
        }
        try {
            return InetAddress.getByName(host).getAddress();
        } catch (UnknownHostException e) {
            throw wrong(entry, "is not a network");
        }
    }

    private static int prefix(String text, int bits, String entry) {
        int prefix = PREFIX.matcher(text).matches() ? Integer.parseInt(text) : Integer.MAX_VALUE;
        if (prefix > bits) {
            throw wrong(entry, "has no prefix length from 0 to " + bits);
        }
        return prefix;
    }

    private static IllegalArgumentException wrong(String entry, String what) {
        return new IllegalArgumentException(
                "must be networks, as 10.0.0.0/8,192.168.1.7,2001:db8::/32; \"" + entry + "\" " + what);
    }

    private static long mask(int bits) {
        return bits == 0 ? 0 : -1L << (Long.SIZE - bits);
    }

    /** The upper 64 bits of an address of 4 or 16 bytes. */
    static long high(byte[] address) {
        return address.length == 4 ? 0 : word(address, 0);
    }

    /** The lower 64 bits of an address of 4 or 16 bytes. */
    static long low(byte[] address) {
        return address.length == 4 ? mapped((int) (word(address, 0) >>> 32)) : word(address, 8);
    }

    /** The lower 64 bits of the IPv6 address that an IPv4 address is mapped to; the upper ones are 0. */
    static long mapped(int address) {
        return MAPPED | (address & 0xFFFF_FFFFL);
    }

    private static long word(byte[] bytes, int from) {
        long word = 0;
        for (int i = 0; i < Long.BYTES; i++) {
            word = (word << 8) | (from + i < bytes.length ? bytes[from + i] & 0xFF : 0);
        }
        return word;
    }

    /** Whether one of the networks has the address. */
    boolean contains(long high, long low) {
        for (int i = 0; i < highs.length; i++) {
            if (((high ^ highs[i]) & highMasks[i]) == 0 && ((low ^ lows[i]) & lowMasks[i]) == 0) {
                return true;
            }
        }
        return false;
    }

    /** Whether one of the networks has the address. */
    public boolean contains(InetAddress address) {
        byte[] bytes = address.getAddress();
        return contains(high(bytes), low(bytes));
    }

    /** An address as people write it. */
    static String text(long high, long low) {
        byte[] address = new byte[16];
        for (int i = 0; i < Long.BYTES; i++) {
            address[i] = (byte) (high >>> (56 - 8 * i));
            address[8 + i] = (byte) (low >>> (56 - 8 * i));
        }
        try {
            return InetAddress.getByAddress(address).getHostAddress();
        } catch (UnknownHostException e) {
            throw new IllegalStateException(e);
        }
    }
}
