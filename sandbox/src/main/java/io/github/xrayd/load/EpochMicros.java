package io.github.xrayd.load;

import java.time.Instant;

/**
 * Turns {@link System#nanoTime} into epoch microseconds without allocating for each reading.
 *
 * <p>It looks at the wall clock once a second, so that a corrected clock is followed. One thread.
 */
final class EpochMicros {
    private static final long REFRESH_NANOS = 1_000_000_000L;

    private long baseNanos;
    private long baseMicros;

    EpochMicros() {
        refresh();
    }

    long at(long nanoTime) {
        if (nanoTime - baseNanos > REFRESH_NANOS) {
            refresh();
        }
        return baseMicros + (nanoTime - baseNanos) / 1_000;
    }

    private void refresh() {
        Instant now = Instant.now();
        baseNanos = System.nanoTime();
        baseMicros = now.getEpochSecond() * 1_000_000 + now.getNano() / 1_000;
    }
}
