package io.github.xrayd.sandbox;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Counts and times of the calls of a service, or of those between two services. Not thread-safe. */
final class CallStatistics {
    private long ok;
    private long errors;
    private long throttles;
    private long faults;
    private double totalSeconds;
    private double startSeconds = Double.MAX_VALUE;
    private double endSeconds;
    private final Map<Double, Integer> histogram = new TreeMap<>();

    void add(Segment segment) {
        if (segment.isFault()) {
            faults++;
        } else if (segment.isThrottle()) {
            throttles++;
        } else if (segment.isError()) {
            errors++;
        } else {
            ok++;
        }
        double duration = segment.durationSeconds();
        totalSeconds += duration;
        startSeconds = Math.min(startSeconds, segment.startSeconds());
        endSeconds = Math.max(endSeconds, segment.endSeconds());
        histogram.merge(rounded(duration), 1, Integer::sum);
    }

    /** Two significant digits, so that a histogram stays small. */
    private static double rounded(double seconds) {
        if (seconds <= 0) {
            return 0;
        }
        double unit = Math.pow(10, Math.floor(Math.log10(seconds)) - 1);
        return Math.round(seconds / unit) * unit;
    }

    long count() {
        return ok + errors + throttles + faults;
    }

    Map<String, Object> summary() {
        Map<String, Object> errorCounts = new LinkedHashMap<>();
        errorCounts.put("ThrottleCount", throttles);
        errorCounts.put("OtherCount", errors);
        errorCounts.put("TotalCount", throttles + errors);
        Map<String, Object> faultCounts = new LinkedHashMap<>();
        faultCounts.put("OtherCount", faults);
        faultCounts.put("TotalCount", faults);
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("OkCount", ok);
        json.put("ErrorStatistics", errorCounts);
        json.put("FaultStatistics", faultCounts);
        json.put("TotalCount", count());
        json.put("TotalResponseTime", Json.seconds(totalSeconds));
        return json;
    }

    List<Object> histogramJson() {
        List<Object> json = new ArrayList<>();
        histogram.forEach((value, count) -> json.add(Map.of("Value", Json.seconds(value), "Count", count)));
        return json;
    }

    void times(Map<String, Object> json) {
        json.put("StartTime", Json.seconds(startSeconds));
        json.put("EndTime", Json.seconds(endSeconds));
    }
}
