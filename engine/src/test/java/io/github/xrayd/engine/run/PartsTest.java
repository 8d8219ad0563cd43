package io.github.xrayd.engine.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PartsTest {
    @Test
    void shouldCloseEveryPartOnceInReverseOrderWhateverOneOfThemThrows() {
        List<String> closed = new ArrayList<>();
        Parts parts = new Parts();
        parts.add("first", () -> closed.add("first"));
        parts.add("second", () -> {
            closed.add("second");
            throw new NoClassDefFoundError("gone");
        });
        parts.add("third", () -> {
            closed.add("third");
            throw new InterruptedException();
        });
        parts.close();
        parts.close();
        assertEquals(List.of("third", "second", "first"), closed);
        assertTrue(Thread.interrupted(), "the interrupt is kept for the caller");
    }
}
