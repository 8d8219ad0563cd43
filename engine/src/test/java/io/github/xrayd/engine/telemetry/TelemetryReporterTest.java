package io.github.xrayd.engine.telemetry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class TelemetryReporterTest {
    private static final long START_MS = 1_795_239_600_000L;
    private static final long START_NS = -90_000_000_000L;

    private final Counters one = new Counters();
    private final Counters two = new Counters();
    private final List<List<TelemetryRecord>> sent = new ArrayList<>();
    private boolean isAway;

    private final TelemetryReporter reporter = new TelemetryReporter(
            new TelemetryRecorder(List.of(one, two)),
            records -> {
                if (!isAway) {
                    sent.add(List.copyOf(records));
                }
                return !isAway;
            },
            Runnable::run,
            START_NS);

    private int work(int minute) {
        return workAt(minute * 60_000L);
    }

    private int workAt(long ms) {
        return reporter.doWork(START_NS + ms * 1_000_000, START_MS + ms);
    }

    @Test
    void shouldSayNothingUntilAFirstDatagramArrived() {
        assertEquals(0, work(1));
        assertEquals(0, work(2));
        assertTrue(reporter.finish(START_MS + 130_000, 0));
        assertEquals(List.of(), sent);
    }

    @Test
    void shouldReportGrowthEachMinuteAndZerosWhenIdle() {
        one.add(Counter.RECEIVED, 10);
        two.add(Counter.RECEIVED, 5);
        one.add(Counter.DELIVERED, 7);
        one.add(Counter.UNPROCESSED, 1);
        one.add(Counter.REJECTED_HEADER, 2);
        two.add(Counter.REJECTED_EMPTY, 1);
        two.add(Counter.DROPPED_MEMORY_FULL, 3);
        one.add(Counter.ERROR_TIMEOUT, 11);
        one.add(Counter.ERROR_CONNECTION_REFUSED, 12);
        one.add(Counter.ERROR_HTTP_4XX, 13);
        two.add(Counter.ERROR_HTTP_5XX, 14);
        two.add(Counter.ERROR_UNKNOWN_HOST, 15);
        two.add(Counter.ERROR_OTHER, 16);
        assertEquals(0, workAt(59_999));
        assertEquals(1, work(1));
        one.increment(Counter.RECEIVED);
        assertEquals(0, workAt(60_001));
        assertEquals(1, work(2));
        assertEquals(1, work(3));
        assertEquals(
                List.of(
                        List.of(new TelemetryRecord(
                                START_MS + 60_000,
                                15,
                                8,
                                3,
                                4,
                                new TelemetryRecord.CallErrors(11, 12, 13, 14, 15, 16))),
                        List.of(new TelemetryRecord(
                                START_MS + 120_000, 1, 0, 0, 0, new TelemetryRecord.CallErrors(0, 0, 0, 0, 0, 0))),
                        List.of(new TelemetryRecord(
                                START_MS + 180_000, 0, 0, 0, 0, new TelemetryRecord.CallErrors(0, 0, 0, 0, 0, 0)))),
                sent);
    }

    /** As the reference: it was sent, and turned away. */
    @Test
    void shouldCountADocumentLeftUnprocessedAsSentAndAsRejected() {
        one.add(Counter.RECEIVED, 2);
        two.increment(Counter.DELIVERED);
        two.increment(Counter.UNPROCESSED);
        assertEquals(1, work(1));
        assertEquals(2, sent.get(0).get(0).sent());
        assertEquals(1, sent.get(0).get(0).rejected());
    }

    @Test
    void shouldKeepThirtyWhileTheServiceIsAwayAndSendThemInTens() {
        one.increment(Counter.RECEIVED);
        isAway = true;
        for (int minute = 1; minute <= 40; minute++) {
            work(minute);
        }
        assertEquals(30, reporter.kept());
        isAway = false;
        work(41);
        assertEquals(List.of(10, 10, 10), sent.stream().map(List::size).toList());
        assertEquals(START_MS + 12 * 60_000L, sent.get(0).get(0).timestampMs());
        assertEquals(START_MS + 41 * 60_000L, sent.get(2).get(9).timestampMs());
        assertEquals(0, reporter.kept());
    }

    @Test
    void shouldReportTheFinalCountsAtTheEnd() {
        one.add(Counter.RECEIVED, 30);
        one.add(Counter.DELIVERED, 30);
        assertTrue(reporter.finish(START_MS + 5_000, 1_000));
        assertEquals(
                List.of(List.of(new TelemetryRecord(
                        START_MS + 5_000, 30, 30, 0, 0, new TelemetryRecord.CallErrors(0, 0, 0, 0, 0, 0)))),
                sent);
    }

    @Test
    void shouldSayThatTheLastRecordDidNotArrive() {
        one.increment(Counter.RECEIVED);
        isAway = true;
        assertFalse(reporter.finish(START_MS + 5_000, 1_000));
    }

    @Test
    void shouldSkipMissedPeriods() {
        one.increment(Counter.RECEIVED);
        assertEquals(1, work(10));
        assertEquals(0, workAt(10 * 60_000L + 59_999));
        assertEquals(1, work(11));
    }

    @Test
    void shouldGoOnEveryMinuteWhenTheWallClockJumpsBack() {
        one.increment(Counter.RECEIVED);
        assertEquals(1, work(1));
        long hourMs = 3_600_000;
        assertEquals(1, reporter.doWork(START_NS + 120_000_000_000L, START_MS + 120_000 - hourMs));
        assertEquals(1, reporter.doWork(START_NS + 180_000_000_000L, START_MS + 180_000 - hourMs));
        assertEquals(3, sent.size());
    }

    @Test
    void shouldSendAgainAfterTheSystemGaveNoThread() {
        one.increment(Counter.RECEIVED);
        boolean[] isShort = {true};
        TelemetryReporter starved = new TelemetryReporter(
                new TelemetryRecorder(List.of(one)),
                sent::add,
                task -> {
                    if (isShort[0]) {
                        throw new OutOfMemoryError("unable to create native thread");
                    }
                    task.run();
                },
                START_NS);
        assertEquals(1, starved.doWork(START_NS + 60_000_000_000L, START_MS));
        isShort[0] = false;
        assertEquals(1, starved.doWork(START_NS + 120_000_000_000L, START_MS));
        assertEquals(0, starved.kept());
    }

    /** As when an upgrade has rewritten the jars: an error of a record must not reach whoever ends the daemon by it. */
    @Test
    void shouldSendAgainAfterAnError() {
        one.increment(Counter.RECEIVED);
        boolean[] isBroken = {true};
        TelemetryReporter failing = new TelemetryReporter(
                new TelemetryRecorder(List.of(one)),
                records -> {
                    if (isBroken[0]) {
                        throw new NoClassDefFoundError("com/example/Gone");
                    }
                    return sent.add(records);
                },
                Runnable::run,
                START_NS);
        assertEquals(1, failing.doWork(START_NS + 60_000_000_000L, START_MS));
        assertEquals(1, failing.kept());
        isBroken[0] = false;
        assertEquals(1, failing.doWork(START_NS + 120_000_000_000L, START_MS));
        assertEquals(0, failing.kept());
        assertEquals(2, sent.get(0).size());
    }
}
