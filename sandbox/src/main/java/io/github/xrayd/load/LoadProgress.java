package io.github.xrayd.load;

/**
 * Where a run is at one moment.
 *
 * @param config what was asked for
 * @param sent datagrams the kernel took
 * @param errors sends that failed or were refused
 * @param lagNanos how late the last datagram left
 * @param elapsedNanos time since the start
 */
public record LoadProgress(LoadConfig config, long sent, long errors, long lagNanos, long elapsedNanos) {
    /** How much of the run is done, 0 to 1: by count, or by time when only the time is known. */
    public double doneFraction() {
        boolean isTimed = config.isLineRate() && config.count() == 0;
        double done =
                isTimed ? (double) elapsedNanos / config.duration().toNanos() : (double) sent / config.plannedCount();
        return Math.min(1, done);
    }

    /** Datagrams per second since the start. */
    public double ratePerSecond() {
        return elapsedNanos == 0 ? 0 : sent * 1e9 / elapsedNanos;
    }
}
