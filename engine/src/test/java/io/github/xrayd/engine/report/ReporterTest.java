package io.github.xrayd.engine.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.xrayd.engine.batch.TestBatches;
import io.github.xrayd.engine.run.WakeUps;
import io.github.xrayd.engine.telemetry.Counter;
import io.github.xrayd.engine.upload.RejectedDocument;
import io.github.xrayd.engine.validate.RejectionSamples;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class ReporterTest {
    private final ListLogger logger = new ListLogger();

    /** What a reporter writes of these pipelines and events, until its end. */
    private List<String> written(List<String> destinations, List<PipelineView> pipelines, Consumer<EventLog> events)
            throws InterruptedException {
        Reporter reporter = new Reporter(new WakeUps(), destinations, 0, logger);
        events.accept(reporter.events());
        reporter.start(pipelines, 0, () -> {});
        assertTrue(reporter.stop(60_000), "the end");
        return logger.lines;
    }

    /** A pipeline whose counters have these values. */
    private static PipelineView pipeline(Map<Counter, Long> counts, long skipped, long kernelDrops, String failure) {
        return new PipelineView() {
            @Override
            public RejectionSamples rejectionSamples() {
                return new RejectionSamples();
            }

            @Override
            public String takeFailure() {
                return failure;
            }

            @Override
            public long kernelDrops() {
                return kernelDrops;
            }

            @Override
            public long droppedAtMs() {
                return 0;
            }

            @Override
            public long count(Counter counter) {
                return counts.getOrDefault(counter, 0L);
            }

            @Override
            public long skipped(int destination) {
                return destination == 1 ? skipped : 0;
            }
        };
    }

    @Test
    void shouldWriteTenBatchesASecondAndTheOthersAsOneLine() throws Exception {
        List<String> lines = written(List.of("xray"), List.of(), events -> {
            for (int i = 0; i < 13; i++) {
                events.of("xray").onSent(50, 0, TimeUnit.MILLISECONDS.toNanos(10 + i));
            }
        });
        assertEquals(11, lines.size(), lines::toString);
        assertEquals("INFO Successfully sent batch of 50 segments (0.010 seconds)", lines.get(0));
        assertEquals(
                "INFO Successfully sent 3 more batches of 150 segments, 0 Unprocessed segments (slowest 0.022 seconds)",
                lines.get(10));
    }

    @Test
    void shouldNameTheDestinationWhereThereAreSeveral() throws Exception {
        RejectedDocument rejected = new RejectedDocument(0, "1-a-b", "Invalid", "why", false);
        List<String> lines = written(List.of("east", "west"), List.of(), events -> {
            events.of("east").onSent(50, 2, TimeUnit.MILLISECONDS.toNanos(5));
            events.of("west").onRejected(rejected, TestBatches.sealed(1, "{}"));
            events.of("east").onAbandoned(7, "too old");
            events.of("west").onLeftToSource(3);
        });
        assertEquals(
                List.of(
                        "INFO Sent batch of 50 segments but had 2 Unprocessed segments (0.005 seconds) [east]",
                        "ERROR Unprocessed trace 1-a-b, code: Invalid, message: why [west]",
                        "ERROR Abandoned 7 segments: too old [east]",
                        "INFO Left 3 segments in their topic; they will be consumed again [west]"),
                lines);
    }

    @Test
    void shouldAddUpTheLossesOfAllPipelines() throws Exception {
        List<String> lines = written(
                List.of("east", "west"),
                List.of(
                        pipeline(Map.of(Counter.DROPPED_MEMORY_FULL, 4L, Counter.REJECTED_NO_HEADER, 1L), 5, 6, ""),
                        pipeline(
                                Map.of(Counter.DROPPED_MEMORY_FULL, 3L, Counter.REJECTED_NO_HEADER, 1L),
                                0,
                                2,
                                "broken")),
                events -> {});
        assertEquals(
                List.of(
                        "WARN Segment dropped. Consider increasing memory limit (7 segments in the last second)",
                        "WARN Rejected 2 datagrams without a header line",
                        "WARN Dropped 5 segments for the destination west only: it has no free batch and must not hold up"
                                + " the others. Raise --buffer-memory, or give it a spool",
                        "WARN The kernel dropped 8 datagrams because the socket's buffer was full. Raise"
                                + " net.core.rmem_max and --socket-buffer",
                        "ERROR broken"),
                lines);
    }

    @Test
    void shouldGoOnAfterSomethingWasThrown() throws Exception {
        Reporter reporter = new Reporter(new WakeUps(), List.of("xray"));
        CountDownLatch thrice = new CountDownLatch(3);
        reporter.start(List.of(), 0, () -> {
            thrice.countDown();
            if (thrice.getCount() == 2) {
                throw new IllegalStateException("scripted");
            }
            throw new StackOverflowError("scripted");
        });
        assertTrue(thrice.await(60, TimeUnit.SECONDS), "it is asked each second, whatever the last time threw");
        reporter.stop(60_000);
    }

    /** Only wake-ups end its rest; one or two events may be written before it rests for the first time. */
    @Test
    void shouldWriteEventsAndEndByWakeUpsAlone() throws Exception {
        Reporter reporter = new Reporter(new WakeUps(), List.of("xray"), TimeUnit.HOURS.toNanos(1), logger);
        reporter.start(List.of(), 0, () -> {});
        for (int event = 0; event < 5; event++) {
            reporter.events().of("xray").onAbandoned(1, "scripted");
            long startNs = System.nanoTime();
            while (!reporter.events().isEmpty()) {
                assertTrue(System.nanoTime() - startNs < TimeUnit.SECONDS.toNanos(30), "event " + event);
                Thread.onSpinWait();
            }
        }
        while (!isResting()) {
            Thread.onSpinWait();
        }
        assertTrue(reporter.stop(30_000), "the end");
    }

    /** Whether each thread of this name rests; those of other tests have ended. */
    private static boolean isResting() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().equals("reporter"))
                .allMatch(thread -> thread.getState() == Thread.State.TIMED_WAITING);
    }
}
