package io.github.xrayd.engine.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.xrayd.engine.export.Answer;
import io.github.xrayd.engine.export.AnswerKind;
import io.github.xrayd.engine.export.ConnectionError;
import io.github.xrayd.engine.report.EventLog.Event;
import io.github.xrayd.engine.upload.RejectedDocument;
import org.junit.jupiter.api.Test;

class ErrorHistoryTest {
    private final ErrorHistory history = new ErrorHistory();

    @Test
    void shouldCountDistinctErrorsAndKeepTheLastAnswers() {
        for (int i = 0; i < 12; i++) {
            history.add(new Event.Failed("xray", failed(500, "InternalFailure", "request " + i), 50), 1_000L * i);
        }
        history.add(new Event.Sent("xray", 50, 1, 7_000_000), 20_000);

        assertEquals(
                "xray: 12 x TRANSIENT status=500 code=InternalFailure connection=HTTP_CODE_5XX,"
                        + " first 1970-01-01T00:00:00Z, last 1970-01-01T00:00:11Z: request 11\n",
                history.errors());
        String answers = history.answers();
        assertEquals(10, answers.lines().count());
        assertFalse(answers.contains("request 2"), answers);
        assertTrue(
                answers.endsWith("1970-01-01T00:00:20Z delivered 50 documents, 1 of them not taken, in 7 ms\n"),
                answers);
    }

    @Test
    void shouldBoundTheKinds() {
        for (int i = 0; i < 1_000; i++) {
            history.add(new Event.Rejected("xray", new RejectedDocument(0, "", "Code" + i, "word", false)), 0);
        }
        assertEquals(33, history.errors().lines().count());
        assertTrue(history.errors().contains("968 x others"), history.errors());
    }

    private static Answer failed(int status, String code, String message) {
        return Answer.failed(AnswerKind.TRANSIENT, ConnectionError.HTTP_CODE_5XX, status, code, message);
    }
}
