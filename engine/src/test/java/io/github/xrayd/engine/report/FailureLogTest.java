package io.github.xrayd.engine.report;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.xrayd.engine.export.Answer;
import io.github.xrayd.engine.export.AnswerKind;
import io.github.xrayd.engine.export.ConnectionError;
import java.util.List;
import org.junit.jupiter.api.Test;

class FailureLogTest {
    private static final long SECOND_NS = 1_000_000_000L;

    private final ListLogger logger = new ListLogger();
    private final FailureLog log = new FailureLog(logger, "");
    private long nowNs = 77;

    private static Answer failed(int status, String message) {
        return Answer.failed(
                status == 403 ? AnswerKind.DENIED : AnswerKind.TRANSIENT, ConnectionError.OTHER, status, null, message);
    }

    private void passSeconds(int count) {
        for (int i = 0; i < count; i++) {
            nowNs += SECOND_NS;
            log.onSecond(nowNs, false);
        }
    }

    @Test
    void shouldWriteEachKindOnceAndThenItsCountWhateverTheRequestId() {
        for (int i = 0; i < 50; i++) {
            log.onFailed(failed(500, "status 500, RequestID: " + i), nowNs);
            log.onFailed(failed(403, "status 403, RequestID: " + i), nowNs);
        }
        assertEquals(
                List.of(
                        "ERROR Sending segment batch failed with: status 500, RequestID: 0 (will be retried)",
                        "ERROR Sending segment batch failed with: status 403, RequestID: 0 (will be retried)"),
                logger.lines);
        logger.lines.clear();
        passSeconds(9);
        assertEquals(List.of(), logger.lines);
        passSeconds(1);
        assertEquals(
                List.of(
                        "ERROR Sending segment batch failed 49 more times with: status 500, RequestID: 49",
                        "ERROR Sending segment batch failed 49 more times with: status 403, RequestID: 49"),
                logger.lines);
    }

    @Test
    void shouldSayOnceThatUploadsSucceedAgain() {
        log.onFailed(failed(500, "away"), nowNs);
        log.onFailed(failed(500, "away"), nowNs + 3 * SECOND_NS);
        nowNs += 3 * SECOND_NS;
        log.onSucceeded();
        logger.lines.clear();
        log.onSecond(nowNs, false);
        assertEquals(List.of(), logger.lines, "one call that succeeds between others that fail is no recovery");
        passSeconds(3);
        assertEquals(
                List.of(
                        "ERROR Sending segment batch failed 1 more time with: away",
                        "INFO Uploads succeed again, after 2 failed calls in 3 seconds"),
                logger.lines);
        logger.lines.clear();
        passSeconds(30);
        assertEquals(List.of(), logger.lines);
        log.onFailed(failed(500, "away once more"), nowNs);
        assertEquals(
                List.of("ERROR Sending segment batch failed with: away once more (will be retried)"), logger.lines);
    }

    @Test
    void shouldSayAtTheEndWhatWasCounted() {
        for (int i = 0; i < 1_000; i++) {
            log.onFailed(
                    new Answer(
                            AnswerKind.TRANSIENT,
                            ConnectionError.OTHER,
                            500,
                            "Code" + i,
                            "x".repeat(1_200),
                            0,
                            List.of()),
                    nowNs);
        }
        assertEquals(32, logger.lines.size(), "foreign codes do not fill the log");
        logger.lines.clear();
        log.onSecond(nowNs, true);
        assertEquals(
                List.of("ERROR Sending segment batch failed 968 more times with: " + "x".repeat(200) + "…"),
                logger.lines);
    }
}
