package io.github.xrayd.chaos;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

class ChaosSummaryTest {
    private static Result result(String name, String... broken) {
        Scenario scenario = Scenario.of(name, "away", LoadPlan.around(100, Duration.ofSeconds(1)), bed -> {});
        return new Result(scenario, "again", null, null, List.of(broken));
    }

    @Test
    void shouldCountAndNameAndBlameTheMachineOnlyWhenItWasBusy() {
        List<Result> results = List.of(result("a"), result("b", "1 was lost"), result("c"));
        assertEquals("3 of 3 faults as expected", Chaos.summary(List.of(result("a"), result("b"), result("c")), 0, ""));
        assertEquals(
                "2 of 3 faults as expected; not as expected: b; other processes used 10 % of the processors",
                Chaos.summary(results, 0.1, "other processes used 10 % of the processors"));
        assertEquals(
                "2 of 3 faults as expected; not as expected: b; other processes used 80 % of the processors: this may be"
                        + " the reason, so try again on an idle machine",
                Chaos.summary(results, 0.8, "other processes used 80 % of the processors"));
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void shouldSeeWhatOthersUse() {
        OtherLoad others = OtherLoad.start();
        assertTrue(others.text().startsWith("other processes used "), others::text);
        assertTrue(others.share() >= 0 && others.share() <= 1);
    }
}
