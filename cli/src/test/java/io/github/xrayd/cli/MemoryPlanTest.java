package io.github.xrayd.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.xrayd.engine.StartException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MemoryPlanTest {
    private static final long MB = 1 << 20;

    @ParameterizedTest
    @CsvSource({
        "24, 0, 24",
        "24, 64, 24",
        "25, 64, 24",
        "1000, 200, 160",
        "100000, 0, 100000",
        "0, 0, 240",
        "0, 43, 3",
        "3, 43, 3"
    })
    void shouldLeaveTheJvmWhatItNeeds(long wanted, long groupMb, long expected) throws StartException {
        long host = groupMb == 0 ? 24_000 : groupMb;
        assertEquals(
                expected, MemoryPlan.of(wanted, 3, host * MB, groupMb * MB, 40).megabytes());
    }

    @Test
    void shouldSayWhyItUsesLessAndWhatToDo() throws StartException {
        assertEquals(
                "Using 80 MB instead of 1000 MB: of the 200 MB that this control group (container) may use, the JVM needs up to"
                        + " 120 MB. Raise the group's limit to 1120 MB, or set -m 80.",
                MemoryPlan.of(1000, 3, 0, 200 * MB, 120).warning());
        assertNull(MemoryPlan.of(80, 3, 0, 200 * MB, 120).warning());
        assertNull(MemoryPlan.of(0, 3, 200 * MB, 200 * MB, 120).warning());
    }

    @Test
    void shouldRefuseAGroupThatIsTooSmall() {
        StartException e = assertThrows(StartException.class, () -> MemoryPlan.of(24, 3, 0, 42 * MB, 40));
        assertEquals(
                "The memory limit of this control group (container), 42 MB, is too small: the JVM needs up to 40 MB, segments at"
                        + " least 3 MB. Raise the limit to at least 43 MB.",
                e.getMessage());
    }
}
