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
 * @param latency from sending to delivery
 * @param histogramBase64 the whole latency distribution as a compressed HdrHistogram; empty when there is none
 * @param missing some of the sequence numbers that did not arrive, lowest first
 */
public record VerifyReport(
        long sent,
        long arrived,
        long duplicated,
        long outOfRange,
        Latency latency,
        String histogramBase64,
        List<Long> missing) {
    /** Latency in microseconds: the median, further percentiles, the longest and the mean. */
    public record Latency(long p50, long p90, long p99, long p999, long max, double mean) {}

    static VerifyReport of(LoadReport report, RunStatus status) {
        return new VerifyReport(
                report.sent(),
                status.distinct(),
                status.duplicated(),
                status.outOfRange(),
                status.latency(),
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
