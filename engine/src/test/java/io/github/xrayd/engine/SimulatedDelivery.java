package io.github.xrayd.engine;

import static io.github.xrayd.engine.SimulatedLife.require;

import io.github.xrayd.engine.batch.BatchBody;
import io.github.xrayd.engine.batch.Parcel;
import io.github.xrayd.engine.encode.XRayEncoder;
import io.github.xrayd.engine.export.Answer;
import io.github.xrayd.engine.export.AnswerKind;
import io.github.xrayd.engine.export.Unprocessed;
import io.github.xrayd.engine.run.Duty;
import io.github.xrayd.engine.run.Shutdown;
import io.github.xrayd.engine.source.Source;
import io.github.xrayd.engine.spool.Spool;
import io.github.xrayd.engine.spool.SpoolLockedException;
import io.github.xrayd.engine.spool.SpoolSettings;
import io.github.xrayd.engine.telemetry.Counter;
import io.github.xrayd.engine.telemetry.Counters;
import io.github.xrayd.engine.telemetry.DestinationLedger;
import io.github.xrayd.engine.telemetry.Ledger;
import io.github.xrayd.engine.upload.RejectedDocument;
import io.github.xrayd.engine.upload.SpoolWorker;
import io.github.xrayd.engine.upload.UploadListener;
import io.github.xrayd.engine.upload.UploadPolicy;
import io.github.xrayd.engine.upload.Uploader;
import java.nio.charset.StandardCharsets;
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
 * What one simulated process does for one destination: its uploader and its spool, with accounts of its own of what the
 * backend answered and what the disk said. They are compared with the destination's half of the ledger after every
 * step.
 */
final class SimulatedDelivery {
    private static final long MS = 1_000_000L;
    /** Failed calls before a document may be given up that no answer has named. */
    private static final int FAILED_MIN = 8;

    private final SimulatedDestination destination;
    private final List<BatchLane> lanes;
    private final CachedNanoClock clock;
    private final Counters counters = new Counters();
    private final Uploader uploader;
    private final UploaderDuty duty;
    private final @Nullable SpoolWorker worker;
    private final @Nullable RecordingPort port;
    private final Accounts accounts = new Accounts();
    final ScriptedCalls calls;

    /** Documents that the process received. */
    private final Set<String> taken;
    /** How often it settled each document. */
    private final Map<String, Integer> settled = new HashMap<>();

    /** Documents whose text the listener must have been given. */
    private final List<String> expected = new ArrayList<>();

    /** In how many calls each document has failed. */
    private final Map<String, Integer> failed = new HashMap<>();

    private final Set<String> delivered = new HashSet<>();
    /** Documents the service did not take, for good. */
    private final Set<String> lost = new HashSet<>();

    private long deliveredCount;
    private long lostCount;
    private int answersRead;

    /** What the uploader says it gave up. */
    private static final class Accounts implements UploadListener {
        long abandoned;
        long rejected;
        /** Documents whose text it was given since this was last looked at. */
        final List<String> named = new ArrayList<>();

        @Override
        public void onRejected(RejectedDocument document, Parcel parcel) {
            rejected++;
            if (document.document() == RejectedDocument.UNKNOWN) {
                return;
            }
            byte[] encoded = BatchBody.of(parcel, 1L << document.document()).encoded(0);
            String text = new String(encoded, StandardCharsets.ISO_8859_1);
            int id = text.indexOf("\\\"id\\\":\\\"") + 9;
            named.add(text.substring(id, id + 16));
        }

        @Override
        public void onAbandoned(int documents, String reason) {
            abandoned += documents;
        }
    }

    /**
     * Nothing is delivered yet.
     *
     * @param lanes the destination's, one of each pipeline
     * @param source whose bursts the uploader waits for
     * @param taken the documents that the process has received so far, kept up to date
     */
    SimulatedDelivery(
            SimulatedDestination destination,
            List<BatchLane> lanes,
            Source source,
            Shutdown shutdown,
            CachedNanoClock clock,
            Random random,
            Set<String> taken) {
        this.destination = destination;
        this.lanes = lanes;
        this.clock = clock;
        this.taken = taken;
        calls = new ScriptedCalls(clock, destination.backend::reply);
        SpoolSettings spool = destination.spool;
        worker = spool == null
                ? null
                : new SpoolWorker(
                        () -> Spool.open(spool, destination.disk, clock),
                        new XRayEncoder(),
                        () -> clock.nanoTime() / MS,
                        clock,
                        () -> {},
                        () -> {});
        port = worker == null ? null : new RecordingPort(worker);
        uploader = new Uploader(
                lanes,
                calls,
                UploadPolicy.of(1 + random.nextInt(64), (random.nextBoolean() ? 300L : 20L) * 1_000 * MS),
                counters,
                accounts,
                clock,
                new SplittableRandom(random.nextLong()),
                port);
        duty = new UploaderDuty(uploader, lanes, source, shutdown, clock, true);
    }

    Duty duty() {
        return duty;
    }

    SimulatedDestination destination() {
        return destination;
    }

    /** Of the lanes and of the uploader. */
    List<Counters> counters() {
        List<Counters> all = new ArrayList<>();
        all.add(counters);
        lanes.forEach(lane -> all.add(lane.counters()));
        return all;
    }

    /** The disk's thread has its turn. */
    void workOnDisk() {
        if (worker != null) {
            try {
                worker.doWork();
            } catch (SpoolLockedException e) {
                throw new AssertionError("nobody else has the spool", e);
            }
        }
    }

    /** Compares what was answered with the destination's half of the ledger. */
    void check(Ledger whole, DestinationLedger ledger) {
        for (; answersRead < calls.answered.size(); answersRead++) {
            book(calls.answered.get(answersRead));
        }
        // What no answer has named is given up after being turned away many times, and only then.
        for (String id : accounts.named) {
            if (!expected.remove(id)) {
                if (failed.getOrDefault(id, 0) < FAILED_MIN) {
                    throw new AssertionError(id + " was given up, and failed " + failed.get(id) + " times");
                }
                lose(id);
            }
        }
        accounts.named.clear();
        require(expected.isEmpty(), "told of the text of " + expected, whole);
        require(ledger.admitted() == whole.admitted(), "admitted", whole);
        require(ledger.delivered() == deliveredCount, "delivered " + deliveredCount, whole);
        require(ledger.unprocessed() + ledger.refused() == lostCount, "refused, unprocessed " + lostCount, whole);
        require(accounts.rejected == lostCount, "told of every document that is lost", whole);
        // A record that is left half settled counts as found again with what was settled of it.
        long again = ledger.recovered() - (port == null ? 0 : port.recovered);
        require(again >= 0 && again <= (port == null ? 0 : port.leftDocuments), "recovered", whole);
        require(ledger.spooled() == (port == null ? 0 : port.onDisk()), "spooled", whole);
        require(by(ledger, Counter.ABANDONED_SPOOL_LOST) == (port == null ? 0 : port.lost), "lost on disk", whole);
        require(ledger.abandonedTotal() >= accounts.abandoned, "abandoned", whole);
        require(ledger.held() >= 0 && ledger.spooled() >= 0, "held and spooled are not negative", whole);
        require(
                ledger.admitted() + ledger.recovered()
                        == ledger.held()
                                + deliveredCount
                                + lostCount
                                + ledger.spooled()
                                + ledger.abandonedTotal()
                                + ledger.dropped(),
                "the destination's half",
                whole);
        require(uploader.inFlightCount() <= counters.get(Counter.CALLS), "in flight", whole);
    }

    private static long by(DestinationLedger ledger, Counter reason) {
        return ledger.abandoned().getOrDefault(reason, 0L);
    }

    private void book(ScriptedCalls.Answered call) {
        Answer answer = call.answer();
        if (answer.outcome() == AnswerKind.REFUSED && call.ids().size() == 1) {
            loseNamed(call.ids().get(0));
        } else if (answer.outcome() == AnswerKind.DELIVERED) {
            bookDelivered(call.ids(), answer.unprocessed());
        } else {
            call.ids().forEach(id -> failed.merge(id, 1, Integer::sum));
        }
    }

    private void bookDelivered(List<String> ids, List<Unprocessed> unprocessed) {
        List<String> left = new ArrayList<>(ids);
        Deque<Unprocessed> unnamed = new ArrayDeque<>();
        for (Unprocessed entry : unprocessed) {
            if (entry.fate() == Unprocessed.Fate.PUT_OFF) {
                left.remove(ids.get(entry.number()));
            } else if (entry.id() == null) {
                unnamed.add(entry);
            } else {
                bookUnprocessed(Objects.requireNonNull(entry.id()), entry, left);
            }
        }
        for (String id : ids) {
            if (destination.backend.broken.contains(id) && left.contains(id) && !unnamed.isEmpty()) {
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
            if (!destination.backend.accepted.contains(id)) {
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
        if (settled.merge(id, 1, Integer::sum) > 1) {
            throw new AssertionError(id + " was settled twice");
        }
    }

    /** Tells the destination what this process knew. */
    void account(DestinationLedger ledger) {
        destination.delivered.addAll(delivered);
        destination.turnedAway.addAll(lost);
        if (port != null) {
            destination.stored.addAll(port.stored);
        }
        destination.givenUp += ledger.abandonedTotal() + ledger.dropped();
    }

    /** The process has ended: nothing is left in memory, and the disk has what the ledger says. */
    void finish(Ledger whole, DestinationLedger ledger) {
        require(ledger.held() == 0, "nothing is held at the end", whole);
        for (int i = 0; i < SimulatedLife.DONE_STEPS_MAX && calls.inFlight() > 0; i++) {
            // Calls that were given up still read their batches.
            clock.advance(10 * MS);
            uploader.doWork(false);
        }
        for (BatchLane lane : lanes) {
            require(lane.pool().isWhole(), "every batch is back", whole);
        }
        if (destination.isFair) {
            require(
                    by(ledger, Counter.ABANDONED_SHUTDOWN) == 0 && by(ledger, Counter.ABANDONED_UNSENT) == 0,
                    "nothing is abandoned in fair weather",
                    whole);
        }
        if (worker == null) {
            return;
        }
        workOnDisk();
        Spool spool = Objects.requireNonNull(worker.spool());
        worker.close();
        if (!destination.isVanishing()) {
            require(
                    spool.state().documents() == ledger.spooled(),
                    "the disk holds " + spool.state().documents(),
                    whole);
        }
    }
}
