package io.github.xrayd.loadtest;

import io.github.xrayd.results.ResultFolder;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.LinkedHashMap;
import java.util.Map;
import org.HdrHistogram.Histogram;

/** Writes latency distributions: percentiles into the result, and the whole into an HdrHistogram file beside it. */
final class Histograms {
    private static final int TICKS_PER_HALF = 5;
    private static final double[] PERCENTILES = {
        0, 10, 20, 30, 40, 50, 60, 70, 80, 90, 95, 98, 99, 99.5, 99.8, 99.9, 99.95, 99.99, 99.999, 100
    };

    private final ResultFolder folder;

    Histograms(ResultFolder folder) {
        this.folder = folder;
    }

    /**
     * Puts the distribution into a result.
     *
     * @param micros latencies from sending to arrival, in microseconds; an empty one is left out
     * @param name of the file, without its end
     */
    void put(Map<String, Object> result, Histogram micros, String name) throws IOException {
        if (micros.getTotalCount() == 0) {
            return;
        }
        Map<String, Object> latency = new LinkedHashMap<>();
        latency.put("p50", micros.getValueAtPercentile(50));
        latency.put("p99", micros.getValueAtPercentile(99));
        latency.put("p999", micros.getValueAtPercentile(99.9));
        latency.put("max", micros.getMaxValue());
        latency.put("mean", micros.getMean());
        result.put("latencyMicros", latency);
        Map<String, Object> percentiles = new LinkedHashMap<>();
        for (double percentile : PERCENTILES) {
            percentiles.put(Double.toString(percentile), micros.getValueAtPercentile(percentile));
        }
        result.put("latencyPercentiles", percentiles);
        String file = name + ".hgrm";
        try (OutputStream output = Files.newOutputStream(folder.file(file));
                PrintStream print = new PrintStream(output, false, StandardCharsets.UTF_8)) {
            micros.outputPercentileDistribution(print, TICKS_PER_HALF, 1.0);
        }
        result.put("histogram", file);
    }
}
