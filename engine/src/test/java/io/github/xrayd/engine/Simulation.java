package io.github.xrayd.engine;

import io.github.xrayd.engine.backend.Answer;
import io.github.xrayd.engine.backend.ConnectionError;
import io.github.xrayd.engine.backend.Outcome;
import io.github.xrayd.engine.backend.Unprocessed;
import io.github.xrayd.engine.telemetry.Counter;
import io.github.xrayd.engine.telemetry.Counters;
import io.github.xrayd.engine.telemetry.Ledger;
import io.github.xrayd.engine.upload.UploadListener;
import io.github.xrayd.engine.upload.UploadPolicy;
import io.github.xrayd.engine.upload.Uploader;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.SplittableRandom;
import org.agrona.concurrent.CachedNanoClock;
import org.jspecify.annotations.Nullable;

/**
 * The whole data path on one thread with a scripted clock, socket and backend, driven by a seed.
 *
 * <p>Keeps books of its own, from what went in at the socket and what was answered at the backend, and compares them with the engine's
 * ledger after every step.
 */
final class Simulation implements AutoCloseable {
    private static final String HEADER = "{\"format\": \"json\", \"version\": 1}\n";
    private static final long MS = 1_000_000L;
    private static final int PATIENCE_FAIR = 30_000;
    private static final int PATIENCE_FOUL = 500;
    private static final String[] GARBAGE = {"", "x", "no header\n{}", HEADER, "{\"format\":\"xml\",\"version\":1}\n{}"
    };

    /** How the backend behaves for a while. */
    private enum Weather {
        FAIR,
        SLOW,
        TIMEOUT,
        REFUSED,
        RESET,
        ERROR_500,
        THROTTLING,
        DENIED,
        UNPROCESSED,
        MIXED
    }

    private final Random random;
    private final CachedNanoClock clock = new CachedNanoClock();
    private final Shutdown shutdown = new Shutdown();
    private final ScriptedSource source = new ScriptedSource();
    private final ScriptedCalls calls;
    private final Pipeline pipeline;
    private final Uploader uploader;
    private final Counters uploadCounters = new Counters();
    private final List<Duty> duties;

    private final Set<String> poisoned = new HashSet<>();
    private final Set<String> taken = new HashSet<>();
    private final Map<String, Integer> accepted = new HashMap<>();
    private final Set<String> delivered = new HashSet<>();
    private final Set<String> lost = new HashSet<>();
    private final Books books = new Books();
    private Weather weather = Weather.FAIR;
    private long nextId;
    private long rejected;
    private int answersRead;

    /** What the uploader says it gave up. */
    private static final class Books implements UploadListener {
        long abandoned;
        long rejected;

        @Override
        public void onSent(int documents, int unprocessed, long latencyNs) {}

        @Override
        public void onFailed(Answer answer, int documents) {}

        @Override
        public void onRejected(String traceId, @Nullable String code, @Nullable String message) {
            rejected++;
        }

        @Override
        public void onAbandoned(int documents, String reason) {
            abandoned += documents;
        }
    }

    Simulation(long seed) throws StartException {
        random = new Random(seed);
        clock.update(1_000 * MS);
        EngineConfig config = EngineConfig.builder()
                .memoryLimitBytes(EngineConfig.MEMORY_LIMIT_MIN)
                .retryAgeMax(Duration.ofSeconds(random.nextBoolean() ? 300 : 20))
                .build();
        MemoryBudget budget = MemoryBudget.of(config.memoryLimitBytes(), 1, config.batchBytesMax());
        calls = new ScriptedCalls(clock, this::reply);
        pipeline = new Pipeline(source, budget, config, shutdown, clock, clock, clock);
        uploader = new Uploader(
                List.of(pipeline.sealed()),
                calls,
                UploadPolicy.of(1 + random.nextInt(64), config.retryAgeMax().toNanos()),
                uploadCounters,
                books,
                clock,
                new SplittableRandom(seed));
        duties = List.of(
                pipeline.receiverDuty(() -> {}),
                pipeline.validatorDuty(),
                pipeline.batcherDuty(() -> {}),
                new UploaderDuty(uploader, List.of(pipeline), shutdown, clock, true));
    }

    /** One random step: time passes, datagrams come, the weather turns, some stage has its turn. */
    void step() {
        int dice = random.nextInt(100);
        if (dice < 20) {
            arrive(1 + random.nextInt(random.nextInt(20) == 0 ? 400 : 20));
        } else if (dice < 22) {
            weather = Weather.values()[random.nextInt(Weather.values().length)];
        } else if (dice == 22) {
            calls.isReady = random.nextInt(4) != 0;
        } else if (dice == 23) {
            source.isBroken = !source.isBroken;
        } else if (dice < 40) {
            clock.advance(random.nextInt(20) == 0 ? random.nextInt(5_000) * MS : random.nextInt(5) * MS);
        } else {
            duties.get(random.nextInt(duties.size())).doWork();
        }
        check();
    }

    private void arrive(int count) {
        for (int i = 0; i < count; i++) {
            if (random.nextInt(20) == 0) {
                source.waiting.add(GARBAGE[random.nextInt(GARBAGE.length)]);
                continue;
            }
            String id = String.format("%016x", nextId++);
            if (random.nextInt(200) == 0) {
                poisoned.add(id);
            }
            int padding = random.nextInt(30) == 0 ? random.nextInt(60_000) : random.nextInt(300);
            source.waiting.add(HEADER + "{\"trace_id\":\"1-5759e988-bd862e3fe1be46a994272793\",\"id\":\"" + id
                    + "\",\"pad\":\"" + "\u00e9".repeat(padding / 2) + "\"}");
        }
    }

    private ScriptedCalls.Reply reply(List<String> ids) {
        long latencyNs = (1 + random.nextInt(20)) * MS;
        Weather now = weather == Weather.MIXED ? Weather.values()[random.nextInt(Weather.values().length)] : weather;
        Answer answer =
                switch (now) {
                    case FAIR, MIXED, SLOW, UNPROCESSED -> answer(now, ids);
                    case TIMEOUT -> failed(Outcome.TRANSIENT, ConnectionError.TIMEOUT, 0);
                    case REFUSED -> failed(Outcome.TRANSIENT, ConnectionError.CONNECTION_REFUSED, 0);
                    case RESET -> failed(Outcome.TRANSIENT, ConnectionError.OTHER, 0);
                    case ERROR_500 -> failed(Outcome.TRANSIENT, ConnectionError.HTTP_CODE_5XX, 500);
                    case THROTTLING -> failed(Outcome.THROTTLED, ConnectionError.HTTP_CODE_4XX, 429);
                    case DENIED -> failed(Outcome.DENIED, ConnectionError.HTTP_CODE_4XX, 403);
                };
        if (answer.outcome() == Outcome.TRANSIENT && random.nextBoolean()) {
            // The answer was lost, not the request.
            ids.forEach(id -> accepted.merge(id, 1, Integer::sum));
        }
        return new ScriptedCalls.Reply(
                answer, now == Weather.SLOW ? latencyNs * 50 : now == Weather.TIMEOUT ? 2_000 * MS : latencyNs);
    }

    private Answer answer(Weather now, List<String> ids) {
        if (ids.stream().anyMatch(poisoned::contains)) {
            return failed(Outcome.REFUSED, ConnectionError.HTTP_CODE_4XX, 400);
        }
        List<Unprocessed> unprocessed = new ArrayList<>();
        Set<String> named = new HashSet<>();
        if (now == Weather.UNPROCESSED) {
            for (String id : ids) {
                if (random.nextInt(4) == 0 && named.add(id)) {
                    unprocessed.add(
                            new Unprocessed(id, random.nextBoolean() ? "ThrottledException" : "ParseError", null));
                }
            }
        }
        for (String id : ids) {
            if (!named.contains(id)) {
                accepted.merge(id, 1, Integer::sum);
            }
        }
        return Answer.delivered(unprocessed);
    }

    private static Answer failed(Outcome outcome, ConnectionError error, int status) {
        return Answer.failed(outcome, error, status, null, "scripted " + error);
    }

    private void check() {
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
        Ledger ledger = ledger();
        require(ledger.received() == taken.size() + rejected + source.discarded, "received", ledger);
        require(ledger.droppedTotal() == source.discarded, "dropped", ledger);
        require(ledger.rejectedTotal() <= rejected, "rejected", ledger);
        require(ledger.delivered() == delivered.size(), "delivered " + delivered.size(), ledger);
        require(
                ledger.unprocessed() + ledger.refused() == lost.size(),
                "refused and unprocessed " + lost.size(),
                ledger);
        require(books.rejected == lost.size(), "told of every document that is lost", ledger);
        require(ledger.abandonedTotal() >= books.abandoned, "abandoned", ledger);
        long held = taken.size()
                + rejected
                - ledger.rejectedTotal()
                - delivered.size()
                - lost.size()
                - ledger.abandonedTotal();
        require(ledger.held() == held, "held " + held, ledger);
        require(uploader.inFlightCount() <= uploadCounters.get(Counter.CALLS), "in flight", ledger);
    }

    private void book(ScriptedCalls.Answered call) {
        Answer answer = call.answer();
        if (answer.outcome() == Outcome.REFUSED && call.ids().size() == 1) {
            settle(lost, call.ids().get(0));
        } else if (answer.outcome() == Outcome.DELIVERED) {
            Set<String> left = new HashSet<>(call.ids());
            for (Unprocessed entry : answer.unprocessed()) {
                String id = String.valueOf(entry.id());
                left.remove(id);
                if ("ParseError".equals(entry.errorCode())) {
                    settle(lost, id);
                }
            }
            left.forEach(id -> {
                if (!accepted.containsKey(id)) {
                    throw new AssertionError(id + " counts as delivered and was not");
                }
                settle(delivered, id);
            });
        }
    }

    private void settle(Set<String> to, String id) {
        if (!taken.contains(id) || delivered.contains(id) || lost.contains(id)) {
            throw new AssertionError(id + " was settled twice, or never received");
        }
        to.add(id);
    }

    private static void require(boolean condition, String what, Ledger ledger) {
        if (!condition) {
            throw new AssertionError(what + ": " + LedgerText.of(ledger, -1));
        }
    }

    private Ledger ledger() {
        return Ledger.of(List.of(uploadCounters, pipeline.counters()));
    }

    /** Ends as the daemon does: drain, upload in whatever weather there is for a while, then give up. */
    void finish(boolean isFair) {
        source.isBroken = false;
        calls.isReady = true;
        if (isFair) {
            weather = Weather.FAIR;
        }
        shutdown.drain();
        int patience = isFair ? PATIENCE_FAIR : PATIENCE_FOUL;
        boolean isDone = false;
        for (int i = 0; i < 2 * patience && !isDone; i++) {
            if (i == patience) {
                shutdown.abandon();
            }
            clock.advance(10 * MS);
            duties.forEach(Duty::doWork);
            check();
            isDone = duties.stream().allMatch(Duty::isDone);
        }
        Ledger ledger = ledger();
        require(isDone, "done", ledger);
        require(ledger.held() == 0, "nothing is held at the end", ledger);
        require(ledger.rejectedTotal() == rejected, "every rejection is counted", ledger);
        require(pipeline.pool().isWhole(), "every batch is back", ledger);
        require(pipeline.ring().usedBytes() == 0, "every slot is free", ledger);
        if (isFair) {
            require(
                    ledger.by(Counter.ABANDONED_SHUTDOWN) == 0 && ledger.by(Counter.ABANDONED_UNSENT) == 0,
                    "nothing is abandoned in fair weather",
                    ledger);
        }
    }

    @Override
    public void close() {
        pipeline.free();
    }
}
