package io.github.xrayd.plan.model;

import io.github.xrayd.engine.run.WaitPolicy;
import io.github.xrayd.plan.input.Workload;
import io.github.xrayd.plan.input.Workload.ArrivalPattern;

/**
 * One daemon's share of the load, and what it costs.
 *
 * @param workload what was asked
 * @param profile what work costs
 * @param daemons that share the load
 */
public record DaemonLoad(Workload workload, CostProfile profile, long daemons) {
    static final int DOCUMENTS_MAX = 50;
    static final int BODY_BYTES_MAX = 512 << 10;
    private static final double BATCH_AGE = 1;
    /** With this many cores a thread spins while datagrams come closer than a wake-up costs. */
    private static final int SPIN_CORES = 4;

    private static final double SPIN_RATE = 50_000;

    /** Segments per second on average. */
    public double rate() {
        return workload.traffic().rate() / daemons;
    }

    /** Segments per second at the busiest time that lasts: a day's peak, not a burst. */
    public double sustainedRate() {
        ArrivalPattern arrivals = workload.traffic().bursts().arrivals();
        boolean isLasting = arrivals == ArrivalPattern.DIURNAL || arrivals == ArrivalPattern.TRACE;
        return rate() * (isLasting ? workload.traffic().bursts().peak() : 1);
    }

    /** Segments per second in a burst. */
    public double peakRate() {
        return rate() * workload.traffic().bursts().peak();
    }

    public Footprint footprint() {
        return Footprint.of(workload.traffic().sizes(), profile);
    }

    /** The most documents of a batch: by count, or by bytes. */
    public double documentsFull() {
        return Math.min(
                DOCUMENTS_MAX,
                Math.max(1, Math.ceil(BODY_BYTES_MAX / footprint().document())));
    }

    /** Documents of a call at a rate: full ones, or what a second brings. */
    public double documentsPerCall(double rate) {
        return Math.max(1, Math.min(documentsFull(), 1 + rate * BATCH_AGE));
    }

    public double bodyBytes(double documents) {
        return Footprint.BATCH_HEAD_BYTES + documents * footprint().document();
    }

    public double callsPerSecond(double rate) {
        return rate / documentsPerCall(rate);
    }

    /** Wake-ups of the data path per second, with the socket's buffer that every plan asks for at least. */
    public double wakeUps(double rate) {
        return WaitPolicy.wakeUps(rate, Sizing.SOCKET_BUFFER_LEAST);
    }

    /** Processor seconds of a wake-up of the data path. */
    double wakeUpSeconds() {
        return profile.dataPath().wakeUpNs() * (1 + profile.overhead()) * 1e-9;
    }

    /** Processor seconds of the data path for a segment. */
    public double segmentSeconds() {
        return profile.datagramSeconds(footprint().datagram());
    }

    /** Processor seconds of a call at a rate. */
    public double callSeconds(double rate) {
        return profile.callSeconds(bodyBytes(documentsPerCall(rate)), callsPerSecond(rate));
    }

    /** Cores that a daemon keeps busy at a rate. */
    public double cores(double rate) {
        double dataPath = rate * segmentSeconds() + wakeUps(rate) * wakeUpSeconds();
        if (workload.site().cores() >= SPIN_CORES && rate >= SPIN_RATE) {
            dataPath = Math.max(dataPath, 1);
        }
        return dataPath + callsPerSecond(rate) * callSeconds(rate);
    }

    /** Segments per second that one receiver's data path gets through. */
    public double receiverRate() {
        return 1 / segmentSeconds();
    }

    /** This daemon's part of the account's quota, or infinite. */
    public double quota() {
        return workload.backend().quota() == 0
                ? Double.POSITIVE_INFINITY
                : workload.backend().quota() / daemons;
    }

    /** Calls at once that carry a rate, on average. */
    public double callsInFlight(double rate) {
        return callsPerSecond(rate) * (workload.backend().roundTripMean() + callSeconds(rate));
    }

    /** Segments per second that can leave: bounded by calls, quota and cores. */
    public double drainRate(int callsMax) {
        double full = documentsFull();
        double callSeconds = profile.callSeconds(bodyBytes(full), Double.POSITIVE_INFINITY);
        double byCalls = callsMax * full / (workload.backend().roundTripMean() + callSeconds);
        double granted = workload.site().cores() * workload.site().cpuShare();
        double byCores = granted / (segmentSeconds() + callSeconds / full);
        return Math.min(quota(), Math.min(byCalls, byCores));
    }
}
