package io.github.xrayd.load;

import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.zip.DataFormatException;
import org.HdrHistogram.Histogram;

/**
 * What became of a run's documents, by the endpoint's account.
 *
 * @param sent datagrams that were sent
 * @param arrived documents that arrived, each counted once
 * @param duplicated arrivals beyond the first of a document
 * @param outOfRange arrivals that bear the run's id but a sequence number it never sent
 * @param p50Micros latency from sending to delivery: median; the others alike, all in microseconds
 * @param histogramBase64 the whole latency distribution as a compressed HdrHistogram; empty when there is none
 * @param missing some of the sequence numbers that did not arrive, lowest first
 */
public record VerifyReport(
        long sent,
        long arrived,
        long duplicated,
        long outOfRange,
        long p50Micros,
        long p90Micros,
        long p99Micros,
        long p999Micros,
        long maxMicros,
        double meanMicros,
        String histogramBase64,
        List<Long> missing) {
    static VerifyReport of(LoadReport report, RunStatus status) {
        RunStatus.Latency latency = status.latency();
        return new VerifyReport(
                report.sent(),
                status.distinct(),
                status.duplicated(),
                status.outOfRange(),
                latency.p50(),
                latency.p90(),
                latency.p99(),
                latency.p999(),
                latency.max(),
                latency.mean(),
                status.histogram(),
                status.missing().stream()
                        .filter(sequence -> sequence < report.sequenceLimit())
                        .toList());
    }

    /** How many documents were sent and never arrived. */
    public long lost() {
        return Math.max(0, sent - arrived);
    }

    /** The whole latency distribution in microseconds, if the endpoint gave one that can be read. */
    public Optional<Histogram> histogram() {
        if (histogramBase64.isEmpty()) {
            return Optional.empty();
        }
        try {
            byte[] bytes = Base64.getDecoder().decode(histogramBase64);
            return Optional.of(Histogram.decodeFromCompressedByteBuffer(ByteBuffer.wrap(bytes), 0));
        } catch (DataFormatException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
