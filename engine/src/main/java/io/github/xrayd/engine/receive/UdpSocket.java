package io.github.xrayd.engine.receive;

import io.github.xrayd.engine.ring.SlotRing;
import java.io.IOException;
import java.net.BindException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ProtocolFamily;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.UnsupportedAddressTypeException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A bound, non-blocking UDP socket.
 *
 * <p>Read by {@code DatagramChannel.receive}, which allocates 120–128 bytes whenever the sender differs from the last
 * one, or, where the Java that runs has the foreign-function API, by the C library's {@code recvmmsg}, which allocates
 * nothing. {@link #receive} and {@link #await} belong to the receiver's thread; {@link #wakeUp} to any.
 */
public final class UdpSocket implements DatagramSource, AutoCloseable {
    private final DatagramChannel channel;
    private final Selector selector;
    private final ByteBuffer discarded = ByteBuffer.allocateDirect(SlotRing.DATAGRAM_LENGTH_MAX);
    private final NativeReceive nativeReceive;
    private final @Nullable Staging staging;
    private final InetSocketAddress localAddress;
    private final @Nullable SenderAddress sender;
    private final boolean isInherited;
    private final int grantedBufferBytes;
    private volatile long lastDrops = -1;

    private UdpSocket(DatagramChannel channel, NativeReceive nativeReceive, boolean isSenderTold, boolean isInherited)
            throws IOException {
        this.channel = channel;
        this.isInherited = isInherited;
        sender = isSenderTold ? new SenderAddress() : null;
        this.nativeReceive = nativeReceive;
        SocketCalls calls = nativeReceive.newCalls();
        int descriptor = calls == null ? -1 : NativeReceive.descriptor(channel);
        staging = calls == null || descriptor < 0 ? null : new Staging(calls, descriptor, isSenderTold);
        localAddress = (InetSocketAddress) channel.getLocalAddress();
        grantedBufferBytes = channel.getOption(StandardSocketOptions.SO_RCVBUF);
        selector = Selector.open();
        channel.configureBlocking(false);
        channel.register(selector, SelectionKey.OP_READ);
    }

    /**
     * Binds a socket. On a wildcard address ({@code 0.0.0.0} or {@code ::}) it takes IPv6 and IPv4 alike; IPv4 only
     * where the system has no IPv6.
     *
     * @param address where to listen; port 0 takes a free one
     * @param receiveBufferBytes what to ask the kernel for, or 0 for the system's default
     * @param isShared whether other sockets of this user may bind the same port
     * @param isNativeAllowed whether {@code recvmmsg} is used where it can be
     * @throws IOException when the address cannot be bound
     */
    public static UdpSocket bind(
            InetSocketAddress address, int receiveBufferBytes, boolean isShared, boolean isNativeAllowed)
            throws IOException {
        return bind(address, receiveBufferBytes, isShared, isNativeAllowed, false);
    }

    /**
     * As above; {@code isSenderTold} when {@link #senderHigh} and {@link #senderLow} are to tell who sent the last
     * datagram.
     */
    public static UdpSocket bind(
            InetSocketAddress address,
            int receiveBufferBytes,
            boolean isShared,
            boolean isNativeAllowed,
            boolean isSenderTold)
            throws IOException {
        boolean isWildcard =
                address.getAddress() != null && address.getAddress().isAnyLocalAddress();
        // Without a family the JDK opens an IPv6 socket that takes IPv4 too, or an IPv4 socket where IPv6 is switched
        // off.
        DatagramChannel channel = isWildcard ? DatagramChannel.open() : DatagramChannel.open(family(address));
        try {
            return bind(channel, address, receiveBufferBytes, isShared, isNativeAllowed, isSenderTold);
        } catch (BindException | UnsupportedAddressTypeException e) {
            channel.close();
            if (!isWildcard || isInUse(e)) {
                throw e;
            }
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
        DatagramChannel fallback = DatagramChannel.open(StandardProtocolFamily.INET);
        try {
            InetSocketAddress any = new InetSocketAddress(InetAddress.getByAddress(new byte[4]), address.getPort());
            return bind(fallback, any, receiveBufferBytes, isShared, isNativeAllowed, isSenderTold);
        } catch (IOException | RuntimeException e) {
            fallback.close();
            throw e;
        }
    }

    private static UdpSocket bind(
            DatagramChannel channel,
            InetSocketAddress address,
            int receiveBufferBytes,
            boolean isShared,
            boolean isNativeAllowed,
            boolean isSenderTold)
            throws IOException {
        if (receiveBufferBytes > 0) {
            channel.setOption(StandardSocketOptions.SO_RCVBUF, receiveBufferBytes);
        }
        if (isShared) {
            channel.setOption(StandardSocketOptions.SO_REUSEPORT, true);
        }
        // Before the port is there for senders: linking takes milliseconds.
        NativeReceive nativeReceive = isNativeAllowed ? NativeReceive.instance() : NativeReceive.notAskedFor();
        channel.bind(address);
        return new UdpSocket(channel, nativeReceive, isSenderTold, false);
    }

    /**
     * Takes over a socket that the process was started with. It stays open when this one is stopped or closed.
     *
     * @param receiveBufferBytes what to ask the kernel for when the socket has less, or 0 to leave it
     * @param isNativeAllowed whether {@code recvmmsg} is used where it can be
     * @param isSenderTold as for {@link #bind}
     */
    public static UdpSocket adopt(
            InheritedSocket inherited, int receiveBufferBytes, boolean isNativeAllowed, boolean isSenderTold)
            throws IOException {
        DatagramChannel channel = inherited.channel();
        if (receiveBufferBytes > channel.getOption(StandardSocketOptions.SO_RCVBUF)) {
            channel.setOption(StandardSocketOptions.SO_RCVBUF, receiveBufferBytes);
        }
        return new UdpSocket(channel, nativeReceive(isNativeAllowed), isSenderTold, true);
    }

    private static NativeReceive nativeReceive(boolean isAllowed) {
        return isAllowed ? NativeReceive.instance() : NativeReceive.notAskedFor();
    }

    private static ProtocolFamily family(InetSocketAddress address) {
        return address.getAddress() instanceof Inet4Address
                ? StandardProtocolFamily.INET
                : StandardProtocolFamily.INET6;
    }

    private static boolean isInUse(Exception e) {
        return String.valueOf(e.getMessage()).toLowerCase(Locale.ROOT).contains("in use");
    }

    /**
     * Lets other sockets of this user bind the same port from now on.
     *
     * @throws IOException when this system does not allow it
     */
    public void share() throws IOException {
        channel.setOption(StandardSocketOptions.SO_REUSEPORT, true);
    }

    @Override
    public int receive(SlotRing ring, long claimedAddress) throws IOException {
        return staging != null ? receive(staging, claimedAddress) : receiveInto(ring.claimedBuffer(claimedAddress));
    }

    @Override
    public int discard() throws IOException {
        if (staging != null) {
            return receive(staging, 0);
        }
        discarded.clear();
        return receiveInto(discarded);
    }

    private int receive(Staging from, long address) throws IOException {
        int length = from.receive(address);
        if (sender != null && length != NOTHING) {
            sender.set(from.senderAddress());
        }
        return length;
    }

    /**
     * Takes at most {@code count} datagrams with one system call from now on, where it could take more; for
     * comparisons.
     */
    public void limitStaging(int count) {
        if (staging != null) {
            staging.limit(count);
        }
    }

    @Override
    public long kernelDrops() {
        return staging == null ? 0 : staging.drops();
    }

    @Override
    public long droppedAtMs() {
        return staging == null ? 0 : staging.droppedAtMs();
    }

    @Override
    public int staged() {
        return staging == null ? 0 : staging.waiting();
    }

    private int receiveInto(ByteBuffer buffer) throws IOException {
        SocketAddress from = channel.receive(buffer);
        if (from == null) {
            return NOTHING;
        }
        if (sender != null) {
            sender.set((InetSocketAddress) from);
        }
        return buffer.position();
    }

    @Override
    public long senderHigh() {
        return sender == null ? 0 : sender.high();
    }

    @Override
    public long senderLow() {
        return sender == null ? 0 : sender.low();
    }

    @Override
    public int lastSource() {
        return 0;
    }

    /**
     * Blocks until a datagram waits, {@link #wakeUp} is called or the time is over. Receiver's thread only.
     *
     * @param timeoutMs milliseconds, or 0 for no limit
     */
    public void await(long timeoutMs) throws IOException {
        selector.select(UdpSocket::onReady, timeoutMs);
    }

    /** That it is ready is all there is to know; the selector's set of keys would allocate for each wake-up. */
    private static void onReady(@SuppressWarnings("unused") SelectionKey key) {}

    /** Ends a running or the next {@link #await}. Any thread. */
    public void wakeUp() {
        selector.wakeup();
    }

    /**
     * Sends a datagram from this socket; for warming up, so to a loopback address only.
     *
     * @throws IOException when it cannot be sent
     */
    public void send(byte[] datagram, InetSocketAddress to) throws IOException {
        if (!to.getAddress().isLoopbackAddress()) {
            throw new IllegalArgumentException("not a loopback address: " + to);
        }
        channel.send(ByteBuffer.wrap(datagram), to);
    }

    /**
     * Closes the socket itself, on the thread that reads it, so that nobody reads a descriptor that has become another
     * file's; that thread may still rest in {@link #await}. An inherited socket stays open: the kernel keeps what comes
     * for the next process.
     */
    @Override
    public void stop() {
        if (lastDrops < 0) {
            prepareStop();
        }
        if (isInherited) {
            return;
        }
        try {
            channel.close();
            // The descriptor is given back when the selector forgets it.
            selector.selectNow();
        } catch (IOException e) {
            // Nothing reads it any more; the process's end closes it at the latest.
        }
    }

    /**
     * Asks for the drops, which nobody knows any more when the socket is closed. Where system calls can be made, the
     * kernel turns away what comes from now on, so that nothing is left in a socket that is closed; else what comes
     * between the last look and the closing, some microseconds, is in no ledger.
     */
    @Override
    public void prepareStop() {
        if (staging != null && !isInherited) {
            staging.turnAway(localAddress);
        }
        lastDrops = KernelDrops.ofPort(localAddress.getPort());
    }

    @Override
    public boolean outlivesProcess() {
        return isInherited;
    }

    /**
     * What {@link KernelDrops} reported for this port when {@link #stop} closed the socket, or -1 before. Any thread.
     */
    public long lastDrops() {
        return lastDrops;
    }

    /** The bound address. */
    public InetSocketAddress localAddress() {
        return localAddress;
    }

    /** The receive buffer the kernel granted, in bytes as it would be asked for. */
    public int grantedBufferBytes() {
        return grantedBufferBytes;
    }

    /** Whether datagrams are read by {@code recvmmsg}, without garbage for any mix of senders. */
    public boolean isNative() {
        return staging != null;
    }

    /** Why {@link #isNative()} is false, for the log. */
    public String whyNotNative() {
        return nativeReceive.isAvailable()
                ? "this Java keeps the socket's descriptor to itself"
                : nativeReceive.reason();
    }

    @Override
    public void close() throws IOException {
        selector.close();
        if (staging != null) {
            staging.close();
        }
        if (!isInherited) {
            channel.close();
        }
    }
}
