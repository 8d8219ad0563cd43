package io.github.xrayd.engine.report;

import io.github.xrayd.engine.flight.FlightEvents;
import io.github.xrayd.engine.flight.FlightRecording;
import io.github.xrayd.engine.receive.KernelDrops;
import io.github.xrayd.engine.report.EventLog.Event;
import io.github.xrayd.engine.run.Handoff;
import io.github.xrayd.engine.run.Role;
import io.github.xrayd.engine.run.Waiter;
import io.github.xrayd.engine.run.WakeUps;
import io.github.xrayd.engine.telemetry.Counter;
import io.github.xrayd.engine.validate.Rejection;
import java.lang.invoke.VarHandle;
import java.time.Instant;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes the log of the data path, on a thread of its own: batches sent and failed, documents rejected and dropped.
 *
 * <p>One line per batch up to {@value #LINES_PER_SECOND_MAX} a second, as the reference daemon writes them; above that
 * one summary line per second. Everything that repeats is written once per second with its count. Of a daemon that has
 * been idle for half a minute, what nobody wakes it for may come up to five seconds later.
 */
public final class Reporter implements Runnable {
    public static final int LINES_PER_SECOND_MAX = 10;
    private static final long SECOND_NS = 1_000_000_000L;
    private static final long STACK_SIZE = 256 * 1024;
    private static final List<Counter> LOSSES = Stream.of(Counter.values())
            .filter(counter -> counter.isRejection() || counter.isDrop())
            .toList();

    private final Logger logger;
    private final EventLog events = new EventLog(this::onEvents);
    private final ErrorHistory history = new ErrorHistory();
    private final Runnable wakeUp;
    private final Runnable onEnd;
    private final Thread thread;
    private final Map<Counter, Long> reported = new EnumMap<>(Counter.class);
    private volatile List<PipelineView> pipelines = List.of();
    private volatile int udpPort;
    private volatile @Nullable Runnable everySecond;
    private volatile boolean isStopped;
    /** Whether one look a second is enough: then only a queue that fills wakes this thread. */
    private volatile boolean isPaced;

    private final Waiter waiter;
    private final long restNsMin;
    private int failuresThisSecond;
    private volatile long kernelDropsReported;
    private final TrafficWatch traffic = new TrafficWatch();
    private long secondStartNs = System.nanoTime();
    private int linesThisSecond;
    private boolean wasBusy;
    private final Map<String, DestinationLog> destinations = new LinkedHashMap<>();
    private final List<String> names;
    private final long[] skippedReported;

    /**
     * A reporter.
     *
     * @param wakeUps receives where it rests
     * @param names of the destinations
     */
    public Reporter(WakeUps wakeUps, List<String> names) {
        this(wakeUps, names, 0, LoggerFactory.getLogger(Reporter.class));
    }

    /** As above with another log; rests at least {@code restNsMin} nanoseconds when nobody wakes it. */
    Reporter(WakeUps wakeUps, List<String> names, long restNsMin, Logger logger) {
        this.restNsMin = restNsMin;
        this.logger = logger;
        waiter = new Waiter(null, Math.max(Waiter.BLOCK_MS_MAX, restNsMin / 1_000_000));
        this.names = List.copyOf(names);
        skippedReported = new long[names.size()];
        wakeUps.place(Role.REPORTER, waiter);
        wakeUp = wakeUps.of(Handoff.EVENTS);
        onEnd = wakeUps.of(Handoff.END_OF_REPORTER);
        thread = new Thread(null, this, "reporter", STACK_SIZE);
        thread.setDaemon(true);
    }

    /** Datagrams that the kernel dropped, as of the last look. Any thread. */
    public long kernelDrops() {
        return kernelDropsReported;
    }

    /** What destinations answered. */
    public ErrorHistory history() {
        return history;
    }

    public EventLog events() {
        return events;
    }

    /** Begins to report. */
    public void start(List<? extends PipelineView> pipelines, int udpPort, Runnable everySecond) {
        this.pipelines = List.copyOf(pipelines);
        this.udpPort = udpPort;
        this.everySecond = everySecond;
        thread.start();
    }

    /**
     * Writes what is left and ends, or is left alone after {@code timeoutMs} milliseconds, when the log does not take
     * it.
     *
     * @return whether it has ended
     */
    public boolean stop(long timeoutMs) throws InterruptedException {
        isStopped = true;
        onEnd.run();
        thread.join(timeoutMs);
        return !thread.isAlive();
    }

    private void onEvents() {
        VarHandle.fullFence();
        if (!isPaced || events.isHalfFull()) {
            wakeUp.run();
        }
    }

    @Override
    public void run() {
        waiter.enter();
        boolean isLast;
        do {
            isLast = isStopped;
            isPaced = isBusy();
            waiter.announce();
            look(isLast);
            if (isLast || isStopped) {
                waiter.cancel();
            } else {
                long restNs = isBusy() ? Math.max(1, secondStartNs + SECOND_NS - System.nanoTime()) : traffic.restNs();
                waiter.park(Math.max(restNsMin, restNs));
            }
        } while (!isLast);
    }

    /**
     * Writes what there is. Nothing that goes wrong in it ends the thread: it is said, once a second, and the rest goes
     * on.
     */
    private void look(boolean isLast) {
        try {
            events.poll(this::onEvent);
            pipelines.forEach(pipeline -> pipeline.rejectionSamples().poll(this::onRejectionSample));
            if (isLast || System.nanoTime() - secondStartNs >= SECOND_NS) {
                onSecond(isLast);
            }
        } catch (Throwable e) {
            onThrown(e);
        }
    }

    private void onThrown(Throwable e) {
        failuresThisSecond++;
        if (failuresThisSecond == 1) {
            try {
                logger.error("Writing the log of the data path failed and is continued: {}", e.toString(), e);
            } catch (Throwable again) {
                // The log itself does not work: there is nobody to tell.
                failuresThisSecond++;
            }
        }
    }

    /**
     * Whether batches come so thick that one look a second is enough: their lines are bounded anyway, and each wake-up
     * costs.
     */
    private boolean isBusy() {
        return wasBusy || linesThisSecond >= LINES_PER_SECOND_MAX;
    }

    private void onEvent(Event event) {
        history.add(event, System.currentTimeMillis());
        DestinationLog log = destinations.computeIfAbsent(event.destination(), DestinationLog::new);
        if (event instanceof Event.Sent sent) {
            log.failures.onSucceeded();
            if (linesThisSecond < LINES_PER_SECOND_MAX) {
                linesThisSecond++;
                log.sent(sent);
            } else {
                log.summary.add(sent);
            }
        } else if (event instanceof Event.Failed failed) {
            log.failures.onFailed(failed.answer(), System.nanoTime());
        } else if (event instanceof Event.Rejected rejected) {
            logger.error("Unprocessed {}{}", rejected.document().text(), log.suffix);
            record(
                    event.destination(),
                    "not taken by the service: " + rejected.document().code(),
                    1);
        } else if (event instanceof Event.Abandoned abandoned) {
            record(event.destination(), "abandoned: " + abandoned.reason(), abandoned.documents());
            logger.error("Abandoned {} segments: {}{}", abandoned.documents(), abandoned.reason(), log.suffix);
        } else if (event instanceof Event.LeftToSource left) {
            logger.info("Left {} segments in their topic; they will be consumed again{}", left.documents(), log.suffix);
        }
    }

    /** What is written of one destination; its name is, where there are several. */
    private final class DestinationLog {
        final String suffix;
        final FailureLog failures;
        final Summary summary = new Summary();

        DestinationLog(String name) {
            suffix = names.size() > 1 ? " [" + name + "]" : "";
            failures = new FailureLog(logger, suffix);
        }

        void sent(Event.Sent sent) {
            String seconds = seconds(sent.latencyNs());
            if (sent.unprocessed() == 0) {
                logger.info("Successfully sent batch of {} segments ({} seconds){}", sent.documents(), seconds, suffix);
            } else {
                logger.info(
                        "Sent batch of {} segments but had {} Unprocessed segments ({} seconds){}",
                        sent.documents(),
                        sent.unprocessed(),
                        seconds,
                        suffix);
            }
        }
    }

    /** With three decimals; not String.format, which costs more than the rest of the line. */
    private static String seconds(long ns) {
        long ms = (ns + 500_000) / 1_000_000;
        return ms / 1_000 + "." + Long.toString(1_000 + ms % 1_000).substring(1);
    }

    private void onRejectionSample(Rejection rejection, String sample) {
        if (sample.isEmpty()) {
            logger.debug("{}", rejection.message());
            return;
        }
        int newline = sample.indexOf('\n');
        String text = newline >= 0 && rejection == Rejection.BAD_HEADER ? sample.substring(0, newline) : sample;
        logger.warn("{}: {}", rejection.message(), printable(text));
    }

    private static String printable(String text) {
        StringBuilder printable = new StringBuilder(text.length());
        text.codePoints().forEach(c -> printable.appendCodePoint(Character.isISOControl(c) ? '\uFFFD' : c));
        return printable.toString();
    }

    private void onSecond(boolean isLast) {
        secondStartNs = System.nanoTime();
        FlightRecording.look();
        failuresThisSecond = 0;
        wasBusy = linesThisSecond >= LINES_PER_SECOND_MAX;
        linesThisSecond = 0;
        for (DestinationLog log : destinations.values()) {
            log.summary.log(log.suffix);
            log.failures.onSecond(secondStartNs, isLast);
        }
        long lost = events.takeLost();
        if (lost > 0) {
            logger.warn("The log is slower than the events: {} not written", lost);
        }
        if (traffic.isWorthALook(received(), secondStartNs) || isLast) {
            for (Counter counter : LOSSES) {
                reportGrowth(counter);
            }
            reportSkipped();
            reportKernelDrops();
        }
        for (PipelineView pipeline : pipelines) {
            String failure = pipeline.takeFailure();
            if (!failure.isEmpty()) {
                logger.error("{}", failure);
            }
        }
        Runnable task = everySecond;
        if (task != null) {
            task.run();
        }
    }

    private long received() {
        long received = 0;
        for (int i = 0; i < pipelines.size(); i++) {
            received += pipelines.get(i).count(Counter.RECEIVED);
        }
        return received;
    }

    private static void record(@Nullable String destination, String reason, long documents) {
        FlightEvents events = FlightRecording.events();
        if (events != null) {
            events.onDropped(destination, reason, documents);
        }
    }

    private void reportGrowth(Counter counter) {
        long count = 0;
        for (PipelineView pipeline : pipelines) {
            count += pipeline.count(counter);
        }
        Long before = reported.put(counter, count);
        long grown = count - (before == null ? 0 : before);
        if (grown == 0) {
            return;
        }
        record(null, counter.name().toLowerCase(Locale.ROOT), grown);
        if (counter == Counter.DROPPED_MEMORY_FULL) {
            logger.warn("Segment dropped. Consider increasing memory limit ({} segments in the last second)", grown);
        } else if (counter.isDrop()) {
            logger.warn("Dropped {} {}", grown, counter.help());
        } else if (grown > 1) {
            logger.warn("Rejected {} {}", grown, counter.help());
        }
    }

    private void reportSkipped() {
        for (int i = 0; i < skippedReported.length; i++) {
            long count = 0;
            for (PipelineView pipeline : pipelines) {
                count += pipeline.skipped(i);
            }
            if (count > skippedReported[i]) {
                record(names.get(i), Counter.SKIPPED.name().toLowerCase(Locale.ROOT), count - skippedReported[i]);
                logger.warn(
                        "Dropped {} segments for the destination {} only: it has no free batch and must not hold up the others. "
                                + "Raise --buffer-memory, or give it a spool",
                        count - skippedReported[i],
                        names.get(i));
                skippedReported[i] = count;
            }
        }
    }

    private void reportKernelDrops() {
        if (pipelines.isEmpty()) {
            return;
        }
        long counted = 0;
        long atMs = 0;
        for (PipelineView pipeline : pipelines) {
            counted += pipeline.kernelDrops();
            atMs = Math.max(atMs, pipeline.droppedAtMs());
        }
        long drops = Math.max(counted, KernelDrops.ofPort(udpPort));
        if (drops > kernelDropsReported) {
            record(null, "kernel_drops", drops - kernelDropsReported);
            logger.warn(
                    "The kernel dropped {} datagrams because the socket's buffer was full. Raise net.core.rmem_max and "
                            + "--socket-buffer{}",
                    drops - kernelDropsReported,
                    atMs == 0 ? "" : " (the receiver noticed the last at " + Instant.ofEpochMilli(atMs) + ")");
            kernelDropsReported = drops;
        }
    }

    /** What the batches beyond the first few of a second came to. */
    private final class Summary {
        private int batches;
        private long documents;
        private long unprocessed;
        private long latencyNsMax;

        void add(Event.Sent sent) {
            batches++;
            documents += sent.documents();
            unprocessed += sent.unprocessed();
            latencyNsMax = Math.max(latencyNsMax, sent.latencyNs());
        }

        void log(String suffix) {
            if (batches > 0) {
                logger.info(
                        "Successfully sent {} more batches of {} segments, {} Unprocessed segments (slowest {} seconds){}",
                        batches,
                        documents,
                        unprocessed,
                        seconds(latencyNsMax),
                        suffix);
            }
            batches = 0;
            documents = 0;
            unprocessed = 0;
            latencyNsMax = 0;
        }
    }
}
