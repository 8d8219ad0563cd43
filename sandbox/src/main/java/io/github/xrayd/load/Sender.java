package io.github.xrayd.load;

import java.io.IOException;
import java.net.PortUnreachableException;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * One sending thread's duty: takes its share of the sequence numbers and sends each as soon as it is due.
 *
 * <p>Behind schedule it sends without a pause until it has caught up. It allocates nothing per datagram. Counters have
 * this one writer and any number of readers.
 */
final class Sender implements Runnable {
    private static final long FULL_BUFFER_RETRY_NANOS = 20_000;
    private static final long FULL_BUFFER_LIMIT_NANOS = 100_000_000;

    private final SendSchedule schedule;
    private final DatagramLibrary datagrams;
    private final DatagramChannel[] sockets;
    private final long firstSequence;
    private final int stride;
    private final long sequenceLimit;
    private final long startNanoTime;
    private final long durationLimitNanos;
    private final EpochMicros clock = new EpochMicros();

    private final AtomicLong sent = new AtomicLong();
    private final AtomicLong nextSequence = new AtomicLong();
    private final AtomicLong sentBytes = new AtomicLong();
    private final AtomicLong lagNanos = new AtomicLong();
    private final AtomicLong lagNanosMax = new AtomicLong();
    private final AtomicLong endNanos = new AtomicLong();
    private final AtomicLongArray errors = new AtomicLongArray(SendError.values().length);
    private volatile @Nullable String otherError;
    private volatile boolean isStopped;

    /**
     * @param firstSequence the first sequence number of this thread; it then takes every {@code stride}-th below
     *     {@code sequenceLimit}
     * @param startNanoTime the {@link System#nanoTime} at which the schedule starts, the same for all threads
     * @param durationLimitNanos when to end in any case, from the start
     */
    Sender(
            SendSchedule schedule,
            DatagramLibrary datagrams,
            DatagramChannel[] sockets,
            long firstSequence,
            int stride,
            long sequenceLimit,
            long startNanoTime,
            long durationLimitNanos) {
        this.schedule = schedule;
        this.datagrams = datagrams;
        this.sockets = sockets;
        this.firstSequence = firstSequence;
        this.stride = stride;
        this.sequenceLimit = sequenceLimit;
        this.startNanoTime = startNanoTime;
        this.durationLimitNanos = durationLimitNanos;
    }

    @Override
    public void run() {
        int source = 0;
        long sequence = firstSequence;
        while (sequence < sequenceLimit && !isStopped) {
            long now = System.nanoTime();
            long elapsedNanos = now - startNanoTime;
            long dueNanos = schedule.dueNanos(sequence);
            if (elapsedNanos < dueNanos) {
                pause(schedule.sleepNanos(elapsedNanos, dueNanos));
                continue;
            }
            if (elapsedNanos >= durationLimitNanos) {
                break;
            }
            recordLag(schedule.lagNanos(elapsedNanos, dueNanos));
            send(sockets[source], datagrams.next(sequence, clock.at(now)));
            source = source + 1 == sockets.length ? 0 : source + 1;
            nextSequence.lazySet(sequence + 1);
            sequence += stride;
        }
        endNanos.set(Math.max(1, System.nanoTime() - startNanoTime));
    }

    /** Lets the thread end after the datagram in hand; any thread. */
    void stop() {
        isStopped = true;
    }

    long sent() {
        return sent.get();
    }

    /** The sequence number after the last that was taken up. */
    long sequenceLimit() {
        return nextSequence.get();
    }

    long sentBytes() {
        return sentBytes.get();
    }

    long lagNanos() {
        return lagNanos.get();
    }

    long lagNanosMax() {
        return lagNanosMax.get();
    }

    /** How long it has been sending, or did when it has ended. */
    long elapsedNanos() {
        long ended = endNanos.get();
        return ended > 0 ? ended : Math.max(0, System.nanoTime() - startNanoTime);
    }

    long errors(SendError kind) {
        return errors.get(kind.ordinal());
    }

    /** The first error message that has no kind of its own. */
    @Nullable
    String otherError() {
        return otherError;
    }

    private static void pause(long nanos) {
        if (nanos == 0) {
            Thread.onSpinWait();
        } else {
            LockSupport.parkNanos(nanos);
        }
    }

    private void recordLag(long nanos) {
        lagNanos.lazySet(nanos);
        if (nanos > lagNanosMax.getPlain()) {
            lagNanosMax.lazySet(nanos);
        }
    }

    private void send(DatagramChannel socket, ByteBuffer datagram) {
        int length = datagram.remaining();
        boolean hasBeenRefused = false;
        long waitedNanos = 0;
        while (true) {
            try {
                if (socket.write(datagram) > 0) {
                    sent.lazySet(sent.getPlain() + 1);
                    sentBytes.lazySet(sentBytes.getPlain() + length);
                    return;
                }
            } catch (PortUnreachableException e) {
                // The answer to an earlier datagram of this socket: this one was not taken yet.
                countError(SendError.REFUSED);
                if (hasBeenRefused) {
                    return;
                }
                hasBeenRefused = true;
                continue;
            } catch (IOException e) {
                SendError kind = SendError.of(e);
                if (kind == SendError.OTHER && otherError == null) {
                    otherError = String.valueOf(e.getMessage());
                }
                countError(kind);
                return;
            }
            if (waitedNanos >= FULL_BUFFER_LIMIT_NANOS || isStopped) {
                countError(SendError.SEND_BUFFER_FULL);
                return;
            }
            LockSupport.parkNanos(FULL_BUFFER_RETRY_NANOS);
            waitedNanos += FULL_BUFFER_RETRY_NANOS;
        }
    }

    private void countError(SendError kind) {
        errors.lazySet(kind.ordinal(), errors.getPlain(kind.ordinal()) + 1);
    }
}
