package io.github.xrayd.engine.receive;

import io.github.xrayd.engine.ring.SlotRing;
import io.github.xrayd.engine.source.SourceReport;
import io.github.xrayd.engine.telemetry.Counter;
import io.github.xrayd.engine.telemetry.Counters;
import java.io.IOException;
import java.lang.invoke.VarHandle;
import org.agrona.concurrent.Agent;
import org.agrona.concurrent.CachedNanoClock;
import org.agrona.concurrent.NanoClock;
import org.jspecify.annotations.Nullable;

/**
 * Reads datagrams from its source into the ring.
 *
 * <p>Runs on one thread. Never waits for a later stage: while the arena is full it leaves datagrams in the socket's
 * buffer for {@value #FULL_GRACE_NS} ns, and after that reads and drops the newest, counted. While a {@link Burst} goes
 * on it does not return to the other stages of its thread. Allocates nothing.
 */
public final class Receiver implements Agent {
    /** Datagrams read in one go before the other stages of the same thread have their turn. */
    static final int READ_LIMIT = 16_384;

    /** How long a full arena is borne before datagrams are dropped: a later stage may just be freeing room. */
    static final long FULL_GRACE_NS = 2_000_000;

    /** A read of so many datagrams may be part of a burst. */
    static final int BURST_MIN = 128;

    /** A read of so many datagrams was a burst: no steady rate that the daemon can keep up with gathers as many. */
    static final int BURST_CERTAIN = 512;

    private static final long NOT_FULL = Long.MIN_VALUE;

    private final DatagramSource source;
    private final SlotRing ring;
    private final Counters counters;
    private final CachedNanoClock clock;
    private final Burst burst;
    private final @Nullable Admission admission;
    private long fullSinceNs = NOT_FULL;
    /** What others see of it: written when it changes. */
    private volatile boolean isFull;

    private boolean isSourceEmpty;
    private int burstCount;
    private volatile boolean isFailed;
    private volatile String failure = "";

    /**
     * A receiver.
     *
     * @param clock the time of the duty cycle, for time stamps
     * @param wallClock the time itself; read only when a burst pauses
     */
    public Receiver(
            DatagramSource source, SlotRing ring, Counters counters, CachedNanoClock clock, NanoClock wallClock) {
        this(source, ring, counters, clock, wallClock, null);
    }

    /** As above, with {@code admission} deciding whose datagrams are taken; null takes all. */
    public Receiver(
            DatagramSource source,
            SlotRing ring,
            Counters counters,
            CachedNanoClock clock,
            NanoClock wallClock,
            @Nullable Admission admission) {
        this.admission = admission;
        burst = new Burst(wallClock);
        this.source = source;
        this.ring = ring;
        this.counters = counters;
        this.clock = clock;
    }

    @Override
    public int doWork() {
        try {
            int count = read();
            if (count >= BURST_CERTAIN) {
                burstCount++;
            }
            return count;
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
        burst.reset();
        if (admission != null) {
            admission.roll(nowNs);
        }
        // What was taken from the system is never left over: only an arena that is full can leave it for later.
        while (count < READ_LIMIT || source.staged() > 0) {
            long address = claim(nowNs);
            if (address == 0 && nowNs - fullSinceNs < FULL_GRACE_NS) {
                return count;
            }
            if (take(address, nowNs)) {
                count++;
            } else if (address == 0 || count < BURST_MIN || !burst.isGoingOn(count)) {
                isSourceEmpty = true;
                return count;
            }
        }
        return count;
    }

    /**
     * Takes the next datagram into the ring, or drops it. A method of its own because it is compiled by the number of
     * its calls, in the first milliseconds of the first burst.
     *
     * @param address the claimed room, or 0 when there is none
     * @return whether there was a datagram
     */
    private boolean take(long address, long nowNs) throws IOException {
        int length = address == 0 ? source.discard() : source.receive(ring, address);
        if (length == DatagramSource.NOTHING) {
            return false;
        }
        counters.increment(Counter.RECEIVED);
        counters.add(Counter.RECEIVED_BYTES, length);
        if (admission == null || isAdmitted(admission, length)) {
            if (address == 0) {
                drop();
            } else {
                ring.publish(length, nowNs, source.lastSource());
            }
        }
        return true;
    }

    private void drop() {
        counters.increment(Counter.DROPPED_MEMORY_FULL);
        if (admission != null) {
            admission.onDropped();
        }
    }

    /**
     * Counts what was taken from the system and has no room at the end. Receiver's thread only, after its last
     * {@link #doWork}.
     */
    public void dropStaged() {
        try {
            while (source.staged() > 0) {
                take(0, clock.nanoTime());
            }
        } catch (IOException e) {
            throw new IllegalStateException("reading what was read already", e);
        }
    }

    /** Room for a datagram, or 0 while the arena is full; asked for before each datagram that is dropped, too. */
    private long claim(long nowNs) {
        long address = ring.claim();
        if (address == 0 && fullSinceNs == NOT_FULL) {
            fullSinceNs = nowNs;
            counters.increment(Counter.ARENA_FULL);
            // Said first and looked again after it: whoever releases slots sees this, or this sees the room.
            isFull = true;
            VarHandle.fullFence();
            address = ring.claim();
        }
        if (address != 0 && fullSinceNs != NOT_FULL) {
            fullSinceNs = NOT_FULL;
            isFull = false;
        }
        return address;
    }

    /** Whether the last datagram may be taken; counts it when not. */
    private boolean isAdmitted(Admission policy, int length) {
        double arenaUsed = (double) ring.usedBytes() / ring.capacity();
        switch (policy.judge(source.senderHigh(), source.senderLow(), ring.slotBytes(length), arenaUsed)) {
            case NOT_ALLOWED -> counters.increment(Counter.DROPPED_NOT_ALLOWED);
            case UNFAIR -> counters.increment(Counter.DROPPED_UNFAIR);
            case TAKEN -> {
                return true;
            }
        }
        return false;
    }

    /** Who sent most while datagrams were dropped, or null. One thread, not the receiver's. */
    public @Nullable SourceReport takeReport() {
        return admission == null ? null : admission.takeReport();
    }

    /** How many bursts there have been; grows while one goes on. Receiver's thread only. */
    public int burstCount() {
        return burstCount;
    }

    /** Whether the last duty cycle left nothing in the source. Receiver's thread only. */
    public boolean isSourceEmpty() {
        return isSourceEmpty;
    }

    /** Whether the arena has been full since the last datagram was taken. Receiver's thread only. */
    public boolean isArenaFull() {
        return fullSinceNs != NOT_FULL;
    }

    /** Whether the arena has been full since the last datagram was taken. Any thread. */
    public boolean isFull() {
        return isFull;
    }

    /**
     * When datagrams are to be dropped because the arena is still full, or {@link Long#MAX_VALUE}. Receiver's thread
     * only.
     */
    public long deadlineNs() {
        return isArenaFull() && !isSourceEmpty ? fullSinceNs + FULL_GRACE_NS : Long.MAX_VALUE;
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
