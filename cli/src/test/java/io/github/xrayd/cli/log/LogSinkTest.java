package io.github.xrayd.cli.log;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.slf4j.event.Level;

class LogSinkTest {
    private final ScriptedClock clock = new ScriptedClock();
    private final ScriptedTarget target = new ScriptedTarget();
    private final LogSink sink = new LogSink(clock, new TextFormat(), target, false);

    @Test
    void shouldWriteTheReferenceFormat() {
        for (Level level : Level.values()) {
            log(level, "t", "text");
        }
        assertEquals(
                List.of(
                        "2026-11-21T05:38:02Z [Error] text\n",
                        "2026-11-21T05:38:02Z [Warn] text\n",
                        "2026-11-21T05:38:02Z [Info] text\n",
                        "2026-11-21T05:38:02Z [Debug] text\n",
                        "2026-11-21T05:38:02Z [Trace] text\n"),
                target.lines);
    }

    @Test
    void shouldFoldRepeatedWarningsAndSayTheCountWhenTheSecondIsOver() {
        for (int i = 0; i < 1000; i++) {
            log(Level.WARN, "t", "same");
        }
        assertEquals(List.of("same"), texts());
        clock.advanceMs(999);
        sink.endOldFolds();
        assertEquals(List.of("same"), texts());
        clock.advanceMs(1);
        sink.endOldFolds();
        assertEquals(List.of("same", "same (repeated 999 times)"), texts());
        log(Level.WARN, "t", "same");
        assertEquals(List.of("same", "same (repeated 999 times)", "same"), texts());
    }

    @Test
    void shouldWriteFiveTextsOfOneTemplateAndCountTheOthers() {
        for (int i = 1; i <= 8; i++) {
            log(Level.ERROR, "bad {}", "bad " + i);
        }
        sink.close();
        assertEquals(
                List.of("bad 1", "bad 2", "bad 3", "bad 4", "bad 5", "bad 8 (repeated 3 times with other values)"),
                texts());
    }

    @Test
    void shouldFoldTextsThatDifferInARequestId() {
        for (int i = 0; i < 100; i++) {
            log(Level.ERROR, "failed: {}", "failed: 500, RequestID: 0000-req-" + i);
        }
        sink.close();
        assertEquals(
                List.of("failed: 500, RequestID: 0000-req-0", "failed: 500, RequestID: 0000-req-0 (repeated 99 times)"),
                texts());
    }

    @Test
    void shouldSayASingleFoldedTextAsItWas() {
        for (int i = 1; i <= 6; i++) {
            log(Level.ERROR, "bad {}", "bad " + i);
        }
        sink.close();
        assertEquals(List.of("bad 1", "bad 2", "bad 3", "bad 4", "bad 5", "bad 6"), texts());
    }

    @Test
    void shouldNotFoldInformationNorDifferentTemplates() {
        log(Level.INFO, "t", "info");
        log(Level.INFO, "t", "info");
        log(Level.WARN, "t", "same");
        log(Level.ERROR, "t", "same");
        log(Level.ERROR, "u", "same");
        assertEquals(List.of("info", "info", "same", "same", "same"), texts());
    }

    @Test
    void shouldLoseNoFoldedLineAtClose() {
        for (int template = 0; template < 100; template++) {
            for (int i = 0; i < 3; i++) {
                log(Level.WARN, "t" + template, "text " + template);
            }
        }
        sink.close();
        int events = 0;
        for (String text : texts()) {
            events += text.endsWith("(repeated 2 times)") ? 2 : 1;
        }
        assertEquals(300, events);
    }

    /** Where the system allows no more threads, logging must not fail on whatever thread it is done. */
    @Test
    void shouldFoldWithoutAThreadWhenTheSystemGivesNone() {
        boolean[] isShort = {true};
        int[] started = {0};
        LogSink scarce = new LogSink(
                clock,
                new TextFormat(),
                target,
                task -> new Thread() {
                    @Override
                    public synchronized void start() {
                        if (isShort[0]) {
                            throw new OutOfMemoryError("unable to create native thread");
                        }
                        started[0]++;
                    }
                },
                0);
        for (int i = 0; i < 3; i++) {
            scarce.log(new LogEvent(Level.WARN, "logger", "t", "same", null));
        }
        clock.advanceMs(1_000);
        scarce.log(new LogEvent(Level.WARN, "logger", "u", "other", null));
        assertEquals(List.of("same", "same (repeated 2 times)", "other"), texts());
        isShort[0] = false;
        scarce.log(new LogEvent(Level.WARN, "logger", "u", "other", null));
        assertEquals(1, started[0]);
    }

    @Test
    void shouldBearAFailingTargetAndCountItsLines() {
        target.failure = "No space left on device";
        log(Level.INFO, "t", "one");
        log(Level.INFO, "t", "two");
        target.failure = null;
        log(Level.INFO, "t", "three");
        assertEquals(2, sink.lost());
        assertEquals(List.of("three", "2 log lines could not be written: No space left on device"), texts());
    }

    /** As a pipe is whose reader has stopped. */
    @Test
    void shouldHoldUpNobodyWhileItsTargetTakesNothing() throws InterruptedException {
        CountDownLatch isTaken = new CountDownLatch(1);
        CountDownLatch isWriting = new CountDownLatch(1);
        LogTarget slow = new LogTarget() {
            @Override
            public void write(byte[] lines) throws IOException {
                isWriting.countDown();
                try {
                    isTaken.await();
                } catch (InterruptedException e) {
                    throw new IOException(e);
                }
                target.write(lines);
            }

            @Override
            public void reopen() {}

            @Override
            public void close() {}
        };
        LogSink stuck = new LogSink(clock, new TextFormat(), slow, null, 20);
        Thread writer = new Thread(() -> stuck.log(new LogEvent(Level.INFO, "logger", "t", "first", null)));
        writer.start();
        isWriting.await();
        for (int i = 0; i < 1_000; i++) {
            stuck.log(new LogEvent(Level.ERROR, "logger", "t", "missed", null));
        }
        stuck.close();
        isTaken.countDown();
        writer.join();
        stuck.log(new LogEvent(Level.INFO, "logger", "t", "last", null));
        assertEquals(
                List.of(
                        "first",
                        "1000 log lines could not be written: the log took no line for more than 20 ms",
                        "last"),
                texts());
    }

    @Test
    void shouldWriteWholeLinesFromManyThreads() throws InterruptedException {
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            Thread thread = new Thread(() -> {
                for (int j = 0; j < 500; j++) {
                    log(Level.INFO, "t", "0123456789");
                }
            });
            threads.add(thread);
            thread.start();
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertEquals(4000, target.lines.size());
        assertEquals(4000, texts().stream().filter("0123456789"::equals).count());
    }

    private void log(Level level, String template, String text) {
        sink.log(new LogEvent(level, "logger", template, text, null));
    }

    private List<String> texts() {
        return target.texts();
    }
}
