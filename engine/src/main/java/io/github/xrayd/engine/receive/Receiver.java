package io.github.xrayd.engine.receive;

import io.github.xrayd.engine.ring.SlotRing;
import io.github.xrayd.engine.telemetry.Counter;
import io.github.xrayd.engine.telemetry.Counters;
import java.io.IOException;
import org.agrona.concurrent.Agent;
import org.agrona.concurrent.CachedNanoClock;

/**
 * Reads datagrams from its source into the ring.
 *
 * <p>Runs on one thread. Never waits for a later stage: while the arena is full it leaves datagrams in the socket's buffer for
 * {@value #FULL_GRACE_NS} ns, and after that reads and drops the newest, counted. Allocates nothing.
 */
public final class Receiver implements Agent {
    /** Datagrams read in one go before the other stages of the same thread have their turn. */
    static final int READ_LIMIT = 16_384;

    /** How long a full arena is borne before datagrams are dropped: a later stage may just be freeing room. */
    static final long FULL_GRACE_NS = 2_000_000;

    private static final long NOT_FULL = Long.MIN_VALUE;

    private final DatagramSource source;
    private final SlotRing ring;
    private final Counters counters;
    private final CachedNanoClock clock;
    private long fullSinceNs = NOT_FULL;
    private boolean isSourceEmpty;
    private volatile boolean isFailed;
    private volatile String failure = "";

    public Receiver(DatagramSource source, SlotRing ring, Counters counters, CachedNanoClock clock) {
        this.source = source;
        this.ring = ring;
        this.counters = counters;
        this.clock = clock;
    }

    @Override
    public int doWork() {
        try {
            return read();
        } catch (IOException e) {
            isSourceEmpty = true;
            failure = String.valueOf(e.getMessage());
            isFailed = true;
            return 0;
        }
    }

    private int read() throws IOException {
        isSourceEmpty = false;
        long nowNs = clock.nanoTime();
        int count = 0;
        while (count < READ_LIMIT) {
            long address = ring.claim();
            if (address == 0) {
                return count + dropWhileFull(nowNs);
            }
            fullSinceNs = NOT_FULL;
            int length = source.receive(ring, address);
            if (length == DatagramSource.NOTHING) {
                isSourceEmpty = true;
                return count;
            }
            counters.increment(Counter.RECEIVED);
            counters.add(Counter.RECEIVED_BYTES, length);
            ring.publish(length, nowNs, source.lastSource());
            count++;
        }
        return count;
    }

    private int dropWhileFull(long nowNs) throws IOException {
        if (fullSinceNs == NOT_FULL) {
            fullSinceNs = nowNs;
            counters.increment(Counter.ARENA_FULL);
        }
        if (nowNs - fullSinceNs < FULL_GRACE_NS) {
            return 0;
        }
        int count = 0;
        while (count < READ_LIMIT) {
            int length = source.discard();
            if (length == DatagramSource.NOTHING) {
                isSourceEmpty = true;
                break;
            }
            counters.increment(Counter.RECEIVED);
            counters.add(Counter.RECEIVED_BYTES, length);
            counters.increment(Counter.DROPPED_MEMORY_FULL);
            count++;
        }
        return count;
    }

    /** Whether the last duty cycle left nothing in the source. Receiver's thread only. */
    public boolean isSourceEmpty() {
        return isSourceEmpty;
    }

    /** Whether the arena has been full since the last datagram was taken. Receiver's thread only. */
    public boolean isArenaFull() {
        return fullSinceNs != NOT_FULL;
    }

    /** What went wrong with the source since this was last asked, or an empty string. Any thread. */
    public String takeFailure() {
        if (!isFailed) {
            return "";
        }
        isFailed = false;
        return failure;
    }

    @Override
    public String roleName() {
        return "receiver";
    }
}
