package io.github.xrayd.connectors.kafka;

/** A record between the thread that consumes and the pipeline. Immutable. */
final class Arrival {
    private final int place;
    private final byte[] value;
    private final AssignedPartition partition;

    Arrival(int place, byte[] value, AssignedPartition partition) {
        this.place = place;
        this.value = value;
        this.partition = partition;
    }

    /** Where it stands among those that are not settled. */
    int place() {
        return place;
    }

    /** The document, not copied; empty when the record has none. */
    byte[] value() {
        return value;
    }

    AssignedPartition partition() {
        return partition;
    }
}
