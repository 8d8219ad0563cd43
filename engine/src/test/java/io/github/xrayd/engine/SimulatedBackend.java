package io.github.xrayd.engine;

import io.github.xrayd.engine.export.Answer;
import io.github.xrayd.engine.export.AnswerKind;
import io.github.xrayd.engine.export.ConnectionError;
import io.github.xrayd.engine.export.Unprocessed;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;

/** A service whose weather changes by the seed; remembers which documents it took. */
final class SimulatedBackend {
    private static final long MS = 1_000_000L;

    /** How it behaves for a while. */
    enum Weather {
        FAIR,
        SLOW,
        TIMEOUT,
        REFUSED,
        RESET,
        HALF_ANSWER,
        WRONG_JSON,
        ERROR_500,
        THROTTLING,
        /** As THROTTLING, and says for how long. */
        STORM,
        /** A load balancer that is overloaded, and says for how long. */
        BUSY,
        /** A gateway that answers everything itself. */
        GATEWAY,
        DENIED,
        EXPIRED,
        UNPROCESSED,
        /** Entries of unprocessed documents without their ids. */
        UNNAMED,
        MIXED
    }

    private static final int[] GATEWAY_STATUSES = {200, 204, 302, 400, 404, 405, 411, 413, 414, 431, 501, 502};

    private final Random random;
    /** Documents it will never take. */
    final Set<String> poisoned = new HashSet<>();
    /** Documents that a proxy before it never lets pass. */
    final Set<String> forbidden = new HashSet<>();
    /** Documents that are not JSON, so that it cannot name them. */
    final Set<String> broken = new HashSet<>();
    /** Documents it has taken, whether it said so or not. */
    final Set<String> accepted = new HashSet<>();

    Weather weather = Weather.FAIR;

    SimulatedBackend(Random random) {
        this.random = random;
    }

    void turn() {
        weather = Weather.values()[random.nextInt(Weather.values().length)];
    }

    ScriptedCalls.Reply reply(List<String> ids) {
        Weather now = weather == Weather.MIXED ? Weather.values()[random.nextInt(Weather.values().length)] : weather;
        Answer answer =
                switch (now) {
                    case FAIR, MIXED, SLOW, UNPROCESSED, UNNAMED -> answer(now, ids);
                    case BUSY ->
                        new Answer(
                                AnswerKind.TRANSIENT,
                                ConnectionError.HTTP_CODE_5XX,
                                503,
                                null,
                                "scripted overload",
                                random.nextInt(60_000),
                                List.of());
                    case GATEWAY -> gateway(GATEWAY_STATUSES[random.nextInt(GATEWAY_STATUSES.length)]);
                    case TIMEOUT -> failed(AnswerKind.TRANSIENT, ConnectionError.TIMEOUT, 0);
                    case REFUSED -> failed(AnswerKind.TRANSIENT, ConnectionError.CONNECTION_REFUSED, 0);
                    case RESET, HALF_ANSWER -> failed(AnswerKind.TRANSIENT, ConnectionError.OTHER, 0);
                    case WRONG_JSON -> failed(AnswerKind.TRANSIENT, ConnectionError.OTHER, 200);
                    case ERROR_500 -> failed(AnswerKind.TRANSIENT, ConnectionError.HTTP_CODE_5XX, 500);
                    case THROTTLING -> failed(AnswerKind.THROTTLED, ConnectionError.HTTP_CODE_4XX, 429);
                    case STORM ->
                        new Answer(
                                AnswerKind.THROTTLED,
                                ConnectionError.HTTP_CODE_4XX,
                                429,
                                null,
                                "scripted storm",
                                random.nextInt(3_000),
                                List.of());
                    case DENIED -> failed(AnswerKind.DENIED, ConnectionError.HTTP_CODE_4XX, 403);
                    case EXPIRED -> failed(AnswerKind.DENIED, ConnectionError.HTTP_CODE_4XX, 400);
                };
        boolean isTakenAnyway = now == Weather.HALF_ANSWER || now == Weather.WRONG_JSON;
        if (answer.outcome() == AnswerKind.TRANSIENT && (isTakenAnyway || random.nextBoolean())) {
            // The answer was lost, not the request.
            accepted.addAll(ids);
        }
        long latencyNs = (1 + random.nextInt(20)) * MS;
        return new ScriptedCalls.Reply(
                answer, now == Weather.SLOW ? latencyNs * 50 : now == Weather.TIMEOUT ? 2_000 * MS : latencyNs);
    }

    private static Answer gateway(int status) {
        return failed(
                AnswerKind.TRANSIENT,
                status >= 500
                        ? ConnectionError.HTTP_CODE_5XX
                        : status >= 400 ? ConnectionError.HTTP_CODE_4XX : ConnectionError.OTHER,
                status);
    }

    private Answer answer(Weather now, List<String> ids) {
        for (String id : ids) {
            if (forbidden.contains(id)) {
                return id.hashCode() % 2 == 0
                        ? failed(AnswerKind.DENIED, ConnectionError.HTTP_CODE_4XX, 403)
                        : gateway(404);
            }
        }
        if (ids.stream().anyMatch(poisoned::contains)) {
            return failed(AnswerKind.REFUSED, ConnectionError.HTTP_CODE_4XX, 400);
        }
        List<Unprocessed> unprocessed = new ArrayList<>();
        Set<String> named = new HashSet<>();
        for (int i = 0; i < ids.size(); i++) {
            String id = ids.get(i);
            String code = random.nextBoolean() ? "ThrottledException" : "ParseError";
            if (now == Weather.UNPROCESSED && broken.contains(id)) {
                named.add(id);
                unprocessed.add(new Unprocessed(null, "ParseError", null));
            } else if (now == Weather.UNPROCESSED && random.nextInt(4) == 0 && named.add(id)) {
                unprocessed.add(new Unprocessed(id, code, null));
            } else if (now == Weather.UNPROCESSED && random.nextInt(20) == 0 && named.add(id)) {
                unprocessed.add(Unprocessed.putOff(i, random.nextInt(30_000)));
            } else if (now == Weather.UNNAMED && random.nextInt(50) == 0) {
                unprocessed.add(new Unprocessed(null, code, null));
            }
        }
        for (String id : ids) {
            if (!named.contains(id)) {
                accepted.add(id);
            }
        }
        return Answer.delivered(unprocessed);
    }

    private static Answer failed(AnswerKind outcome, ConnectionError error, int status) {
        return Answer.failed(outcome, error, status, null, "scripted " + error);
    }
}
