package io.github.xrayd.engine;

import io.github.xrayd.engine.aws.Answer;
import io.github.xrayd.engine.aws.AnswerKind;
import io.github.xrayd.engine.aws.Unprocessed;
import io.github.xrayd.engine.batch.BatchBody;
import io.github.xrayd.engine.batch.Parcel;
import io.github.xrayd.engine.report.LedgerText;
import io.github.xrayd.engine.run.Duty;
import io.github.xrayd.engine.run.Shutdown;
import io.github.xrayd.engine.spool.ScriptedDisk;
import io.github.xrayd.engine.spool.Spool;
import io.github.xrayd.engine.spool.SpoolLockedException;
import io.github.xrayd.engine.spool.SpoolSettings;
import io.github.xrayd.engine.telemetry.Counter;
import io.github.xrayd.engine.telemetry.Counters;
import io.github.xrayd.engine.telemetry.Ledger;
import io.github.xrayd.engine.upload.SpoolWorker;
import io.github.xrayd.engine.upload.UploadListener;
import io.github.xrayd.engine.upload.UploadPolicy;
import io.github.xrayd.engine.upload.Uploader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.SplittableRandom;
import org.agrona.concurrent.CachedNanoClock;
import org.jspecify.annotations.Nullable;

/**
 * One process of the simulated daemon, from its start to its end or crash, with books of its own: what went in at the socket, what the
 * backend answered, what the disk said. They are compared with the engine's ledger after every step.
 */
final class SimulatedLife implements AutoCloseable {
    private static final long MS = 1_000_000L;
    private static final int DONE_STEPS_MAX = 1_000;

    private final CachedNanoClock clock;
    private final ScriptedSource source;
    private final SimulatedBackend backend;
    private final ScriptedCalls calls;
    private final Shutdown shutdown = new Shutdown();
    private final Pipeline pipeline;
    private final Counters uploadCounters = new Counters();
    private final Uploader uploader;
    private final @Nullable SpoolWorker worker;
    private final @Nullable RecordingPort port;
    private final List<Duty> duties;
    private final Books books = new Books();
    private final long discardedBefore;
    private final boolean isForgetful;

    /** Documents that this process received. */
    final Set<String> taken = new HashSet<>();
    /** How often it settled each document. */
    private final Map<String, Integer> settled = new HashMap<>();

    /** Documents whose text the listener must have been given. */
    private final List<String> expected = new ArrayList<>();

    final Set<String> delivered = new HashSet<>();
    /** Documents the service did not take, for good. */
    final Set<String> lost = new HashSet<>();

    private long deliveredCount;
    private long lostCount;
    private long rejected;
    private int answersRead;

    /** What the uploader says it gave up. */
    private static final class Books implements UploadListener {
        long abandoned;
        long rejected;
        /** Documents whose text it was given since this was last looked at. */
        final List<String> named = new ArrayList<>();

        @Override
        public void onSent(int documents, int unprocessed, long latencyNs) {}

        @Override
        public void onFailed(Answer answer, int documents) {}

        @Override
        public void onRejected(String traceId, @Nullable String code, @Nullable String message) {
            rejected++;
        }

        @Override
        public void onRejectedDocument(@Nullable String code, @Nullable String message, Parcel parcel, int index) {
            String text = new String(BatchBody.of(parcel, 1L << index).document(index), StandardCharsets.ISO_8859_1);
            int id = text.indexOf("\\\"id\\\":\\\"") + 9;
            named.add(text.substring(id, id + 16));
        }

        @Override
        public void onAbandoned(int documents, String reason) {
            abandoned += documents;
        }
    }

    /**
     * A process that has just started.
     *
     * @param spool null for none
     * @param isForgetful whether the disk may give a record again that was settled, because it vanishes and comes back
     */
    SimulatedLife(
            Random random,
            CachedNanoClock clock,
            ScriptedSource source,
            SimulatedBackend backend,
            @Nullable SpoolSettings spool,
            ScriptedDisk disk,
            boolean isForgetful)
            throws StartException {
        this.clock = clock;
        this.source = source;
        this.backend = backend;
        this.isForgetful = isForgetful;
        discardedBefore = source.discarded;
        EngineConfig config = EngineConfig.builder()
                .memoryLimitBytes(EngineConfig.MEMORY_LIMIT_MIN)
                .retryAgeMax(Duration.ofSeconds(random.nextBoolean() ? 300 : 20))
                .build();
        MemoryBudget budget = MemoryBudget.of(
                config.memoryLimitBytes(),
                1,
                config.destinations().get(0).batch().bytesMax());
        calls = new ScriptedCalls(clock, backend::reply);
        pipeline = new Pipeline(source, budget, config, shutdown, clock, clock);
        worker = spool == null
                ? null
                : new SpoolWorker(
                        () -> Spool.open(spool, disk, clock, random::nextLong),
                        () -> clock.nanoTime() / MS,
                        clock,
                        () -> {},
                        () -> {});
        port = worker == null ? null : new RecordingPort(worker);
        uploader = new Uploader(
                List.of(pipeline.lanes().get(0).sealed()),
                calls,
                UploadPolicy.of(
                        1 + random.nextInt(64),
                        config.destinations().get(0).retryAgeMax().toNanos()),
                uploadCounters,
                books,
                clock,
                new SplittableRandom(random.nextLong()),
                port,
                pipeline.lanes());
        duties = List.of(
                pipeline.receiverDuty(),
                pipeline.validatorDuty(),
                pipeline.lanes().get(0).duty(),
                new UploaderDuty(uploader, pipeline.lanes(), pipeline.receiver(), shutdown, clock, true));
    }

    ScriptedCalls calls() {
        return calls;
    }

    /** One stage, or the disk's thread, has its turn. */
    void turn(int number) {
        int index = number % (duties.size() + 1);
        if (index < duties.size()) {
            duties.get(index).doWork();
        } else {
            workOnDisk();
        }
    }

    void workOnDisk() {
        if (worker != null) {
            try {
                worker.doWork();
            } catch (SpoolLockedException e) {
                throw new AssertionError("nobody else has the spool", e);
            }
        }
    }

    void check() {
        for (String datagram = source.taken.poll(); datagram != null; datagram = source.taken.poll()) {
            int id = datagram.indexOf("\"id\":\"");
            if (id < 0) {
                rejected++;
            } else {
                taken.add(datagram.substring(id + 6, id + 22));
            }
        }
        for (; answersRead < calls.answered.size(); answersRead++) {
            book(calls.answered.get(answersRead));
        }
        // What no answer has named is given up after being turned away many times, and only then.
        for (String id : books.named) {
            if (!expected.remove(id)) {
                if (!backend.forbidden.contains(id)) {
                    throw new AssertionError(id + " was given up, and nobody turned it away");
                }
                lose(id);
            }
        }
        books.named.clear();
        Ledger ledger = ledger();
        require(expected.isEmpty(), "told of the text of " + expected, ledger);
        long discarded = source.discarded - discardedBefore;
        require(ledger.received() == taken.size() + rejected + discarded, "received", ledger);
        require(ledger.droppedTotal() == discarded, "dropped", ledger);
        require(ledger.rejectedTotal() <= rejected, "rejected", ledger);
        require(ledger.delivered() == deliveredCount, "delivered " + deliveredCount, ledger);
        require(ledger.unprocessed() + ledger.refused() == lostCount, "refused, unprocessed " + lostCount, ledger);
        require(books.rejected == lostCount, "told of every document that is lost", ledger);
        // A record that is left half settled counts as found again with what was settled of it.
        long again = ledger.recovered() - (port == null ? 0 : port.recovered);
        require(again >= 0 && again <= (port == null ? 0 : port.leftDocuments), "recovered", ledger);
        require(ledger.spooled() == (port == null ? 0 : port.onDisk()), "spooled", ledger);
        require(ledger.by(Counter.ABANDONED_SPOOL_LOST) == (port == null ? 0 : port.lost), "lost on disk", ledger);
        require(ledger.abandonedTotal() >= books.abandoned, "abandoned", ledger);
        require(ledger.held() >= 0 && ledger.spooled() >= 0, "held and spooled are not negative", ledger);
        require(uploader.inFlightCount() <= uploadCounters.get(Counter.CALLS), "in flight", ledger);
        require(pipeline.ring().usedBytes() <= pipeline.ring().capacity(), "within the arena", ledger);
    }

    private void book(ScriptedCalls.Answered call) {
        Answer answer = call.answer();
        if (answer.outcome() == AnswerKind.REFUSED && call.ids().size() == 1) {
            loseNamed(call.ids().get(0));
        } else if (answer.outcome() == AnswerKind.DELIVERED) {
            bookDelivered(call.ids(), answer.unprocessed());
        }
    }

    private void bookDelivered(List<String> ids, List<Unprocessed> unprocessed) {
        List<String> left = new ArrayList<>(ids);
        Deque<Unprocessed> unnamed = new ArrayDeque<>();
        for (Unprocessed entry : unprocessed) {
            if (entry.id() == null) {
                unnamed.add(entry);
            } else {
                bookUnprocessed(Objects.requireNonNull(entry.id()), entry, left);
            }
        }
        for (String id : ids) {
            if (backend.broken.contains(id) && left.contains(id) && !unnamed.isEmpty()) {
                bookUnprocessed(id, unnamed.remove(), left);
            }
        }
        if (unnamed.size() >= left.size()) {
            List.copyOf(left).forEach(id -> bookUnprocessed(id, unnamed.remove(), left));
        }
        if (unnamed.stream().anyMatch(entry -> "ThrottledException".equals(entry.errorCode()))) {
            return;
        }
        for (int i = 0; i < unnamed.size() && !left.isEmpty(); i++) {
            lose(left.remove(0));
        }
        for (String id : left) {
            if (!backend.accepted.contains(id)) {
                throw new AssertionError(id + " counts as delivered and was not");
            }
            settle(id);
            deliveredCount++;
            delivered.add(id);
        }
    }

    private void bookUnprocessed(String id, Unprocessed entry, List<String> left) {
        left.remove(id);
        if ("ParseError".equals(entry.errorCode())) {
            loseNamed(id);
        }
    }

    /** A document is lost, and the listener must be given its text. */
    private void loseNamed(String id) {
        expected.add(id);
        lose(id);
    }

    private void lose(String id) {
        settle(id);
        lostCount++;
        lost.add(id);
    }

    private void settle(String id) {
        boolean isOwn = taken.contains(id);
        if (!isOwn && port == null) {
            throw new AssertionError(id + " was never received");
        }
        if (settled.merge(id, 1, Integer::sum) > 1 && !isForgetful) {
            throw new AssertionError(id + " was settled twice");
        }
    }

    /** What the spool has said it has. */
    Set<String> stored() {
        return port == null ? Set.of() : port.stored;
    }

    static void require(boolean condition, String what, Ledger ledger) {
        if (!condition) {
            throw new AssertionError(what + ": " + LedgerText.of(ledger, -1, List.of(0L)));
        }
    }

    Ledger ledger() {
        return Ledger.of(List.of(
                uploadCounters, pipeline.counters(), pipeline.lanes().get(0).counters()));
    }

    /**
     * Ends as the daemon does: drains, uploads until done or patience is at its end, sends the rest to disk, gives up.
     *
     * @param isFair whether nothing stands in the way
     */
    void finish(boolean isFair, int patience) {
        calls.isReady = true;
        shutdown.drain();
        boolean isDone = false;
        for (int i = 0; i < 3 * patience + DONE_STEPS_MAX && !isDone; i++) {
            if (i == patience && worker != null) {
                shutdown.spool();
            } else if (i == 2 * patience) {
                shutdown.abandon();
            }
            clock.advance(10 * MS);
            workOnDisk();
            duties.forEach(Duty::doWork);
            check();
            isDone = duties.stream().allMatch(Duty::isDone);
        }
        Ledger ledger = ledger();
        require(isDone, "done", ledger);
        require(ledger.held() == 0, "nothing is held at the end", ledger);
        require(ledger.rejectedTotal() == rejected, "every rejection is counted", ledger);
        for (int i = 0; i < DONE_STEPS_MAX && calls.inFlight() > 0; i++) {
            // Calls that were given up still read their batches.
            clock.advance(10 * MS);
            uploader.doWork(false);
        }
        require(pipeline.lanes().get(0).pool().isWhole(), "every batch is back", ledger);
        require(pipeline.ring().usedBytes() == 0, "every slot is free", ledger);
        if (isFair) {
            require(
                    ledger.by(Counter.ABANDONED_SHUTDOWN) == 0 && ledger.by(Counter.ABANDONED_UNSENT) == 0,
                    "nothing is abandoned in fair weather",
                    ledger);
        }
        closeSpool(ledger);
    }

    private void closeSpool(Ledger ledger) {
        if (worker == null) {
            return;
        }
        workOnDisk();
        Spool spool = Objects.requireNonNull(worker.spool());
        worker.close();
        if (!isForgetful) {
            require(
                    spool.counts().held().documents() == ledger.spooled(),
                    "the disk holds " + spool.counts().held().documents(),
                    ledger);
        }
    }

    /** Lets time pass in fair weather until the disk holds nothing that could be delivered. */
    void empty(int patience) {
        for (int i = 0; i < patience && (ledger().spooled() > 0 || i < 10 || ledger().held() > 0); i++) {
            clock.advance(10 * MS);
            duties.forEach(Duty::doWork);
            workOnDisk();
            check();
        }
    }

    @Override
    public void close() {
        pipeline.free();
    }
}
