package io.github.xrayd.system;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.xrayd.child.DaemonLedger;
import io.github.xrayd.load.LoadConfig;
import io.github.xrayd.load.LoadGenerator;
import io.github.xrayd.load.LoadListener;
import io.github.xrayd.load.LoadReport;
import io.github.xrayd.load.LoadVerifier;
import io.github.xrayd.load.VerifyReport;
import io.github.xrayd.sandbox.Sandbox;
import java.time.Duration;

/**
 * One run of the load generator and what the sandbox says of it.
 *
 * @param report what was sent
 * @param verification what arrived
 */
record Load(LoadReport report, VerifyReport verification) {
    /**
     * Sends and waits for the arrivals.
     *
     * @param settle how long nothing may arrive before the rest counts as lost
     */
    static Load run(Sandbox sandbox, LoadConfig config, Duration settle) throws Exception {
        LoadVerifier verifier = new LoadVerifier(sandbox.endpoint(), config.runIdHex());
        verifier.announce(config.plannedCount());
        LoadReport report = LoadGenerator.run(config, LoadListener.NONE);
        VerifyReport verification = verifier.await(report, settle, arrived -> {});
        verifier.forget();
        assertEquals(0, report.errorCount(), () -> "sending failed: " + report.errors());
        return new Load(report, verification);
    }

    /**
     * Asserts that each datagram that was sent is accounted for: delivered, dropped by the kernel, or lost in a way
     * that the daemon counted.
     */
    void assertBalanced(DaemonLedger ledger) {
        assertEquals(report.sent(), ledger.received() + ledger.kernelDrops(), () -> this + " " + ledger);
        assertEquals(report.sent(), ledger.delivered() + ledger.kernelDrops() + ledger.undelivered(), ledger::toString);
        assertEquals(ledger.delivered(), verification.arrived(), () -> this + " " + ledger);
        assertEquals(0, verification.outOfRange());
    }

    /** The figures on one line. */
    String text() {
        return String.format(
                java.util.Locale.ROOT,
                "%d sent at %.0f/s (latest %.1f ms late), %d arrived, %d duplicated, %d lost; latency p50 %.0f ms, p99 %.0f ms",
                report.sent(),
                report.achievedRate(),
                report.lagNanosMax() / 1e6,
                verification.arrived(),
                verification.duplicated(),
                verification.lost(),
                verification.latency().p50() / 1e3,
                verification.latency().p99() / 1e3);
    }
}
