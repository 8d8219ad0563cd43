package io.github.xrayd.plan.simulation;

import io.github.xrayd.engine.export.Answer;
import io.github.xrayd.engine.export.AnswerKind;
import io.github.xrayd.engine.export.ConnectionError;
import java.util.random.RandomGenerator;

/** Decides of each call when it starts: how it ends, and when. */
class SimBackend {
    private static final Answer AWAY =
            Answer.failed(AnswerKind.TRANSIENT, ConnectionError.CONNECTION_REFUSED, 0, null, "away");
    private static final Answer TIMED_OUT =
            Answer.failed(AnswerKind.TRANSIENT, ConnectionError.TIMEOUT, 0, null, "late");
    private static final Answer THROTTLED =
            Answer.failed(AnswerKind.THROTTLED, ConnectionError.HTTP_CODE_4XX, 429, null, "too many");

    private final Scenario.BackendModel backend;
    private final LogNormal roundTrips;
    private final RandomGenerator random;
    private double tokens;
    private long filledNs;

    SimBackend(Scenario.BackendModel backend, RandomGenerator random) {
        this.backend = backend;
        this.random = random;
        roundTrips = new LogNormal(backend.roundTripP50Ns(), backend.roundTripP99Ns());
        tokens = Math.max(1, backend.quotaPerSecond());
    }

    /**
     * A call starts.
     *
     * @param workNs processor time that it takes beside the round trip
     */
    void start(SimCall call, long nowNs, long workNs) {
        long roundTripNs = roundTrips.next(random);
        call.arrivedNs = nowNs + workNs + (long) (roundTripNs * backend.arrivalShare());
        call.endNs = nowNs + workNs + roundTripNs;
        boolean isAway = nowNs >= backend.outageFromNs() && nowNs < backend.outageToNs();
        if (isAway) {
            call.answer = AWAY;
        } else if (roundTripNs > backend.timeoutNs()) {
            call.answer = TIMED_OUT;
            call.endNs = nowNs + workNs + backend.timeoutNs();
        } else if (!take(call.documents, nowNs)) {
            call.answer = THROTTLED;
        }
    }

    /** A bucket of one second: a large call may leave a debt, so that the quota holds on average. */
    private boolean take(int documents, long nowNs) {
        double quota = backend.quotaPerSecond();
        if (quota <= 0 || nowNs < backend.quotaFromNs()) {
            filledNs = nowNs;
            return true;
        }
        tokens = Math.min(Math.max(1, quota), tokens + (nowNs - filledNs) * 1e-9 * quota);
        filledNs = nowNs;
        if (tokens < 1) {
            return false;
        }
        tokens -= documents;
        return true;
    }
}
