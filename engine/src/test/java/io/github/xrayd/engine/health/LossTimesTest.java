package io.github.xrayd.engine.health;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Map;
import org.junit.jupiter.api.Test;

class LossTimesTest {
    @Test
    void shouldKnowWhenALossBeganAndWhenItGrewLast() {
        LossTimes times = new LossTimes();
        times.look(Map.of("dropped memoryFull", 0L), 1_000);
        assertEquals(Map.of(), times.json());
        times.look(Map.of("dropped memoryFull", 3L), 2_000);
        times.look(Map.of("dropped memoryFull", 4L), 3_000);
        times.look(Map.of("dropped memoryFull", 4L), 4_000);
        assertEquals(
                Map.of("dropped memoryFull", Map.of("first", "1970-01-01T00:00:02Z", "last", "1970-01-01T00:00:03Z")),
                times.json());
    }
}
