package io.github.xrayd.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.xrayd.plan.input.Field;
import io.github.xrayd.plan.input.PlanInput;
import io.github.xrayd.plan.input.Workload;
import io.github.xrayd.plan.model.CostProfile;
import io.github.xrayd.plan.model.Plan;
import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A daemon that gets the container of its plan takes the plan's {@code -m} in it, with the JVM that the plan's costs
 * are of.
 */
class PlanContainerTest {
    private static final long MB = 1 << 20;
    /** Up to this the launcher starts Java for a small container. */
    private static final long SMALL_MB = 192;

    @ParameterizedTest
    @CsvSource({"1, 0s, 0", "10, 0s, 0", "100, 10s, 0", "500, 1m, 0", "900, 1m, 0", "1200, 1m, 1G", "2000, 1m, 1G"})
    void shouldHoldThePlannedMemoryInThePlannedContainer(String rate, String outage, String spoolMax) throws Exception {
        PlanInput input = new PlanInput()
                .put(Field.RATE, rate)
                .put(Field.OUTAGE, outage)
                .put(Field.TOPOLOGY, "sidecar")
                .put(Field.SPOOL_MAX, spoolMax)
                .put(Field.MEMORY_MAX, spoolMax.equals("0") ? "512M" : "32M")
                .put(Field.RUNS, "1")
                .put(Field.SPAN, "10s");
        Plan plan = Plan.of(Workload.of(input, Path.of(".")), CostProfile.standard());
        long container = plan.settings().containerBytes();
        long socket = 2 * plan.settings().socketBufferBytes() * plan.settings().receivers();
        assertEquals(!spoolMax.equals("0"), plan.settings().spoolBytes() > 0);
        boolean hasSpool = plan.settings().spoolBytes() > 0;
        assertTrue(container > SMALL_MB * MB, () -> container / MB + " MB");

        MemoryPlan taken = MemoryPlan.of(
                plan.settings().memoryMb(),
                3,
                container,
                container - socket,
                MemoryPlan.jvmMegabytes(0, false, hasSpool));

        assertNull(taken.warning());
        assertEquals(plan.settings().memoryMb(), taken.megabytes());
    }
}
