package io.github.xrayd.chaos;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.xrayd.child.ProcessFootprint;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Judges made-up hours: cycles of five minutes in lives of 1, 1, 4 and 6 of them, as a soak has them. */
class SoakTrendsTest {
    private static final int[] LIVES = {0, 1, 2, 2, 2, 2, 3, 3, 3, 3, 3, 3};
    private static final int CYCLE_SECONDS = 300;
    private static final int SAMPLE_SECONDS = 10;
    private static final long MB = 1 << 20;

    /**
     * What leaks, each from the start of a process on.
     *
     * @param nativeBytes bytes a second outside the Java heap
     * @param liveBytes bytes a second in it, found in pages that are resident already
     * @param descriptors for each cycle
     * @param threads for each cycle
     * @param life the only one that leaks, or -1 for each
     */
    private record Leak(double nativeBytes, double liveBytes, double descriptors, double threads, int life) {
        static final Leak NONE = new Leak(0, 0, 0, 0, -1);
    }

    /** A sawtooth in each cycle, noise, and spikes; the first cycle of a life warms up. */
    private static List<SoakSample> hour(Leak leak) {
        Random random = new Random(1);
        List<SoakSample> samples = new ArrayList<>();
        int startSeconds = 0;
        for (int cycle = 0; cycle < LIVES.length; cycle++) {
            int life = LIVES[cycle];
            startSeconds = cycle == 0 || life != LIVES[cycle - 1] ? cycle * CYCLE_SECONDS : startSeconds;
            for (int second = 0; second < CYCLE_SECONDS; second += SAMPLE_SECONDS) {
                int seconds = cycle * CYCLE_SECONDS + second;
                int age = seconds - startSeconds;
                int leaking = leak.life() < 0 || leak.life() == life ? age : 0;
                double warm = Math.min(1, age / (double) CYCLE_SECONDS);
                double load = (second % 60) / 60.0;
                double outside = MB * (70 + 40 * warm + load + random.nextDouble()) + leak.nativeBytes() * leaking;
                double heap = MB * (20 + 20 * warm);
                double live = MB * (8 + load + random.nextDouble() / 4) + leak.liveBytes() * leaking;
                double spike = random.nextInt(20) == 0 ? 25 * MB : 0;
                ProcessFootprint footprint = new ProcessFootprint(
                        (long) (outside + heap + spike),
                        (int) (24 + 12 * load + leak.threads() * leaking / CYCLE_SECONDS),
                        (int) (74 + 20 * load + leak.descriptors() * leaking / CYCLE_SECONDS));
                samples.add(new SoakSample(
                        seconds,
                        cycle,
                        life,
                        footprint,
                        new SoakSample.Heap(age == 0 ? -1 : (long) live, (long) heap),
                        0,
                        1_000,
                        SoakPhase.of(0)));
            }
        }
        return samples;
    }

    private static List<String> growing(Leak leak) {
        return SoakTrends.of(hour(leak)).stream()
                .filter(trend -> !trend.isFlat())
                .map(trend -> trend.life() + " " + trend.name())
                .toList();
    }

    @Test
    void shouldTakeNoiseSpikesCyclesAndTheirWarmUpForFlat() {
        assertEquals(List.of(), growing(Leak.NONE));
        assertEquals(10, SoakTrends.of(hour(Leak.NONE)).size(), "five figures of the two lives that are long enough");
    }

    @Test
    void shouldSeeALeakOfOneMegabyteAMinuteInEachLife() {
        List<String> growing = growing(new Leak(MB / 60.0, 0, 0, 0, -1));
        assertEquals(
                List.of(
                        "2 resident MB",
                        "2 resident MB outside the Java heap, lowest",
                        "3 resident MB",
                        "3 resident MB outside the Java heap, lowest"),
                growing);
    }

    @Test
    void shouldSeeASlowLeakThatOnlyOneLifeHas() {
        assertEquals(
                List.of("3 resident MB outside the Java heap, lowest"),
                growing(new Leak(0.25 * MB / 60, 0, 0, 0, 3)),
                "a quarter of a megabyte a minute, 5 MB from the second cycle to the last");
    }

    @Test
    void shouldSeeObjectsThatAreKept() {
        assertEquals(
                List.of("3 live MB in the Java heap after a full collection, lowest"),
                growing(new Leak(0, MB / 600.0, 0, 0, 3)),
                "a tenth of a megabyte a minute");
    }

    @Test
    void shouldSeeOneDescriptorOrThreadForEachCycle() {
        assertEquals(List.of("3 descriptors, lowest"), growing(new Leak(0, 0, 1, 0, 3)));
        assertEquals(List.of("3 threads, lowest"), growing(new Leak(0, 0, 0, 1, 3)));
    }

    @Test
    void shouldNotMindWhatShrinks() {
        assertEquals(List.of(), growing(new Leak(-MB / 60.0, -MB / 600.0, -1, -1, -1)));
    }

    @Test
    void shouldSayWhatItSaw() {
        Trend trend = Trend.of("things", 3, new double[] {1, 5, 7, 9}, 2, 0);
        assertFalse(trend.isFlat());
        assertEquals(
                "life 3, things: 1.0 5.0 7.0 9.0; grows by 4.00 behind the first cycle (limit 2.00): NOT FLAT",
                trend.text());
        assertTrue(Trend.of("things", 3, new double[] {1, 5, 7, 9}, 2, 0.6).isFlat(), "a share of the median");
    }
}
