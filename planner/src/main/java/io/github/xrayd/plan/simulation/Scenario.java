package io.github.xrayd.plan.simulation;

import io.github.xrayd.engine.batch.SealPolicy;
import io.github.xrayd.engine.upload.UploadPolicy;

/**
 * Everything one simulated daemon is and meets. Times are nanoseconds from the start.
 *
 * @param arrivals how segments come
 * @param room what memory holds
 * @param seal when a batch is complete
 * @param upload what governs calls
 * @param backend how it answers
 * @param work what processing costs
 * @param spool what disk there is
 * @param spanNs how long to simulate
 * @param tickNs arrivals are added up over this time; calls are simulated one by one at their own times
 */
public record Scenario(
        Arrivals arrivals,
        Room room,
        SealPolicy seal,
        UploadPolicy upload,
        BackendModel backend,
        Work work,
        Spool spool,
        long spanNs,
        long tickNs) {
    private static final long MS = 1_000_000L;

    /** The engine itself lets work gather for 2 ms. */
    public static final long TICK_NS = 2 * MS;

    /** Ticks of a run, about, before ticks grow longer. */
    private static final long TICKS = 300_000;

    private static final long TICK_NS_MAX = 10 * MS;

    /** The tick for a span: 2 ms up to ten minutes, 10 ms from fifty minutes on. */
    public static long tickNs(long spanNs) {
        return Math.max(TICK_NS, Math.min(TICK_NS_MAX, spanNs / TICKS / MS * MS));
    }

    /** The same with another rate of arrivals. */
    public Scenario withArrivals(Arrivals other) {
        return new Scenario(other, room, seal, upload, backend, work, spool, spanNs, tickNs);
    }

    /** The same with another backend. */
    public Scenario withBackend(BackendModel other) {
        return new Scenario(arrivals, room, seal, upload, other, work, spool, spanNs, tickNs);
    }

    /** The same with other bounds of calls. */
    public Scenario withUpload(UploadPolicy other) {
        return new Scenario(arrivals, room, seal, other, backend, work, spool, spanNs, tickNs);
    }

    /**
     * What memory holds.
     *
     * @param arenaBytes for slots
     * @param batchBytes for batches
     * @param batchCount batches at once
     * @param batchCapacity bytes an open batch needs
     * @param blockBytes granularity of a sealed batch's memory, in bytes
     * @param slotBytes what a segment takes of the arena
     * @param documentBytes what a segment takes of a batch
     * @param batchHeadBytes what a batch takes beside its documents
     * @param kernelSegments what the socket's buffer holds
     */
    public record Room(
            long arenaBytes,
            long batchBytes,
            int batchCount,
            long batchCapacity,
            int blockBytes,
            double slotBytes,
            double documentBytes,
            int batchHeadBytes,
            long kernelSegments) {}

    /**
     * How the backend answers.
     *
     * @param roundTripP50Ns of a call, log-normal
     * @param roundTripP99Ns of a call
     * @param arrivalShare which part of the round trip passes before the service has the documents, 0 to 1
     * @param timeoutNs after which an attempt is given up
     * @param quotaPerSecond segments above which it throttles, or 0 for none
     * @param quotaFromNs from when on it does
     * @param outageFromNs when it begins to fail
     * @param outageToNs when it is back; at or before {@code outageFromNs} for no outage
     */
    public record BackendModel(
            long roundTripP50Ns,
            long roundTripP99Ns,
            double arrivalShare,
            long timeoutNs,
            double quotaPerSecond,
            long quotaFromNs,
            long outageFromNs,
            long outageToNs) {
        /** The same, away for a time. */
        public BackendModel away(long fromNs, long toNs) {
            return new BackendModel(
                    roundTripP50Ns, roundTripP99Ns, arrivalShare, timeoutNs, quotaPerSecond, quotaFromNs, fromNs, toNs);
        }

        /** The same with other round trips. */
        public BackendModel roundTrip(long p50Ns, long p99Ns) {
            return new BackendModel(
                    p50Ns, p99Ns, arrivalShare, timeoutNs, quotaPerSecond, quotaFromNs, outageFromNs, outageToNs);
        }
    }

    /**
     * What processing costs.
     *
     * @param cores that the daemon may use
     * @param segmentNs processor time of the data path for a segment
     * @param threads of the data path that work at once
     * @param callNs processor time of a call, whatever it carries
     * @param callColdNs more for a call when the one before is long ago
     * @param callFailedNs more for a call that fails: to read why
     * @param callDocumentNs processor time of a call for each document
     * @param wakeUpNs processor time of a wake-up of the data path
     * @param gatherNs how long it lets work gather between two
     */
    public record Work(
            double cores,
            double segmentNs,
            int threads,
            double callNs,
            double callColdNs,
            double callFailedNs,
            double callDocumentNs,
            double wakeUpNs,
            long gatherNs) {
        /** Processing that takes no time, for comparisons with closed forms. */
        public static final Work NONE = new Work(Double.POSITIVE_INFINITY, 0, 1, 0, 0, 0, 0, 0, 1);

        /**
         * Calls at 40, 200 and 1,600 a second, which cost 470, 360 and 245 µs on two cores, are fitted by this time.
         */
        private static final double COOL_SECONDS = 0.006;

        /**
         * How far the caches have gone cold, 0 to 1.
         *
         * @param gapSeconds since the call before
         */
        public static double coldness(double gapSeconds) {
            return 1 - Math.exp(-gapSeconds / COOL_SECONDS);
        }
    }

    /**
     * What disk there is.
     *
     * @param bytesMax of records, 0 for none
     * @param recordHeadBytes what a record takes beside its body
     */
    public record Spool(long bytesMax, int recordHeadBytes) {
        /** No disk. */
        public static final Spool NONE = new Spool(0, 0);
    }
}
