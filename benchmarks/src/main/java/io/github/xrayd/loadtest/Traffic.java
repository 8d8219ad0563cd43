package io.github.xrayd.loadtest;

import io.github.xrayd.child.DaemonProcess;
import io.github.xrayd.load.LoadConfig;
import io.github.xrayd.load.LoadException;
import io.github.xrayd.load.LoadReport;
import io.github.xrayd.load.Senders;
import io.github.xrayd.sandbox.LoadRun;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Sends one load to a daemon from this process, and waits for what arrives at the backend. */
final class Traffic {
    private static final long POLL_NANOS = 2_000_000;
    private static final long AWAIT_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

    private final Backend backend;

    Traffic(Backend backend) {
        this.backend = backend;
    }

    /**
     * What was sent and what arrived.
     *
     * @param run the arrivals, distinguished by their numbers
     */
    record Outcome(LoadReport report, LoadRun run) {
        long lost() {
            return Math.max(0, report.sent() - run.distinct());
        }

        /** Whether the generator sent what was configured, within two per cent. */
        boolean isOnSchedule() {
            double asked = report.config().ratePerSecond();
            return asked == 0 || report.achievedRate() >= 0.98 * asked;
        }
    }

    /**
     * Sends and waits until all has arrived, or nothing more comes for {@code settle}.
     *
     * @param daemon must stay alive meanwhile
     * @param afterSending runs when the last datagram has left
     * @throws LoadTestException when the daemon ends or the sockets cannot be opened
     */
    Outcome send(DaemonProcess daemon, LoadConfig config, Duration settle, Runnable afterSending)
            throws LoadTestException, InterruptedException, java.io.IOException {
        int capacity = (int) Math.min(config.plannedCount(), 50_000_000);
        LoadRun run = backend.sandbox().runs().register(config.runIdHex(), capacity);
        try (Senders senders = Senders.start(config)) {
            while (!senders.await(AWAIT_NANOS)) {
                daemon.requireAlive();
            }
            afterSending.run();
            LoadReport report = senders.report();
            awaitArrivals(daemon, run, report.sent(), settle);
            return new Outcome(report, run);
        } catch (LoadException e) {
            throw new LoadTestException(String.valueOf(e.getMessage()), e);
        } finally {
            backend.sandbox().runs().forget(config.runIdHex());
        }
    }

    private static void awaitArrivals(DaemonProcess daemon, LoadRun run, long sent, Duration settle)
            throws LoadTestException, java.io.IOException {
        long arrived = -1;
        long lastNanoTime = System.nanoTime();
        while (run.distinct() < sent && System.nanoTime() - lastNanoTime < settle.toNanos()) {
            if (run.arrived() != arrived) {
                arrived = run.arrived();
                lastNanoTime = System.nanoTime();
            }
            LockSupport.parkNanos(POLL_NANOS);
        }
        daemon.requireAlive();
    }
}
