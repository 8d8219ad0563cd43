package io.github.xrayd.plan.host;

import io.github.xrayd.load.LoadConfig;
import io.github.xrayd.load.LoadException;
import io.github.xrayd.load.LoadGenerator;
import io.github.xrayd.load.LoadReport;
import io.github.xrayd.sandbox.LoadRun;
import io.github.xrayd.sandbox.Sandbox;
import java.net.InetSocketAddress;
import java.time.Duration;

/**
 * One load through a daemon to a sandbox, at an even rate.
 *
 * @param report what was sent
 * @param run what arrived
 */
record MeasuredLoad(LoadReport report, LoadRun run) {
    private static final int SOURCES = 64;
    private static final double WARM_UP_RATE = 30_000;
    private static final double WARM_UP_SECONDS = 13;
    private static final int WARM_UP_SIZE = 300;

    /**
     * Has the JVM compile what a daemon at work runs: 390,000 small segments, 7,800 calls; the way of a call is warm
     * after some thousands.
     *
     * @return the most that was held, in bytes of slots
     */
    static double warmUp(Sandbox sandbox, InetSocketAddress target) throws LoadTestException, InterruptedException {
        MeasuredLoad load = send(sandbox, target, WARM_UP_RATE, WARM_UP_SIZE, WARM_UP_SECONDS);
        load.settle(Duration.ofSeconds(1), Duration.ofSeconds(5));
        load.forget(sandbox);
        return load.heldBytes(WARM_UP_SIZE);
    }

    /** The most that was held at once, in bytes of slots. */
    double heldBytes(int size) {
        return run.backlogPeak() * (size + 61.0);
    }

    /**
     * Sends, and returns when all has left.
     *
     * @param size of each document, in bytes
     */
    static MeasuredLoad send(Sandbox sandbox, InetSocketAddress target, double rate, int size, double seconds)
            throws LoadTestException, InterruptedException {
        LoadConfig config = LoadConfig.to(target)
                .ratePerSecond(rate)
                .count(Math.max(1, Math.round(rate * seconds)))
                .duration(Duration.ZERO)
                .sources(SOURCES)
                .sizeBytes(size)
                .build();
        LoadRun run = sandbox.runs().register(config.runIdHex(), config.plannedCount());
        try {
            return new MeasuredLoad(LoadGenerator.run(config, progress -> {}), run);
        } catch (LoadException e) {
            throw new LoadTestException("the load cannot be sent: " + e.getMessage(), e);
        }
    }

    /** Waits until all has arrived or nothing more does for a while. */
    void settle(Duration quiet, Duration most) throws InterruptedException {
        long startNs = System.nanoTime();
        long lastNs = startNs;
        long last = -1;
        while (run.distinct() < report.sent()) {
            long nowNs = System.nanoTime();
            if (run.distinct() != last) {
                last = run.distinct();
                lastNs = nowNs;
            }
            if (nowNs - lastNs > quiet.toNanos() || nowNs - startNs > most.toNanos()) {
                return;
            }
            Thread.sleep(20);
        }
    }

    void forget(Sandbox sandbox) {
        sandbox.runs().forget(run.id());
    }

    /** What did not arrive, a share of what was sent. */
    double loss() {
        return report.sent() == 0 ? 0 : 1 - (double) run.distinct() / report.sent();
    }
}
