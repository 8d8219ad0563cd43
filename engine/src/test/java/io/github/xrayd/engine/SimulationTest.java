package io.github.xrayd.engine;

import io.github.xrayd.engine.spool.ScriptedDisk;
import org.junit.jupiter.api.Test;

/**
 * Seeded faults against the whole data path. A failing seed is named in the message; {@code -Dxrayd.seed=N} runs it
 * alone, {@code -Dxrayd.seeds=N} runs more, {@code -Dxrayd.seeds.from=N} others.
 */
class SimulationTest {
    private static final int STEPS = 150;
    private static final int SEEDS = 2_000;

    @Test
    void shouldBalanceItsBooksAtEveryStepWhateverFails() {
        Long only = Long.getLong("xrayd.seed");
        int seeds = only != null ? 1 : Integer.getInteger("xrayd.seeds", SEEDS);
        long from = only != null ? only : Long.getLong("xrayd.seeds.from", 0);
        for (int i = 0; i < seeds; i++) {
            run(from + i);
        }
    }

    private static void run(long seed) {
        try {
            Simulation simulation = new Simulation(seed);
            try {
                for (int step = 0; step < STEPS; step++) {
                    simulation.step();
                }
                simulation.finish(seed / 5 % 2 == 0);
            } finally {
                simulation.close();
            }
        } catch (AssertionError | RuntimeException | StartException | ScriptedDisk.Crash e) {
            throw new AssertionError("seed " + seed + " (replay with -Dxrayd.seed=" + seed + "): " + e.getMessage(), e);
        }
    }
}
