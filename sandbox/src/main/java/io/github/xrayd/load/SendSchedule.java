package io.github.xrayd.load;

/**
 * When each datagram of a run is due: a fixed time from the start that nothing moves, so that a slow receiver cannot
 * slow the sender and hide its own slowness. Pure; times are nanoseconds since the run's start.
 */
final class SendSchedule {
    private final double nanosPerDatagram;
    private final long pacingNanos;

    /**
     * @param ratePerSecond datagrams per second; 0: all are due at the start
     * @param pacingNanos the shortest sleep; the datagrams that come due meanwhile leave together afterwards
     */
    SendSchedule(double ratePerSecond, long pacingNanos) {
        this.nanosPerDatagram = ratePerSecond == 0 ? 0 : 1e9 / ratePerSecond;
        this.pacingNanos = pacingNanos;
    }

    /** Returns when the datagram {@code sequence} (from 0) is due. */
    long dueNanos(long sequence) {
        return (long) (sequence * nanosPerDatagram);
    }

    /** Returns how long to sleep at {@code elapsedNanos} when nothing is due before {@code dueNanos}; 0 is spin. */
    long sleepNanos(long elapsedNanos, long dueNanos) {
        return pacingNanos == 0 ? 0 : Math.max(dueNanos - elapsedNanos, pacingNanos);
    }

    /** Returns how late a datagram due at {@code dueNanos} is; a line-rate run has no schedule and is never late. */
    long lagNanos(long elapsedNanos, long dueNanos) {
        return nanosPerDatagram == 0 ? 0 : Math.max(0, elapsedNanos - dueNanos);
    }
}
