package io.github.xrayd.connectors.kafka;

import org.apache.kafka.common.TopicPartition;

/** A partition that the group gave to this consumer. The consumer's thread alone, but for {@link #isTakenAway}. */
final class AssignedPartition {
    private final TopicPartition name;
    private final SettledOffsets.Partition offsets;
    private long asked = SettledOffsets.NOTHING;
    private long passedWhenAsked;
    private long committed = SettledOffsets.NOTHING;
    private long passedWhenCommitted;
    private volatile boolean isTakenAway;

    AssignedPartition(TopicPartition name, SettledOffsets.Partition offsets) {
        this.name = name;
        this.offsets = offsets;
    }

    TopicPartition name() {
        return name;
    }

    SettledOffsets.Partition offsets() {
        return offsets;
    }

    /** The offset to commit now, or {@link SettledOffsets#NOTHING} when the last one was the same. */
    long toCommit() {
        long committable = offsets.committable();
        if (committable == committed) {
            return SettledOffsets.NOTHING;
        }
        asked = committable;
        passedWhenAsked = offsets.passed();
        return committable;
    }

    void onCommitted(long offset) {
        committed = Math.max(committed, offset);
        if (committed == asked) {
            passedWhenCommitted = passedWhenAsked;
        }
    }

    /** Records that were consumed and are not committed: whoever has the partition next consumes them again. */
    long uncommitted() {
        return offsets.uncommittable() + offsets.passed() - passedWhenCommitted;
    }

    /** What of it has not gone into the pipeline yet does not go there any more. */
    void takeAway() {
        isTakenAway = true;
    }

    /** Whether it belongs, or is about to belong, to another consumer. Any thread. */
    boolean isTakenAway() {
        return isTakenAway;
    }
}
