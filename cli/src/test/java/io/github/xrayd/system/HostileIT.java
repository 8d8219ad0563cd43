package io.github.xrayd.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.xrayd.child.DaemonLedger;
import io.github.xrayd.child.DaemonProcess;
import io.github.xrayd.sandbox.Sandbox;
import io.github.xrayd.sandbox.SandboxConfig;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/**
 * Whatever comes, the daemon keeps running, delivers the good and counts the bad by reason.
 *
 * <p>Each run takes another seed; {@code -Dxrayd.seed=SEED} repeats one that failed.
 */
@EnabledOnOs(OS.LINUX)
@Timeout(120)
class HostileIT {
    private static final int COUNT = 200_000;
    /** A line or two per reason and second, not one per datagram. */
    private static final int LINES_MAX = 5_000;

    @Test
    void shouldSurviveGarbageAndDeliverTheGoodBetween() throws Exception {
        long seed = Long.getLong("xrayd.seed", System.nanoTime());
        try {
            run(seed);
        } catch (AssertionError e) {
            throw new AssertionError("With -Dxrayd.seed=" + seed + ": " + e.getMessage(), e);
        }
    }

    private static void run(long seed) throws Exception {
        HostileTraffic traffic = new HostileTraffic(seed);
        Set<String> good = new HashSet<>();
        SandboxConfig config = SandboxConfig.builder().keepDocuments(false).build();
        try (Sandbox sandbox = Sandbox.start(config);
                DaemonProcess daemon = Installed.start(sandbox.endpoint(), "-m", "64");
                Datagrams datagrams = new Datagrams(daemon.udp())) {
            Arrived arrived = Arrived.at(sandbox);
            for (int i = 0; i < COUNT; i++) {
                HostileTraffic.Made made = traffic.next();
                if (!made.arrives().isEmpty()) {
                    good.add(made.arrives());
                }
                datagrams.send(made.bytes());
            }
            arrived.assertSame(good, daemon);
            assertTrue(daemon.isAlive(), daemon::output);
            DaemonLedger ledger = daemon.stop();
            int lines = daemon.lines().size();
            System.out.printf("HostileIT: seed %d: %d good; %s; %d log lines%n", seed, good.size(), ledger, lines);
            assertEquals(0, ledger.kernelDrops());
            assertEquals(COUNT, ledger.received());
            assertEquals(good.size(), ledger.delivered());
            assertEquals(traffic.rejections(), ledger.reasons());
            assertTrue(lines < LINES_MAX, () -> lines + " log lines");
        }
    }
}
