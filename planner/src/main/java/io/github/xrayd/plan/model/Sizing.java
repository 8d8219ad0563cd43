package io.github.xrayd.plan.model;

import io.github.xrayd.plan.input.Workload;
import io.github.xrayd.plan.input.Workload.Topology;

/**
 * What one daemon needs, as far as formulas say.
 *
 * @param load its share
 * @param backlogOutage segments held at the end of the outage
 * @param backlogBurst segments that a burst leaves
 * @param backlogNormal segments held while all is well
 * @param needed segments to have room for
 * @param settings what follows
 * @param recoverySeconds from the outage's end until the backlog is gone
 */
public record Sizing(
        DaemonLoad load,
        double backlogOutage,
        double backlogBurst,
        double backlogNormal,
        double needed,
        Settings settings,
        double recoverySeconds) {
    /** Room beyond what formulas say: fragmentation, chance. */
    static final double MARGIN = 1.15;

    /** A probe finds the backend back at most this much later. */
    static final double PROBE_SECONDS = 2;

    /** A stop of the receiver that the socket's buffer must bear: a collection, a late turn on a busy core. */
    static final double STALL_SECONDS = 0.05;

    private static final double CALLS_MARGIN = 2;

    /** Batches that end in another order than they began leave gaps that an open one does not fit in. */
    private static final double BATCHES_MARGIN = 3;

    static final int SOCKET_BUFFER_LEAST = 4 << 20;
    private static final long SOCKET_BUFFER_MOST = 1 << 30;
    private static final double RECEIVER_LOAD_MAX = 0.6;
    private static final int RECEIVERS_MAX = 64;
    private static final int CONCURRENCY_MAX = 1_024;
    private static final int ADAPTIVE_MAX = io.github.xrayd.engine.EngineConfig.CONCURRENCY_ADAPTIVE_MAX;
    private static final long RETRY_DEFAULT = 300;
    private static final long RETRY_MAX = 86_400;
    private static final double MEGABYTE = 1 << 20;
    /**
     * In a container of 192 MB or less the launcher starts Java without its second compiler and with a heap for 16
     * calls: the costs of a profile do not hold there.
     */
    static final long CONTAINER_LEAST = 208 << 20;

    private static final long COLLECTORS_MAX = 1_000_000;

    /** Sizes for a workload: chooses how many collectors it takes. */
    static Sizing of(Workload workload, CostProfile profile) {
        Workload.Site site = workload.site();
        if (site.topology() != Topology.COLLECTOR) {
            return of(new DaemonLoad(workload, profile, workload.traffic().hosts()));
        }
        if (site.collectors() > 0) {
            return of(new DaemonLoad(workload, profile, site.collectors()));
        }
        long low = 1;
        long high = COLLECTORS_MAX;
        while (low < high) {
            long middle = low + (high - low) / 2;
            if (of(new DaemonLoad(workload, profile, middle)).isCarried()) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return of(new DaemonLoad(workload, profile, low));
    }

    /** Sizes one daemon. */
    static Sizing of(DaemonLoad load) {
        Workload workload = load.workload();
        double sustained = load.sustainedRate();
        double calls = load.callsInFlight(Math.max(sustained, load.peakRate())) * CALLS_MARGIN;
        int concurrency = calls <= ADAPTIVE_MAX ? 0 : (int) Math.min(CONCURRENCY_MAX, Math.ceil(calls));
        int callsMax = concurrency == 0 ? ADAPTIVE_MAX : concurrency;
        double drain = load.drainRate(callsMax);
        int receivers = (int) Math.min(
                Math.min(RECEIVERS_MAX, Math.max(1, workload.site().cores() / 2)),
                Math.max(1, Math.ceil(load.peakRate() / (load.receiverRate() * RECEIVER_LOAD_MAX))));

        double outage = workload.backend().outage();
        double backlogOutage = outage == 0 ? 0 : sustained * (outage + PROBE_SECONDS);
        double backlogBurst = Math.max(0, load.peakRate() - drain) * burstSeconds(workload);
        double backlogNormal = load.rate() * (1 + workload.backend().roundTripMean());
        double needed =
                (Math.max(backlogOutage * (1 - workload.target().lossMax()), backlogBurst) + backlogNormal) * MARGIN;
        int most = (int) Math.min(Integer.MAX_VALUE, workload.site().memoryMax() / MEGABYTE);
        int megabytes = Math.max(8, MemoryModel.megabytes(load, needed, batches(load), receivers, most));
        double inMemory = MemoryModel.segments(load, megabytes, receivers);
        double recordBytes =
                (load.bodyBytes(load.documentsFull()) + Scenarios.RECORD_HEAD_BYTES) / load.documentsFull();
        long spool = inMemory >= needed
                ? 0
                : (long) Math.min(
                        (double) workload.site().spoolMax(), Math.ceil((needed - inMemory * 0.5) * recordBytes));
        double recovery = drain <= sustained ? Double.POSITIVE_INFINITY : backlogOutage / (drain - sustained);
        return new Sizing(
                load,
                backlogOutage,
                backlogBurst,
                backlogNormal,
                needed,
                new Settings(
                        load.daemons(),
                        megabytes,
                        concurrency,
                        receivers,
                        socketBuffer(load, receivers),
                        retryAge(outage, recovery),
                        spool,
                        Math.max(0.1, Math.ceil(load.cores(Math.max(sustained, load.rate())) * 20) / 20),
                        container(load, megabytes, socketBuffer(load, receivers) * receivers)),
                recovery);
    }

    /**
     * Batches in memory that calls at once need: those in flight, and twice as many for gaps and for what takes their
     * place.
     */
    static double batches(DaemonLoad load) {
        return BATCHES_MARGIN * load.callsInFlight(load.peakRate()) + 2;
    }

    private static double burstSeconds(Workload workload) {
        return workload.traffic().bursts().arrivals() == Workload.ArrivalPattern.BURSTS
                ? workload.traffic().bursts().length()
                : 60;
    }

    private static long socketBuffer(DaemonLoad load, int receivers) {
        double bytes =
                load.peakRate() / receivers * STALL_SECONDS * load.footprint().kernel() / 2;
        long power = SOCKET_BUFFER_LEAST;
        while (power < bytes && power < SOCKET_BUFFER_MOST) {
            power *= 2;
        }
        return power;
    }

    private static long retryAge(double outage, double recovery) {
        double needed = Math.min(RETRY_MAX, (outage + recovery) * 1.2);
        return needed <= RETRY_DEFAULT ? RETRY_DEFAULT : (long) Math.min(RETRY_MAX, Math.ceil(needed / 60) * 60);
    }

    /** Memory to grant: the JVM, the limit, and the sockets' buffers, which count too. */
    static long container(DaemonLoad load, int megabytes, long socketBytes) {
        CostProfile profile = load.profile();
        double bytes = profile.resident().jvmBytes() + megabytes * MEGABYTE + 2.0 * socketBytes;
        return Math.max(CONTAINER_LEAST, (long) (Math.ceil(bytes * 1.1 / (16 * MEGABYTE)) * 16 * MEGABYTE));
    }

    /** The same with other memory. */
    Sizing withMemory(int megabytes) {
        long container = container(load, megabytes, settings.socketBufferBytes() * settings.receivers());
        return new Sizing(
                load,
                backlogOutage,
                backlogBurst,
                backlogNormal,
                needed,
                settings.withMemory(megabytes, container),
                recoverySeconds);
    }

    double segmentsInMemory() {
        return MemoryModel.segments(load, settings.memoryMb(), settings.receivers());
    }

    boolean isBatchesEnough() {
        return MemoryModel.batches(load, settings.memoryMb(), settings.receivers()) >= batches(load) * 0.75;
    }

    boolean isMemoryEnough() {
        return segmentsInMemory() >= needed || (settings.spoolBytes() > 0 && isSpoolEnough());
    }

    private boolean isSpoolEnough() {
        double recordBytes =
                (load.bodyBytes(load.documentsFull()) + Scenarios.RECORD_HEAD_BYTES) / load.documentsFull();
        return settings.spoolBytes() / recordBytes + segmentsInMemory() * 0.5 >= needed * 0.999;
    }

    boolean isCpuEnough() {
        Workload.Site site = load.workload().site();
        return load.cores(load.sustainedRate()) <= site.cores() * site.cpuShare();
    }

    boolean isReceiveEnough() {
        return load.peakRate() <= load.receiverRate() * settings.receivers() * 0.9;
    }

    boolean isCallsEnough() {
        return load.callsInFlight(load.sustainedRate()) <= settings.callsMax() * 0.9;
    }

    /** Whether one daemon carries its share, quota aside: more daemons do not raise that. */
    boolean isCarried() {
        return isMemoryEnough() && isCpuEnough() && isReceiveEnough() && isCallsEnough() && isBatchesEnough();
    }
}
