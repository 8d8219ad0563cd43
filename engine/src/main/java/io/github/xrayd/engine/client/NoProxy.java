package io.github.xrayd.engine.client;

import java.net.IDN;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The hosts that {@code NO_PROXY} names, read as Go programs read it: {@code *} for all, {@code host} for it and its
 * subdomains, {@code .host} or {@code *.host} for its subdomains only, addresses, networks as {@code 10.0.0.0/8} or
 * {@code fd00::/8}, and a port after any but a network. Blanks separate items too. Immutable.
 */
final class NoProxy {
    static final NoProxy NOBODY = new NoProxy(List.of());

    private static final Pattern IPV4 = Pattern.compile("\\d{1,3}(\\.\\d{1,3}){3}");
    private static final Logger LOGGER = LoggerFactory.getLogger(NoProxy.class);

    /** What one item matches; {@code port} is -1 for any. */
    private record Item(
            @Nullable String suffix, boolean isHostItself, @Nullable InetAddress network, int prefixBits, int port) {
        boolean matches(String host, @Nullable InetAddress address, int calledPort) {
            if (port >= 0 && port != calledPort) {
                return false;
            }
            if (network != null) {
                return address != null && isWithin(address.getAddress(), network.getAddress(), prefixBits);
            }
            return suffix != null && (host.endsWith(suffix) || (isHostItself && host.equals(suffix.substring(1))));
        }
    }

    private final List<Item> items;

    private NoProxy(List<Item> items) {
        this.items = items;
    }

    /** Reads the variable's value; warns of what cannot be a network. */
    static NoProxy of(String text) {
        List<Item> items = new ArrayList<>();
        for (String part : text.trim().split("[,\\s]+", -1)) {
            String item = part.toLowerCase(Locale.ROOT);
            if (item.equals("*")) {
                return new NoProxy(List.of(new Item("", false, null, 0, -1)));
            }
            Item read = item.indexOf('/') >= 0 ? network(item) : hostOrAddress(item);
            if (read != null) {
                items.add(read);
            }
        }
        return new NoProxy(List.copyOf(items));
    }

    private static @Nullable Item network(String item) {
        int slash = item.indexOf('/');
        InetAddress address = address(item.substring(0, slash));
        String bits = item.substring(slash + 1);
        if (address != null && bits.matches("\\d{1,3}") && Integer.parseInt(bits) <= 8 * address.getAddress().length) {
            return new Item(null, false, address, Integer.parseInt(bits), -1);
        }
        LOGGER.warn("NO_PROXY: \"{}\" is ignored; a network is written like 10.0.0.0/8 or fd00::/8", item);
        return null;
    }

    private static @Nullable Item hostOrAddress(String item) {
        String host = item;
        int port = -1;
        int colon = item.lastIndexOf(':');
        boolean isPort = colon >= 0 && (item.indexOf(':') == colon || (colon > 0 && item.charAt(colon - 1) == ']'));
        if (isPort) {
            host = item.substring(0, colon);
            String digits = item.substring(colon + 1);
            if (!digits.isEmpty()) {
                // A port by name or out of range is never called.
                port = digits.matches("\\d{1,5}") ? Integer.parseInt(digits) : Integer.MAX_VALUE;
            }
        }
        if (host.startsWith("[") && host.endsWith("]")) {
            host = host.substring(1, host.length() - 1);
        }
        InetAddress address = address(host);
        if (address != null) {
            return new Item(null, false, address, 8 * address.getAddress().length, port);
        }
        String name = host.startsWith("*.") ? host.substring(1) : host;
        if (name.isEmpty() || name.equals(".")) {
            return null;
        }
        return name.startsWith(".")
                ? new Item("." + ascii(name.substring(1)), false, null, 0, port)
                : new Item("." + ascii(name), true, null, 0, port);
    }

    private static String ascii(String host) {
        try {
            return IDN.toASCII(host);
        } catch (IllegalArgumentException e) {
            // Not a name that could be called.
            return host;
        }
    }

    /** The address that this is the text of, without a look at DNS, or null. */
    private static @Nullable InetAddress address(String text) {
        try {
            return IPV4.matcher(text).matches() || text.indexOf(':') >= 0 ? InetAddress.getByName(text) : null;
        } catch (UnknownHostException e) {
            // Looks like an address and is none.
            return null;
        }
    }

    private static boolean isWithin(byte[] address, byte[] network, int bits) {
        if (address.length != network.length) {
            return false;
        }
        for (int i = 0; i < bits; i++) {
            int mask = 0x80 >> (i & 7);
            if ((address[i >> 3] & mask) != (network[i >> 3] & mask)) {
                return false;
            }
        }
        return true;
    }

    /** Whether this is called directly. */
    boolean isExcluded(URI target) {
        String host = target.getHost().toLowerCase(Locale.ROOT);
        if (host.startsWith("[")) {
            host = host.substring(1, host.length() - 1);
        }
        if (host.endsWith(".")) {
            host = host.substring(0, host.length() - 1);
        }
        InetAddress address = address(host);
        int port = Addresses.port(target);
        for (Item item : items) {
            if (item.matches(host, address, port)) {
                return true;
            }
        }
        return false;
    }
}
