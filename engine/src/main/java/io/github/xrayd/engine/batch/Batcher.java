package io.github.xrayd.engine.batch;

import io.github.xrayd.engine.flight.FlightEvents;
import io.github.xrayd.engine.flight.FlightRecording;
import io.github.xrayd.engine.ring.SlotReader;
import io.github.xrayd.engine.telemetry.Counter;
import io.github.xrayd.engine.telemetry.Counters;
import java.lang.invoke.VarHandle;
import java.util.Queue;
import org.agrona.concurrent.Agent;
import org.agrona.concurrent.CachedNanoClock;
import org.jspecify.annotations.Nullable;

/**
 * Encodes each accepted slot's document into one destination's open batch, passes the slot, and hands sealed batches to
 * that destination's uploader.
 *
 * <p>Runs on one thread, last in the ring. Without a free batch it stops, and the arena behind it fills: that is the
 * engine's only back-pressure. Where other destinations read the same ring it may hold up half of the arena; beyond
 * that it passes documents without taking them, counted, so that the others lose nothing; not where the source keeps
 * what is not taken. Allocates nothing.
 */
public final class Batcher implements Agent {
    /** Slots handled in one duty cycle, so that the receiver on the same thread soon has its turn again. */
    static final int SLOT_LIMIT = 64;

    /** Which part of the arena a destination may hold up where there are others. */
    private static final double SHARED_PART = 0.5;

    private final String destination;
    private final SlotReader slots;
    private final boolean isSharing;
    private final BatchPool pool;
    private final SealPolicy policy;
    private final Queue<Batch> sealed;
    private final Counters counters;
    private final CachedNanoClock clock;
    private @Nullable Batch batch;
    private boolean isBlocked;
    /** What others see of it: written when it changes, so that it costs nothing while nothing is short. */
    private volatile boolean isStarved;

    private boolean isLimitReached;

    /**
     * A batcher.
     *
     * @param destination its name, for flight recordings
     * @param isSharing whether other destinations' batchers read the same ring and must not be held up
     * @param sealed where sealed batches go; holds at least {@link BatchPool#batchCount()}
     */
    public Batcher(
            String destination,
            SlotReader slots,
            boolean isSharing,
            BatchPool pool,
            SealPolicy policy,
            Queue<Batch> sealed,
            Counters counters,
            CachedNanoClock clock) {
        this.destination = destination;
        this.slots = slots;
        this.isSharing = isSharing;
        this.pool = pool;
        this.policy = policy;
        this.sealed = sealed;
        this.counters = counters;
        this.clock = clock;
    }

    @Override
    public int doWork() {
        int count = takeSlots(0);
        if (isBlocked && !isStarved) {
            // Said first and looked again after it: whoever frees a batch sees one or is seen by the other.
            isStarved = true;
            VarHandle.fullFence();
            count = takeSlots(count);
        }
        if (!isBlocked && isStarved) {
            isStarved = false;
        }
        slots.release();
        isLimitReached = count == SLOT_LIMIT;
        Batch open = batch;
        // Slots that waited long are all old: while more of them wait the batch fills in the next cycle.
        if (open != null
                && !isLimitReached
                && open.documentCount() > 0
                && policy.isOld(open.oldestReceivedNs(), clock.nanoTime())) {
            seal(open);
            count++;
        }
        return count;
    }

    private int takeSlots(int before) {
        int count = before;
        isBlocked = false;
        while (count < SLOT_LIMIT && slots.hasNext()) {
            int verdict = slots.verdict();
            if (verdict >= 0 && !append(verdict)) {
                isBlocked = true;
                if (!isSharing) {
                    break;
                }
                // What has been passed in this cycle is not held up any more.
                slots.release();
                if (slots.lag() < SHARED_PART) {
                    break;
                }
                counters.increment(Counter.SKIPPED);
            }
            slots.advance();
            count++;
        }
        return count;
    }

    private boolean append(int documentOffset) {
        while (true) {
            Batch open = batch;
            if (open == null) {
                open = pool.open();
                if (open == null) {
                    return false;
                }
                batch = open;
            }
            int length = slots.length() - documentOffset;
            if (open.append(slots.datagram(), documentOffset, length, slots.receivedNs())) {
                counters.increment(Counter.BATCHED);
                if (policy.isFull(open.documentCount(), open.length())) {
                    seal(open);
                }
                return true;
            }
            if (open.documentCount() == 0) {
                throw new IllegalStateException("a document of " + length + " bytes does not fit an empty batch");
            }
            seal(open);
        }
    }

    private void seal(Batch open) {
        open.seal();
        pool.trim(open);
        batch = null;
        counters.increment(Counter.SEALED);
        counters.add(Counter.SEALED_DOCUMENTS, open.documentCount());
        FlightEvents events = FlightRecording.events();
        if (events != null) {
            long ageNs = clock.nanoTime() - open.oldestReceivedNs();
            events.onSealed(destination, open.documentCount(), open.length(), ageNs);
        }
        if (!sealed.offer(open)) {
            throw new IllegalStateException("more sealed batches than the pool has");
        }
    }

    /** Seals what there is, whatever its age; for the end. Batcher's thread only. */
    public void flush() {
        Batch open = batch;
        if (open == null) {
            return;
        }
        if (open.documentCount() > 0) {
            seal(open);
        } else {
            pool.discard(open);
            batch = null;
        }
    }

    /** Gives up all slots that wait; for the shutdown deadline. Batcher's thread only. */
    public int abandonSlots() {
        int count = 0;
        while (slots.hasNext()) {
            if (slots.verdict() >= 0) {
                counters.increment(pool.isReplayable() ? Counter.ABANDONED_TO_SOURCE : Counter.ABANDONED_UNSENT);
                count++;
            }
            slots.advance();
        }
        slots.release();
        return count;
    }

    /**
     * When the open batch grows too old, on the engine's nanosecond clock, or {@link Long#MAX_VALUE}. Batcher's thread
     * only.
     */
    public long deadlineNs() {
        Batch open = batch;
        return open == null || open.documentCount() == 0 ? Long.MAX_VALUE : open.oldestReceivedNs() + policy.ageNsMax();
    }

    /** Whether the last duty cycle stopped at its limit. Batcher's thread only. */
    public boolean isLimitReached() {
        return isLimitReached;
    }

    /** Whether the last duty cycle stopped for want of a free batch. Batcher's thread only. */
    public boolean isBlocked() {
        return isBlocked;
    }

    /** Which part of what this batcher may hold up of the arena is taken, 0 to 1. Any thread. */
    public double arenaUsed() {
        return Math.min(1, slots.lag() / (isSharing ? SHARED_PART : 1));
    }

    /** Whether the last duty cycle found no free batch for a document. Any thread. */
    public boolean isStarved() {
        return isStarved;
    }

    /** Whether slots wait. Batcher's thread only. */
    public boolean hasWork() {
        return slots.hasNext();
    }

    @Override
    public String roleName() {
        return "batcher";
    }
}
