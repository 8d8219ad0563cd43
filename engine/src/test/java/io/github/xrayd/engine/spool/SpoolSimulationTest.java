package io.github.xrayd.engine.spool;

import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/**
 * Thousands of seeded lives of a spool on a scripted disk. {@code -Dxrayd.spool.seed=N} replays the one that failed,
 * {@code -Dxrayd.spool.seeds=N} runs that many.
 */
final class SpoolSimulationTest {
    private static final int SEEDS = Integer.getInteger("xrayd.spool.seeds", 1500);

    @Test
    void shouldKeepItsPromisesOnAnyDisk() {
        String seed = System.getProperty("xrayd.spool.seed");
        long first = seed == null ? 1 : Long.parseLong(seed);
        long last = seed == null ? SEEDS : first;
        long delivered = 0;
        for (long at = first; at <= last; at++) {
            SpoolSimulation simulation = new SpoolSimulation(at, seed != null);
            try {
                delivered += simulation.run();
            } catch (AssertionError | RuntimeException e) {
                String how = seed == null ? "replay it with -Dxrayd.spool.seed=" + at : simulation.story();
                throw new AssertionError("Seed " + at + " failed; " + how, e);
            }
        }
        assertTrue(delivered > 0, "the simulation must deliver something");
    }
}
