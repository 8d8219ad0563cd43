package io.github.xrayd.engine.health;

import io.prometheus.metrics.model.snapshots.DataPointSnapshot;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Sends the engine's metrics somewhere, by itself and from time to time; nothing of it is on the data path. Started and
 * closed once.
 */
public interface MetricsPush extends AutoCloseable {
    /**
     * Begins.
     *
     * @param metrics every family with its values now; asked from any thread
     * @throws Exception when it cannot; the message says what to mend, and the daemon does not start
     */
    void start(Supplier<Map<MetricFamily, List<DataPointSnapshot>>> metrics) throws Exception;

    /** What became of its exports. Any thread. */
    Counts counts();

    /** Sends what is counted at the end, once and within a bound, and ends. */
    @Override
    void close();

    /**
     * Exports.
     *
     * @param delivered which were taken
     * @param failed which were not, and are not repeated: values are sums since the start, so the next one has them
     */
    record Counts(long delivered, long failed) {
        /** There is no export. */
        public static final Counts NONE = new Counts(0, 0);
    }
}
