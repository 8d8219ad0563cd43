package io.github.xrayd.connectors.kafka;

import java.util.concurrent.atomic.AtomicIntegerArray;

/**
 * Which consumed records are settled, and so how far the offsets of each partition may be committed: up to the first
 * record that is not settled, in the order in which the partition gave them. Offsets need not follow each other without
 * a gap.
 *
 * <p>Records stand in a table of a fixed size, shared by all partitions; a record's place in it is what the data path
 * carries as its origin. A place is used again only when its record is settled or dropped. {@link #settle},
 * {@link #settleAll} and {@link #drop} may be called by any thread; everything else belongs to the consumer's thread.
 * Allocates for partitions only.
 */
final class SettledOffsets {
    /** What {@link #add} returns when the table is full. */
    static final int FULL = -1;

    /** What {@link Partition#committable} returns before anything may be committed. */
    static final long NOTHING = -1;

    private static final int NONE = -1;
    /** In {@link #open}: the record was given back without being settled. */
    private static final int DROPPED = -1;

    private final int settlements;
    /** How many settlements are still to come, 0 when the record is settled, or {@link #DROPPED}. */
    private final AtomicIntegerArray open;

    private final long[] offsets;
    /** The next record of the same partition, or the next free place. */
    private final int[] next;

    private int free;
    private int freeCount;
    /** Records of partitions that were taken away before they were settled. */
    private int orphans = NONE;

    /**
     * A table.
     *
     * @param capacity the most records that are not settled, at least 1
     * @param settlements how often {@link #settle} is called for each record: the number of destinations
     */
    SettledOffsets(int capacity, int settlements) {
        this.settlements = settlements;
        open = new AtomicIntegerArray(capacity);
        offsets = new long[capacity];
        next = new int[capacity];
        for (int i = 0; i < capacity; i++) {
            next[i] = i + 1 < capacity ? i + 1 : NONE;
        }
        freeCount = capacity;
    }

    /** One assigned partition's records that are not settled, oldest first. The consumer's thread alone. */
    final class Partition {
        private int first = NONE;
        private int last = NONE;
        private long committable = NOTHING;
        private long passed;
        private boolean isTakenAway;

        /**
         * The offset to commit: one past the last record before which all are settled; {@link #NOTHING} before there is
         * one.
         */
        long committable() {
            advance();
            return committable;
        }

        /**
         * Whether nothing that is not settled can be settled any more: the oldest such record was dropped, or there is
         * none.
         */
        boolean isDrained() {
            advance();
            return first == NONE || open.get(first) == DROPPED;
        }

        /** Records before {@link #committable}. */
        long passed() {
            return passed;
        }

        /**
         * Records that were consumed and lie behind what may be committed: whoever has the partition next consumes them
         * again.
         */
        long uncommittable() {
            advance();
            long count = 0;
            for (int i = first; i != NONE; i = next[i]) {
                count++;
            }
            return count;
        }

        private void advance() {
            while (first != NONE && open.get(first) == 0) {
                int settled = first;
                committable = offsets[settled] + 1;
                passed++;
                first = next[settled];
                if (first == NONE) {
                    last = NONE;
                }
                giveBack(settled);
            }
        }

        /**
         * The partition belongs to another consumer: its records keep their places until they are settled, and are of
         * no more account.
         */
        void takeAway() {
            if (isTakenAway) {
                return;
            }
            isTakenAway = true;
            if (first != NONE) {
                next[last] = orphans;
                orphans = first;
                first = NONE;
                last = NONE;
            }
        }
    }

    /** A partition that was just assigned. */
    Partition assign() {
        return new Partition();
    }

    /**
     * A record was consumed.
     *
     * @param offset larger than that of every record of the partition before
     * @return its place, from 0, or {@link #FULL}
     */
    int add(Partition partition, long offset) {
        if (partition.isTakenAway || (partition.last != NONE && offset <= offsets[partition.last])) {
            throw new IllegalStateException("offset " + offset + " does not follow in its partition");
        }
        int place = free;
        if (place == NONE) {
            return FULL;
        }
        free = next[place];
        freeCount--;
        offsets[place] = offset;
        next[place] = NONE;
        open.set(place, settlements);
        if (partition.last == NONE) {
            partition.first = place;
        } else {
            next[partition.last] = place;
        }
        partition.last = place;
        return place;
    }

    /** Records that {@link #add} still has room for. */
    int free() {
        sweep();
        return freeCount;
    }

    private void sweep() {
        int kept = NONE;
        int place = orphans;
        while (place != NONE) {
            int following = next[place];
            if (open.get(place) > 0) {
                next[place] = kept;
                kept = place;
            } else {
                giveBack(place);
            }
            place = following;
        }
        orphans = kept;
    }

    private void giveBack(int place) {
        next[place] = free;
        free = place;
        freeCount++;
    }

    /**
     * One destination has settled the record at {@code place}. Any thread.
     *
     * @throws IllegalStateException when it is settled more often than there are destinations
     */
    void settle(int place) {
        if (open.getAndDecrement(place) <= 0) {
            throw new IllegalStateException("the record at " + place + " is settled twice");
        }
    }

    /**
     * The record at {@code place} is settled for all destinations: it was rejected before any of them was given it. Any
     * thread.
     */
    void settleAll(int place) {
        if (open.getAndSet(place, 0) != settlements) {
            throw new IllegalStateException("the record at " + place + " is settled twice");
        }
    }

    /**
     * The record at {@code place} will not be settled: nothing of its partition may be committed beyond it. Any thread.
     */
    void drop(int place) {
        open.set(place, DROPPED);
    }
}
