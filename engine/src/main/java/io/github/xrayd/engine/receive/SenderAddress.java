package io.github.xrayd.engine.receive;

import java.net.InetSocketAddress;
import java.nio.ByteOrder;
import org.agrona.UnsafeApi;
import org.jspecify.annotations.Nullable;

/**
 * Who sent the last datagram, as the 128 bits of an IPv6 address: from the {@code sockaddr} that the kernel wrote, or
 * the address object that NIO gives.
 *
 * <p>Reading the {@code sockaddr} allocates nothing; reading the object allocates its 4 or 16 bytes when it is not the
 * last one's. The receiver's thread alone.
 */
final class SenderAddress {
    private static final boolean IS_LITTLE_ENDIAN = ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN;
    private static final int FAMILY_IPV4 = 2;
    private static final int IPV4_OFFSET = 4;
    private static final int IPV6_OFFSET = 8;

    private @Nullable InetSocketAddress last;
    private long lastHigh;
    private long lastLow;

    @SuppressWarnings("ReferenceEquality") // The channel gives the same object while the sender stays the same.
    void set(InetSocketAddress sender) {
        if (sender != last) {
            last = sender;
            byte[] bytes = sender.getAddress().getAddress();
            lastHigh = Networks.high(bytes);
            lastLow = Networks.low(bytes);
        }
    }

    /** Takes the address from a {@code sockaddr_in} or {@code sockaddr_in6}. */
    void set(long socketAddress) {
        if (UnsafeApi.getShort(socketAddress) == FAMILY_IPV4) {
            int ipv4 = UnsafeApi.getInt(socketAddress + IPV4_OFFSET);
            lastHigh = 0;
            lastLow = Networks.mapped(IS_LITTLE_ENDIAN ? Integer.reverseBytes(ipv4) : ipv4);
        } else {
            lastHigh = bigEndian(socketAddress + IPV6_OFFSET);
            lastLow = bigEndian(socketAddress + IPV6_OFFSET + Long.BYTES);
        }
    }

    private static long bigEndian(long address) {
        long word = UnsafeApi.getLong(address);
        return IS_LITTLE_ENDIAN ? Long.reverseBytes(word) : word;
    }

    long high() {
        return lastHigh;
    }

    long low() {
        return lastLow;
    }
}
