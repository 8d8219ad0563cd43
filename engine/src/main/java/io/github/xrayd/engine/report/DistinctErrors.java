package io.github.xrayd.engine.report;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Errors by their kind, with count, first and last time and the last one's text. Not more than a given number of kinds;
 * what comes beyond is counted together. Not thread-safe.
 */
public final class DistinctErrors {
    private static final int TEXT_MAX = 500;
    private static final String OTHERS = "others";

    private static final class Seen {
        long count;
        long firstMs;
        long lastMs;
        String last = "";
    }

    private final int kindsMax;
    private final Map<String, Seen> kinds = new LinkedHashMap<>();

    /** @param kindsMax the most kinds that are distinguished */
    public DistinctErrors(int kindsMax) {
        this.kindsMax = kindsMax;
    }

    /**
     * Counts some.
     *
     * @param nowMs the time, in milliseconds since 1970
     */
    public void add(String kind, long count, String text, long nowMs) {
        boolean isFull = kinds.size() >= kindsMax && !kinds.containsKey(kind);
        Seen seen = kinds.computeIfAbsent(isFull ? OTHERS : kind, key -> new Seen());
        seen.firstMs = seen.count == 0 ? nowMs : seen.firstMs;
        seen.count += count;
        seen.lastMs = nowMs;
        seen.last = shortened(text);
    }

    /** At most {@value #TEXT_MAX} characters of a text. */
    static String shortened(String text) {
        return text.length() <= TEXT_MAX ? text : text.substring(0, TEXT_MAX) + "…";
    }

    /**
     * Appends a line for each kind, in the order of their first.
     *
     * @param start what each line begins with
     * @param isKindShown whether the kind stands behind the count
     */
    public void appendTo(StringBuilder text, String start, boolean isKindShown) {
        kinds.forEach((kind, seen) -> text.append(start)
                .append(seen.count)
                .append(isKindShown ? " x " + kind : " x")
                .append(", first ")
                .append(Instant.ofEpochMilli(seen.firstMs))
                .append(", last ")
                .append(Instant.ofEpochMilli(seen.lastMs))
                .append(": ")
                .append(seen.last)
                .append('\n'));
    }
}
