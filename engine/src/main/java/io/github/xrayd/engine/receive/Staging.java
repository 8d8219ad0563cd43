package io.github.xrayd.engine.receive;

import io.github.xrayd.engine.ring.Arena;
import io.github.xrayd.engine.ring.SlotRing;
import java.io.IOException;
import java.net.InetSocketAddress;
import org.agrona.UnsafeApi;

/**
 * Reads up to {@value #COUNT} datagrams with one system call and gives them out one by one. Belongs to the receiver's
 * thread; allocates nothing after it is made.
 *
 * <p>A datagram's first {@value #FIRST_LENGTH} bytes and the rest of a larger one lie apart, so that what usually comes
 * stays in the processor's cache; the memory for the rest is reserved and not touched until it is needed. The headers
 * are those of {@code recvmmsg(2)} on 64-bit Linux:
 *
 * <pre>
 * struct mmsghdr (64)  0 name*  8 name length (4)  16 iovec*  24 iovecs  32 control*  40 control length  48 flags (4)  56 datagram length (4)
 * struct iovec   (16)  0 address*  8 length
 * struct cmsghdr       0 length (8)  8 level (4)  12 type (4)  16 the value
 * </pre>
 */
final class Staging implements AutoCloseable {
    /** Datagrams of one system call: 1 KB each, they fit a second-level cache with their copies. */
    static final int COUNT = 64;

    /** Bytes of a datagram that lie in the first place. */
    static final int FIRST_LENGTH = 2_048;

    private static final int REST_LENGTH = SlotRing.DATAGRAM_LENGTH_MAX + 1 - FIRST_LENGTH;

    private static final int HEADER_LENGTH = 64;
    private static final int NAME_OFFSET = 0;
    private static final int NAME_LENGTH_OFFSET = 8;
    private static final int VECTORS_OFFSET = 16;
    private static final int VECTOR_COUNT_OFFSET = 24;
    private static final int CONTROL_OFFSET = 32;
    private static final int CONTROL_LENGTH_OFFSET = 40;
    private static final int DATAGRAM_LENGTH_OFFSET = 56;

    private static final int VECTOR_LENGTH = 16;
    private static final int NAME_LENGTH = 32;
    private static final int SOCKET_ADDRESS_LENGTH = 28;
    private static final int CONTROL_LENGTH = 64;

    private static final int SOCKET_ADDRESS_4_LENGTH = 16;
    private static final int AF_INET = 2;
    private static final int AF_INET6 = 10;
    private static final byte[] LOOPBACK_4 = {127, 0, 0, 1};
    private static final byte[] LOOPBACK_6 = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};

    private static final int SOL_SOCKET = 1;
    private static final int SO_RXQ_OVFL = 40;
    private static final int CONTROL_LEVEL_OFFSET = 8;
    private static final int CONTROL_TYPE_OFFSET = 12;
    private static final int CONTROL_VALUE_OFFSET = 16;

    private final SocketCalls calls;
    private final int descriptor;
    private final boolean isSenderTold;
    private final Arena arena;
    private final long headers;
    private final long names;
    private final long control;
    private final long firsts;
    private final long rests;

    /** The datagram to be given out next, how many there are, and whether the socket was empty after them. */
    private int next;

    private int count;
    private boolean isLast;

    private int limit = COUNT;

    /** What the kernel counted as dropped before the first datagram of the last system call; 32 bits. */
    private int kernelDrops;

    private long dropCount;

    /** Written by the receiver's thread. */
    private volatile long drops;

    private volatile long droppedAtMs;

    /**
     * A place for one socket's datagrams.
     *
     * @param isSenderTold whether {@link #senderAddress} is asked for
     */
    Staging(SocketCalls calls, int descriptor, boolean isSenderTold) {
        this.calls = calls;
        this.descriptor = descriptor;
        this.isSenderTold = isSenderTold;
        long smallLength = (long) COUNT * (HEADER_LENGTH + 2 * VECTOR_LENGTH + NAME_LENGTH) + CONTROL_LENGTH;
        arena = new Arena(smallLength + (long) COUNT * (FIRST_LENGTH + REST_LENGTH));
        UnsafeApi.setMemory(arena.address(), smallLength, (byte) 0);
        headers = arena.address();
        long vectors = headers + COUNT * HEADER_LENGTH;
        names = vectors + 2L * COUNT * VECTOR_LENGTH;
        control = names + COUNT * NAME_LENGTH;
        firsts = control + CONTROL_LENGTH;
        rests = firsts + COUNT * FIRST_LENGTH;
        for (int i = 0; i < COUNT; i++) {
            long vector = vectors + 2L * i * VECTOR_LENGTH;
            UnsafeApi.putLong(vector, firsts + (long) i * FIRST_LENGTH);
            UnsafeApi.putLong(vector + 8, FIRST_LENGTH);
            UnsafeApi.putLong(vector + VECTOR_LENGTH, rests + (long) i * REST_LENGTH);
            UnsafeApi.putLong(vector + VECTOR_LENGTH + 8, REST_LENGTH);
            long header = header(i);
            UnsafeApi.putLong(header + VECTORS_OFFSET, vector);
            UnsafeApi.putLong(header + VECTOR_COUNT_OFFSET, 2);
            if (isSenderTold) {
                UnsafeApi.putLong(header + NAME_OFFSET, names + (long) i * NAME_LENGTH);
                UnsafeApi.putInt(header + NAME_LENGTH_OFFSET, SOCKET_ADDRESS_LENGTH);
            }
        }
        askForDrops();
    }

    /**
     * The first datagram of each call then comes with the kernel's count of those it dropped before, once there are
     * any.
     */
    private void askForDrops() {
        UnsafeApi.putInt(control, 1);
        if (calls.setOption(descriptor, SOL_SOCKET, SO_RXQ_OVFL, control)) {
            UnsafeApi.putLong(headers + CONTROL_OFFSET, control);
            UnsafeApi.putLong(headers + CONTROL_LENGTH_OFFSET, CONTROL_LENGTH);
        }
    }

    /**
     * Has the kernel turn away what comes from now on, so that senders get an error; what waits can still be read. The
     * socket is connected to its own address, from which nobody else can send (udp(7): a connected socket takes
     * datagrams of its peer only).
     */
    void turnAway(InetSocketAddress own) {
        if (own.getAddress().isAnyLocalAddress()) {
            if (!connect(LOOPBACK_4, own.getPort())) {
                connect(LOOPBACK_6, own.getPort());
            }
        } else {
            connect(own.getAddress().getAddress(), own.getPort());
        }
    }

    /** Where the control data lies, which nobody needs now, a {@code struct sockaddr_in} or {@code sockaddr_in6}. */
    private boolean connect(byte[] address, int port) {
        boolean isVersion4 = address.length == LOOPBACK_4.length;
        UnsafeApi.setMemory(control, SOCKET_ADDRESS_LENGTH, (byte) 0);
        UnsafeApi.putShort(control, (short) (isVersion4 ? AF_INET : AF_INET6));
        UnsafeApi.putByte(control + 2, (byte) (port >> 8));
        UnsafeApi.putByte(control + 3, (byte) port);
        long at = control + (isVersion4 ? 4 : 8);
        for (int i = 0; i < address.length; i++) {
            UnsafeApi.putByte(at + i, address[i]);
        }
        return calls.connect(descriptor, control, isVersion4 ? SOCKET_ADDRESS_4_LENGTH : SOCKET_ADDRESS_LENGTH);
    }

    private long header(int index) {
        return headers + (long) index * HEADER_LENGTH;
    }

    /**
     * Gives out the next datagram.
     *
     * @param address where to copy it, or 0 for nowhere
     * @return its length, or {@link DatagramSource#NOTHING}
     */
    int receive(long address) throws IOException {
        if (next == count && !fill()) {
            return DatagramSource.NOTHING;
        }
        int index = next++;
        int length = UnsafeApi.getInt(header(index) + DATAGRAM_LENGTH_OFFSET);
        assert length >= 0 && length <= SlotRing.DATAGRAM_LENGTH_MAX : length;
        if (address != 0) {
            copy(index, length, address);
        }
        return length;
    }

    private void copy(int index, int length, long address) {
        long first = firsts + (long) index * FIRST_LENGTH;
        if (length <= FIRST_LENGTH) {
            UnsafeApi.copyMemory(first, address, length);
        } else {
            UnsafeApi.copyMemory(first, address, FIRST_LENGTH);
            UnsafeApi.copyMemory(rests + (long) index * REST_LENGTH, address + FIRST_LENGTH, length - FIRST_LENGTH);
        }
    }

    /**
     * Whether there is a datagram now. A call that brought fewer than it could has found the socket empty: that is told
     * without asking again.
     */
    private boolean fill() throws IOException {
        if (isLast) {
            isLast = false;
            return false;
        }
        prepare();
        next = 0;
        count = 0;
        count = calls.receive(descriptor, headers, limit);
        isLast = count > 0 && count < limit;
        if (count > 0 && UnsafeApi.getLong(headers + CONTROL_LENGTH_OFFSET) > 0) {
            readDrops();
        }
        return count > 0;
    }

    /** Writes again what the last call may have overwritten. */
    private void prepare() {
        if (UnsafeApi.getLong(headers + CONTROL_OFFSET) != 0) {
            UnsafeApi.putLong(headers + CONTROL_LENGTH_OFFSET, CONTROL_LENGTH);
        }
        if (isSenderTold) {
            for (int i = 0; i < count; i++) {
                UnsafeApi.putInt(header(i) + NAME_LENGTH_OFFSET, SOCKET_ADDRESS_LENGTH);
            }
        }
    }

    private void readDrops() {
        if (UnsafeApi.getInt(control + CONTROL_LEVEL_OFFSET) == SOL_SOCKET
                && UnsafeApi.getInt(control + CONTROL_TYPE_OFFSET) == SO_RXQ_OVFL) {
            int total = UnsafeApi.getInt(control + CONTROL_VALUE_OFFSET);
            if (total != kernelDrops) {
                droppedAtMs = System.currentTimeMillis();
                dropCount += (total - kernelDrops) & 0xFFFF_FFFFL;
                kernelDrops = total;
                drops = dropCount;
            }
        }
    }

    /** Takes at most {@code count} datagrams with one system call from now on; for comparisons. */
    void limit(int count) {
        limit = Math.max(1, Math.min(COUNT, count));
    }

    /** Datagrams that were read from the socket and not given out. */
    int waiting() {
        return count - next;
    }

    /** Datagrams that the kernel dropped before the last one that was read, as reported by it. Any thread. */
    long drops() {
        return drops;
    }

    /** When {@link #drops} grew last, in milliseconds since 1970, or 0. Any thread. */
    long droppedAtMs() {
        return droppedAtMs;
    }

    /** Where the {@code sockaddr} of the last datagram's sender lies; valid until the next {@link #receive}. */
    long senderAddress() {
        return names + (long) (next - 1) * NAME_LENGTH;
    }

    /** Frees the memory; only when no thread reads the socket any more. */
    @Override
    public void close() {
        arena.close();
    }
}
