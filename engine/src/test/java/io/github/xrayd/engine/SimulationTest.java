package io.github.xrayd.engine;

import org.junit.jupiter.api.Test;

/**
 * Seeded faults against the whole data path. A failing seed is named in the message; {@code -Dxrayd.seed=N} runs it alone,
 * {@code -Dxrayd.seeds=N} runs more.
 */
class SimulationTest {
    private static final int STEPS = 1_000;

    @Test
    void shouldBalanceItsBooksAtEveryStepWhateverFails() {
        Long only = Long.getLong("xrayd.seed");
        int seeds = only != null ? 1 : Integer.getInteger("xrayd.seeds", 200);
        for (int i = 0; i < seeds; i++) {
            run(only != null ? only : i);
        }
    }

    private static void run(long seed) {
        try (Simulation simulation = new Simulation(seed)) {
            for (int step = 0; step < STEPS; step++) {
                simulation.step();
            }
            simulation.finish(seed % 2 == 0);
        } catch (AssertionError | RuntimeException | StartException e) {
            throw new AssertionError("seed " + seed + " (replay with -Dxrayd.seed=" + seed + "): " + e.getMessage(), e);
        }
    }
}
