package io.github.xrayd.plan.simulation;

import io.github.xrayd.engine.batch.SealPolicy;
import io.github.xrayd.engine.upload.UploadPolicy;

/** TestScenarios for tests. */
final class TestScenarios {
    static final long MS = 1_000_000L;
    static final long SECOND = 1_000 * MS;

    private TestScenarios() {}

    /**
     * A queue of the textbook: single documents, {@code servers} calls at most, each {@code serviceNs} long, room for
     * {@code places} in the queue and in service together.
     */
    static Scenario queue(Arrivals arrivals, int servers, long places, long serviceNs, long spanNs, long tickNs) {
        return new Scenario(
                arrivals,
                // One batch for each place: an open one needs no more than a sealed one.
                new Scenario.Room(
                        0, places, (int) Math.min(places, Integer.MAX_VALUE), 1, 1, 1, 1, 0, Long.MAX_VALUE / 2),
                new SealPolicy(1, 1 << 20, SECOND),
                UploadPolicy.of(servers, 100_000 * SECOND),
                backend(serviceNs, serviceNs),
                Scenario.Work.NONE,
                Scenario.Spool.NONE,
                spanNs,
                tickNs);
    }

    static Scenario.BackendModel backend(long p50Ns, long p99Ns) {
        return new Scenario.BackendModel(p50Ns, p99Ns, 1, 2 * SECOND, 0, 0, 0, 0);
    }

    /** A daemon with {@code arenaBytes} and 8 MiB of batches for 1 KB documents. */
    static Scenario daemon(Arrivals arrivals, long arenaBytes, Scenario.BackendModel backend, long spanNs) {
        return new Scenario(
                arrivals,
                new Scenario.Room(arenaBytes, 8 << 20, 512, 589_824, 4_096, 1_088, 1_200, 28, 3_640),
                new SealPolicy(50, 512 << 10, SECOND),
                UploadPolicy.of(64, 300 * SECOND),
                backend,
                Scenario.Work.NONE,
                Scenario.Spool.NONE,
                spanNs,
                Scenario.TICK_NS);
    }
}
