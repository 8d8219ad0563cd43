package io.github.xrayd.sandbox;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.xrayd.load.LoadConfig;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class LoadRunTest {
    private static final long HOUR = 3_600;

    private static void arrive(LoadRun run, long from, long to) {
        for (long i = from; i < to; i++) {
            run.onDocument(i, 1, 2);
        }
    }

    @Test
    void shouldTellTwiceFromOnceAndNameWhatIsMissing() {
        LoadRun run = new LoadRun("0000beef", 100_000);
        arrive(run, 0, 40_000);
        arrive(run, 40_002, 70_000);
        arrive(run, 10, 20);
        run.onDocument(100_000, 1, 2);
        run.onDocument(-1, 1, 2);
        assertEquals(69_998, run.distinct());
        assertEquals(10, run.duplicated());
        assertEquals(2, run.outOfRange());
        assertEquals(List.of(40_000L, 40_001L), run.missing());
        arrive(run, 40_000, 40_002);
        assertEquals(List.of(), run.missing());
        assertEquals(70_000, run.distinct());
    }

    @Test
    void shouldTakeRunsOfAnyLength() {
        long count = 1_000 * 24 * HOUR * 365;
        LoadRun run = new LoadRuns().register("0000beef", count);
        run.onDocument(count - 1, 1, 2);
        run.onDocument(count - 1, 1, 2);
        run.onDocument(count, 1, 2);
        assertEquals(1, run.distinct());
        assertEquals(1, run.duplicated());
        assertEquals(1, run.outOfRange());
        LoadConfig.LoadBuilder load = LoadConfig.to(new InetSocketAddress(InetAddress.getLoopbackAddress(), 2_000))
                .ratePerSecond(1_000);
        assertEquals(count, load.count(count).build().plannedCount());
        assertEquals(count, load.count(0).duration(Duration.ofDays(365)).build().plannedCount());
        assertThrows(IllegalArgumentException.class, () -> new LoadRuns().register("0000beef", Long.MAX_VALUE));
    }
}
