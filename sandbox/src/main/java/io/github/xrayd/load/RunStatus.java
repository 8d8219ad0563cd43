package io.github.xrayd.load;

import com.dslplatform.json.DslJson;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the endpoint says about a run, as its JSON has it; counts are of segment documents, times are microseconds.
 *
 * @param arrived every arrival, repeated ones too
 * @param distinct different sequence numbers
 * @param duplicated arrivals beyond the first of a sequence number
 * @param outOfRange arrivals whose sequence number is at or above the capacity that was announced
 * @param latency from the time of sending to the arrival
 * @param histogram base64 of a compressed HdrHistogram of the latency; empty when there is none
 * @param missing some of the sequence numbers that have not arrived, lowest first
 */
record RunStatus(
        long arrived,
        long distinct,
        long duplicated,
        long outOfRange,
        VerifyReport.Latency latency,
        String histogram,
        List<Long> missing) {
    private static final DslJson<Object> JSON = new DslJson<>();

    /**
     * Reads the endpoint's answer.
     *
     * @throws IOException saying what is missing
     */
    static RunStatus parse(byte[] json) throws IOException {
        Map<?, ?> run = JSON.deserialize(Map.class, json, json.length);
        if (run == null) {
            throw new IOException("the answer is empty");
        }
        Map<?, ?> latency = run.get("latencyMicros") instanceof Map<?, ?> map ? map : Map.of();
        List<Long> missing = run.get("missing") instanceof List<?> list
                ? list.stream().map(RunStatus::sequence).toList()
                : List.of();
        return new RunStatus(
                count(run, "arrived"),
                count(run, "distinct"),
                count(run, "duplicated"),
                run.containsKey("outOfRange") ? count(run, "outOfRange") : 0,
                new VerifyReport.Latency(
                        figure(latency, "p50"),
                        figure(latency, "p90"),
                        figure(latency, "p99"),
                        figure(latency, "p999"),
                        figure(latency, "max"),
                        number(latency.get("mean")).doubleValue()),
                run.get("histogram") instanceof String text ? text : "",
                missing);
    }

    private static long count(Map<?, ?> run, String name) throws IOException {
        if (run.get(name) instanceof Number number) {
            return number.longValue();
        }
        throw new IOException("the answer has no number named " + name);
    }

    private static long figure(Map<?, ?> latency, String name) {
        return number(latency.get(name)).longValue();
    }

    private static long sequence(Object value) {
        return number(value).longValue();
    }

    private static Number number(@Nullable Object value) {
        return value instanceof Number number ? number : 0L;
    }
}
