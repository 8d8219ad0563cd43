package io.github.xrayd.plan.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.xrayd.plan.model.CostProfile;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

@EnabledOnOs(OS.LINUX)
class KernelLimitsTest {
    /** The formula for the true size of a packet is the kernel's own, on loopback. */
    @Test
    void shouldFindTheTrueSizeThatTheFormulaSays() throws IOException {
        KernelLimits limits = KernelLimits.measure();
        assertTrue(limits.rmemMax() > 1_000, limits.toString());
        assertTrue(limits.grantedBytes() > 1_000, limits.toString());
        double formula = CostProfile.standard().trueSize(1_024 + 33);
        assertEquals(formula, limits.trueSize1Kb(), 0.1 * formula, limits.toString());
    }
}
