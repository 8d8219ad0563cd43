package io.github.xrayd.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.xrayd.child.DaemonLedger;
import io.github.xrayd.child.DaemonProcess;
import io.github.xrayd.child.ProcFs;
import io.github.xrayd.sandbox.Sandbox;
import io.github.xrayd.sandbox.SandboxConfig;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/**
 * An idle daemon costs next to nothing whatever its memory limit, and much traffic leaves it small.
 *
 * <p>The bounds leave room for machines that do much else; the figures are printed.
 */
@EnabledOnOs(OS.LINUX)
@Timeout(600)
class IdleIT {
    private static final Duration WINDOW = Duration.ofSeconds(10);
    private static final double CORE_SHARE_MAX = 0.05;
    private static final long RESIDENT_DIFFERENCE_MAX = 20L << 20;
    /** An hour at 1,000 a second where there is time for it. */
    private static final int COUNT = Boolean.getBoolean("xrayd.full") ? 3_600_000 : 300_000;

    private static final int IN_FLIGHT_MAX = 400;
    private static final int LIMIT_MB = 1_024;
    private static final long RESIDENT_MAX = 256L << 20;

    @Test
    void shouldCostNextToNothingWhateverItsLimit() throws Exception {
        try (Sandbox sandbox = Sandbox.start(SandboxConfig.builder().build());
                DaemonProcess small = Installed.start(sandbox.endpoint(), "-m", "64");
                DaemonProcess large = Installed.start(sandbox.endpoint(), "-m", "1024")) {
            small.awaitReady();
            large.awaitReady();
            awaitQuiet(small);
            awaitQuiet(large);
            Duration smallBefore = small.processorTime();
            Duration largeBefore = large.processorTime();
            long startNanoTime = System.nanoTime();
            Await.until("the time has passed", Await.LONG, () -> System.nanoTime() - startNanoTime >= WINDOW.toNanos());
            double smallShare = shareSince(small, smallBefore, startNanoTime);
            double largeShare = shareSince(large, largeBefore, startNanoTime);
            long smallBytes = ProcFs.residentBytes(small.handle().pid());
            long largeBytes = ProcFs.residentBytes(large.handle().pid());
            System.out.printf(
                    "IdleIT: -m 64: %.2f %% of a core, %d MB; -m 1024: %.2f %% of a core, %d MB%n",
                    smallShare * 100, smallBytes >> 20, largeShare * 100, largeBytes >> 20);
            assertTrue(smallShare < CORE_SHARE_MAX, () -> smallShare + small.output());
            assertTrue(largeShare < CORE_SHARE_MAX, () -> largeShare + large.output());
            assertTrue(Math.abs(largeBytes - smallBytes) < RESIDENT_DIFFERENCE_MAX, "resident memory depends on -m");
            assertEquals(0, small.stop().received());
            assertEquals(0, large.stop().received());
        }
    }

    /** Returns when half a second passes in which nothing but the idle loop runs: start and compiler are done. */
    private static void awaitQuiet(DaemonProcess daemon) {
        Duration[] before = {Duration.ZERO};
        long[] beforeNanoTime = {System.nanoTime()};
        Await.until("the daemon is idle", Await.LONG, () -> {
            if (System.nanoTime() - beforeNanoTime[0] < 500_000_000) {
                return false;
            }
            Duration now = daemon.processorTime();
            boolean isQuiet = now.minus(before[0]).toMillis() <= 20;
            before[0] = now;
            beforeNanoTime[0] = System.nanoTime();
            return isQuiet;
        });
    }

    private static double shareSince(DaemonProcess daemon, Duration before, long startNanoTime) {
        long used = daemon.processorTime().minus(before).toNanos();
        return (double) used / (System.nanoTime() - startNanoTime);
    }

    @Test
    void shouldStaySmallAfterAnHoursTraffic() throws Exception {
        SandboxConfig config = SandboxConfig.builder().keepDocuments(false).build();
        try (Sandbox sandbox = Sandbox.start(config);
                DaemonProcess daemon = Installed.start(sandbox.endpoint(), "-m", Integer.toString(LIMIT_MB));
                Datagrams datagrams = new Datagrams(daemon.udp())) {
            daemon.awaitReady();
            long before = ProcFs.residentBytes(daemon.handle().pid());
            byte[] datagram = Datagrams.of(Datagrams.HEADER, "d".repeat(1_024).getBytes(StandardCharsets.US_ASCII));
            long startNanoTime = System.nanoTime();
            long largest = send(sandbox, daemon, datagrams, datagram);
            double seconds = (System.nanoTime() - startNanoTime) / 1e9;
            System.out.printf(
                    "IdleIT: -m %d: %d MB before, at most %d MB during %d datagrams in %.1f s%n",
                    LIMIT_MB, before >> 20, largest >> 20, COUNT, seconds);
            assertTrue(largest < RESIDENT_MAX, () -> largest + " bytes resident" + daemon.output());
            DaemonLedger ledger = daemon.stop();
            assertEquals(COUNT, ledger.delivered());
            assertEquals(0, ledger.kernelDrops());
            assertEquals(Map.of(), ledger.reasons());
        }
    }

    /** Never more in flight than a slow day would have; returns the most resident memory seen. */
    private static long send(Sandbox sandbox, DaemonProcess daemon, Datagrams datagrams, byte[] datagram)
            throws IOException {
        long largest = 0;
        for (int sent = 0; sent < COUNT; sent++) {
            int due = sent - IN_FLIGHT_MAX;
            if (sandbox.arrivals().documents() < due) {
                Await.until(
                        "documents arrive", Await.LONG, () -> sandbox.arrivals().documents() >= due);
            }
            datagrams.send(datagram);
            if (sent % 10_000 == 0) {
                largest = Math.max(largest, ProcFs.residentBytes(daemon.handle().pid()));
            }
        }
        Await.until("all arrive", Await.LONG, () -> sandbox.arrivals().documents() >= COUNT);
        return Math.max(largest, ProcFs.residentBytes(daemon.handle().pid()));
    }
}
