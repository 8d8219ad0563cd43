package io.github.xrayd.cli.log;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Distinct warnings and errors with their counts: events of one template are one. At most {@value #KINDS_MAX} of them;
 * what comes beyond is counted together. Any thread.
 */
final class DistinctEvents {
    private static final int KINDS_MAX = 64;
    private static final int TEXT_MAX = 500;
    private static final String OTHERS = "others";

    private static final class Kind {
        long count;
        long firstMs;
        long lastMs;
        String last = "";
    }

    private final Map<String, Kind> kinds = new LinkedHashMap<>();

    synchronized void add(LogEvent event, long nowMs) {
        String name = event.logger() + ' ' + event.template();
        boolean isFull = kinds.size() >= KINDS_MAX && !kinds.containsKey(name);
        Kind kind = kinds.computeIfAbsent(isFull ? OTHERS : name, key -> new Kind());
        kind.firstMs = kind.count == 0 ? nowMs : kind.firstMs;
        kind.count++;
        kind.lastMs = nowMs;
        String text = event.level() + " " + event.text().replace('\n', ' ');
        kind.last = text.length() <= TEXT_MAX ? text : text.substring(0, TEXT_MAX) + "…";
    }

    /** One a line, in the order of their first. */
    synchronized String text() {
        StringBuilder text = new StringBuilder();
        for (Kind kind : kinds.values()) {
            text.append(kind.count)
                    .append(" x, first ")
                    .append(Instant.ofEpochMilli(kind.firstMs))
                    .append(", last ")
                    .append(Instant.ofEpochMilli(kind.lastMs))
                    .append(": ")
                    .append(kind.last)
                    .append('\n');
        }
        return text.isEmpty() ? "none\n" : text.toString();
    }
}
