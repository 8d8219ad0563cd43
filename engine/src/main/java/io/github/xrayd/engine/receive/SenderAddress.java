package io.github.xrayd.engine.receive;

import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.agrona.BufferUtil;
import org.jspecify.annotations.Nullable;

/**
 * Who sent the last datagram: a {@code sockaddr} that {@code recvfrom} fills, or the address object that NIO gives.
 *
 * <p>Reading the {@code sockaddr} allocates nothing; reading the object allocates its 4 or 16 bytes when it is not the last one's. The
 * receiver's thread alone.
 */
final class SenderAddress {
    private static final int FAMILY_IPV4 = 2;
    private static final int IPV4_OFFSET = 4;
    private static final int IPV6_OFFSET = 8;
    private static final int LENGTH = 28;
    private static final int LENGTH_OFFSET = 32;

    /** The address at 0, its length at {@link #LENGTH_OFFSET}. */
    private final ByteBuffer socketAddress = ByteBuffer.allocateDirect(64).order(ByteOrder.BIG_ENDIAN);

    private final ByteBuffer length = socketAddress.duplicate().order(ByteOrder.nativeOrder());
    private @Nullable InetSocketAddress last;
    private long lastHigh;
    private long lastLow;

    /** To be called before each {@code recvfrom}. */
    void prepare() {
        length.putInt(LENGTH_OFFSET, LENGTH);
    }

    long address() {
        return BufferUtil.address(socketAddress);
    }

    long lengthAddress() {
        return BufferUtil.address(socketAddress) + LENGTH_OFFSET;
    }

    @SuppressWarnings("ReferenceEquality") // The channel gives the same object while the sender stays the same.
    void set(InetSocketAddress sender) {
        if (sender != last) {
            last = sender;
            byte[] bytes = sender.getAddress().getAddress();
            lastHigh = Networks.high(bytes);
            lastLow = Networks.low(bytes);
        }
    }

    long high(boolean isNative) {
        if (!isNative) {
            return lastHigh;
        }
        return isIpv4() ? 0 : socketAddress.getLong(IPV6_OFFSET);
    }

    long low(boolean isNative) {
        if (!isNative) {
            return lastLow;
        }
        return isIpv4()
                ? Networks.mapped(socketAddress.getInt(IPV4_OFFSET))
                : socketAddress.getLong(IPV6_OFFSET + Long.BYTES);
    }

    /** The family is 16 bits in the machine's order. */
    private boolean isIpv4() {
        return length.getShort(0) == FAMILY_IPV4;
    }
}
