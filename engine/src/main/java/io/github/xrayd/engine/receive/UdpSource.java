package io.github.xrayd.engine.receive;

import io.github.xrayd.engine.run.Waiter;
import io.github.xrayd.engine.source.SlotSink;
import io.github.xrayd.engine.source.Source;
import io.github.xrayd.engine.source.SourceReport;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;

/**
 * The UDP socket as a source: a {@link Receiver} that reads datagrams straight into slots, and drops the newest when
 * memory is full.
 */
public final class UdpSource implements Source {
    private final DatagramSource datagrams;
    private final @Nullable UdpSocket socket;
    private final @Nullable AdmissionSettings admission;
    private @Nullable Receiver receiver;

    /**
     * A source.
     *
     * @param datagrams the socket, or a script in tests
     * @param admission whose datagrams are taken, or null for everybody's
     */
    public UdpSource(DatagramSource datagrams, @Nullable AdmissionSettings admission) {
        this.datagrams = datagrams;
        this.admission = admission;
        socket = datagrams instanceof UdpSocket udp ? udp : null;
    }

    @Override
    public String name() {
        return "udp";
    }

    @Override
    public void attach(SlotSink sink) {
        receiver = new Receiver(
                datagrams,
                sink.ring(),
                sink.counters(),
                sink.clock(),
                sink.wallClock(),
                admission == null ? null : new Admission(admission));
    }

    /** What reads the datagrams. */
    private Receiver receiver() {
        Receiver attached = receiver;
        if (attached == null) {
            throw new IllegalStateException("not attached");
        }
        return attached;
    }

    @Override
    public int poll() {
        return receiver().doWork();
    }

    @Override
    public boolean isMoreWaiting() {
        return !receiver().isSourceEmpty() && !receiver().isArenaFull();
    }

    @Override
    public boolean isEmpty() {
        return receiver().isSourceEmpty();
    }

    @Override
    public boolean isFull() {
        return receiver().isFull();
    }

    @Override
    public long deadlineNs() {
        return receiver().deadlineNs();
    }

    @Override
    public Waiter.@Nullable Place place() {
        return socket == null ? null : new SocketPlace(socket);
    }

    /** Where a thread rests that waits for a socket. */
    private record SocketPlace(UdpSocket socket) implements Waiter.Place {
        @Override
        public void await(long timeoutMs) throws IOException {
            socket.await(timeoutMs);
        }

        @Override
        public void wakeUp() {
            socket.wakeUp();
        }
    }

    @Override
    public int bufferBytes() {
        return socket == null ? 0 : socket.grantedBufferBytes();
    }

    @Override
    public boolean hasOwnThread() {
        return false;
    }

    @Override
    public boolean hasHeaders() {
        return true;
    }

    @Override
    public void prepareStop() {
        datagrams.prepareStop();
    }

    /** Senders get an error from now on, where the system tells them, instead of filling a buffer that nobody reads. */
    @Override
    public void stop() {
        datagrams.stop();
        receiver().dropStaged();
    }

    @Override
    public boolean outlivesProcess() {
        return datagrams.outlivesProcess();
    }

    @Override
    public int burstCount() {
        return receiver().burstCount();
    }

    @Override
    public String takeFailure() {
        String failure = receiver().takeFailure();
        return failure.isEmpty() ? "" : "Reading the UDP socket failed: " + failure;
    }

    @Override
    public long kernelDrops() {
        return datagrams.kernelDrops();
    }

    @Override
    public long droppedAtMs() {
        return datagrams.droppedAtMs();
    }

    @Override
    public @Nullable SourceReport takeReport() {
        return receiver().takeReport();
    }

    @Override
    public void close() {
        if (socket != null) {
            try {
                socket.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
