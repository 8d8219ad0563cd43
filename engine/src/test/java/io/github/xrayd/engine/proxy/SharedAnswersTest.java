package io.github.xrayd.engine.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.xrayd.engine.backend.HttpReply;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class SharedAnswersTest {
    private static final long WAIT_NS = 1_000_000_000L;

    private final AtomicInteger calls = new AtomicInteger();
    private final AtomicInteger shared = new AtomicInteger();
    private long nowNs = 5;
    private final SharedAnswers answers = new SharedAnswers(() -> nowNs, shared::incrementAndGet);

    private HttpReply get(String key, int status) throws IOException {
        return answers.get(key, WAIT_NS, () -> {
            calls.incrementAndGet();
            return new HttpReply(status, Map.of(), new byte[0]);
        });
    }

    @Test
    void shouldGiveASuccessToLaterCallsForASecond() throws Exception {
        get("a", 200);
        nowNs += SharedAnswers.KEPT_NS - 1;
        get("a", 200);
        assertEquals(1, calls.get());
        assertEquals(1, shared.get());
        nowNs += 1;
        get("a", 200);
        assertEquals(2, calls.get());
    }

    @Test
    void shouldNotKeepFailures() throws Exception {
        assertEquals(429, get("a", 429).status());
        assertEquals(200, get("a", 200).status());
        assertEquals(2, calls.get());
        assertThrows(
                IOException.class,
                () -> answers.get("b", WAIT_NS, () -> {
                    throw new IOException("away");
                }));
        assertEquals(200, get("b", 200).status());
    }

    @Test
    void shouldNotShareBetweenDifferentCallsNorGrowWithoutBound() throws Exception {
        for (int i = 0; i < 1000; i++) {
            get("key " + i, 200);
        }
        assertEquals(1000, calls.get());
        assertEquals(0, shared.get());
        get("key 999", 200);
        assertEquals(1001, calls.get(), "beyond the bound nothing is kept");
        get("key 1", 200);
        assertEquals(1001, calls.get());
    }
}
