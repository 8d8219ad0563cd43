package io.github.xrayd.engine.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.xrayd.engine.client.HttpReply;
import io.github.xrayd.engine.http.HttpCounter;
import io.github.xrayd.engine.http.Refusal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class SharedAnswersTest {
    private final List<Consumer<ProxyAnswer>> calls = new ArrayList<>();
    private final List<ProxyAnswer> given = new ArrayList<>();
    private int shared;
    private final List<HttpReply> replies = new ArrayList<>();
    private long nowNs = 5;
    private final SharedAnswers answers = new SharedAnswers(() -> nowNs, () -> shared++);

    private void get(String key) {
        answers.get(key, given::add, calls::add);
    }

    private void answer(int call, int status) {
        HttpReply reply = new HttpReply(status, Map.of(), new byte[0]);
        replies.add(reply);
        calls.get(call).accept(ProxyAnswer.of(reply));
    }

    /** How many of the answers nobody holds any more. */
    private long released() {
        return replies.stream().filter(reply -> !isHeld(reply)).count();
    }

    private static boolean isHeld(HttpReply reply) {
        boolean isHeld = reply.retain();
        if (isHeld) {
            reply.close();
        }
        return isHeld;
    }

    private void releaseGiven() {
        given.forEach(ProxyAnswer::release);
        given.clear();
    }

    @Test
    void shouldGiveASuccessToLaterCallsForASecond() {
        get("a");
        answer(0, 200);
        nowNs += SharedAnswers.KEPT_NS - 1;
        get("a");
        assertEquals(1, calls.size());
        assertEquals(2, given.size());
        assertEquals(1, shared);
        nowNs += 1;
        get("a");
        assertEquals(2, calls.size());
    }

    @Test
    void shouldGiveOneAnswerToAllWhoWaitForIt() {
        for (int i = 0; i < 10; i++) {
            get("a");
        }
        assertEquals(1, calls.size());
        assertEquals(0, given.size());
        answer(0, 200);
        assertEquals(10, given.size());
    }

    @Test
    void shouldReleaseAnAnswerOnceWhenNobodyHoldsIt() {
        get("a");
        get("a");
        answer(0, 200);
        releaseGiven();
        assertEquals(0, released(), "it is kept for those who come");
        assertTrue(answers.expire());
        nowNs += SharedAnswers.KEPT_NS;
        assertFalse(answers.expire());
        assertEquals(1, released());
        get("b");
        answer(1, 429);
        assertEquals(1, released());
        releaseGiven();
        assertEquals(2, released());
    }

    @Test
    void shouldGiveAFailureToThoseWhoWaitAndKeepNone() {
        get("a");
        get("a");
        answer(0, 429);
        assertEquals(List.of(429, 429), given.stream().map(ProxyAnswer::status).toList());
        get("a");
        calls.get(1).accept(ProxyAnswer.of(new Refusal(502, HttpCounter.UPSTREAM_FAILED, "away")));
        assertEquals(0, given.get(2).status());
        get("a");
        assertEquals(3, calls.size());
    }

    @Test
    void shouldLetNobodyWaitForACallThatCannotBeMade() {
        assertThrows(
                OutOfMemoryError.class,
                () -> answers.get("a", given::add, call -> {
                    throw new OutOfMemoryError("no room for a call");
                }));
        get("a");
        assertEquals(1, calls.size());
        answer(0, 200);
        assertEquals(1, given.size());
    }

    @Test
    void shouldNotShareBetweenDifferentCallsNorGrowWithoutBound() {
        for (int i = 0; i < 1000; i++) {
            get("key " + i);
            answer(i, 200);
        }
        assertEquals(1000, calls.size());
        assertEquals(0, shared);
        get("key 999");
        assertEquals(1001, calls.size(), "beyond the bound nothing is kept");
        get("key 1");
        assertEquals(1001, calls.size());
        get("x".repeat(SharedAnswers.KEY_LENGTH_MAX + 1));
        get("x".repeat(SharedAnswers.KEY_LENGTH_MAX + 1));
        assertEquals(1003, calls.size());
    }
}
