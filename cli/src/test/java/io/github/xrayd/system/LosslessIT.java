package io.github.xrayd.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.xrayd.child.DaemonLedger;
import io.github.xrayd.child.DaemonProcess;
import io.github.xrayd.load.LoadConfig;
import io.github.xrayd.sandbox.Sandbox;
import io.github.xrayd.sandbox.SandboxConfig;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/**
 * Nothing is lost at rates that the machine can carry, and above them every loss is counted.
 *
 * <p>At full rate the figures are always printed and the ledger must always balance to the datagram; that all is
 * delivered is asserted with {@code -Dxrayd.full=true} only, for machines that do nothing else, and then of the whole
 * 160,000 datagrams.
 */
@EnabledOnOs(OS.LINUX)
@Timeout(120)
class LosslessIT {
    private static final boolean IS_FULL = Boolean.getBoolean("xrayd.full");
    private static final Duration SETTLE = Duration.ofSeconds(8);
    private static final int BURST = 20_000;

    @Test
    void shouldDeliverAllAtAModestRate() throws Exception {
        run("modest rate", true, 20_000, 2_000);
    }

    @Test
    void shouldAccountForAllAt20000PerSecond() throws Exception {
        run("full rate", IS_FULL, IS_FULL ? 160_000 : 60_000, 20_000);
    }

    @Test
    void shouldAccountForAllOfABurstAtLineRate() throws Exception {
        run("burst", IS_FULL, BURST, 0);
    }

    private static void run(String name, boolean isLossless, long count, double ratePerSecond) throws Exception {
        SandboxConfig config = SandboxConfig.builder().keepDocuments(false).build();
        try (Sandbox sandbox = Sandbox.start(config);
                DaemonProcess daemon = Installed.start(sandbox.endpoint(), "-m", "64")) {
            daemon.awaitReady();
            LoadConfig load = LoadConfig.to(daemon.udp())
                    .ratePerSecond(ratePerSecond)
                    .count(count)
                    .sources(64)
                    .build();
            Load result = Load.run(sandbox, load, SETTLE);
            DaemonLedger ledger = daemon.stop();
            System.out.printf("LosslessIT, %s: %s; kernel drops %d%n", name, result.text(), ledger.kernelDrops());
            assertEquals(count, result.report().sent());
            result.assertBalanced(ledger);
            assertEquals(0, result.verification().duplicated());
            if (isLossless) {
                assertEquals(count, ledger.delivered(), () -> ledger + daemon.output());
                assertTrue(result.verification().missing().isEmpty());
            }
        }
    }
}
