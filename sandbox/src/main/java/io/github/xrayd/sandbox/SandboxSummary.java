package io.github.xrayd.sandbox;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * Adds up what arrived, for a summary at the end: counts, services, the slowest, the troubled. A listener; thread-safe;
 * bounded.
 */
public final class SandboxSummary implements ArrivalListener {
    private static final int SERVICES_MAX = 1_000;
    private static final int SERVICES_SHOWN_MAX = 20;
    private static final int SLOWEST_MAX = 5;
    private static final int REFUSALS_MAX = 20;
    private static final int NAME_LENGTH_MAX = 40;
    private static final String OTHERS = "(others)";

    private final Map<String, Service> services = new TreeMap<>();
    private final List<Slow> slowest = new ArrayList<>();
    private final Map<String, Long> refusals = new TreeMap<>();
    private long documents;
    private long characters;
    private long segments;
    private long streamedSubsegments;
    private long inProgress;
    private long opaque;

    private static final class Service {
        long segments;
        long faults;
        long errors;
        long throttles;
        double totalSeconds;
        double maxSeconds;
    }

    private record Slow(double seconds, String traceId, String name) {}

    @Override
    public void onDocument(String document, long arrivalMicros) {
        add(document, Segment.parse(document));
    }

    @Override
    public synchronized void onRefused(String document, String errorCode, String message, long arrivalMicros) {
        String reason = errorCode + ": " + message;
        if (refusals.containsKey(reason) || refusals.size() < REFUSALS_MAX) {
            refusals.merge(reason, 1L, Long::sum);
        }
    }

    private synchronized void add(String document, List<Segment> parsed) {
        documents++;
        characters += document.length();
        if (parsed.isEmpty()) {
            opaque++;
        }
        for (Segment segment : parsed) {
            if (segment.isSubsegment()) {
                streamedSubsegments++;
            } else if (segment.isInProgress()) {
                inProgress++;
            } else {
                add(segment);
            }
        }
    }

    private void add(Segment segment) {
        segments++;
        String name = TerminalText.harmless(segment.name(), NAME_LENGTH_MAX);
        if (!services.containsKey(name) && services.size() >= SERVICES_MAX) {
            name = OTHERS;
        }
        Service service = services.computeIfAbsent(name, key -> new Service());
        double seconds = segment.durationSeconds();
        service.segments++;
        service.faults += segment.isFault() ? 1 : 0;
        service.errors += segment.isError() ? 1 : 0;
        service.throttles += segment.isThrottle() ? 1 : 0;
        service.totalSeconds += seconds;
        service.maxSeconds = Math.max(service.maxSeconds, seconds);
        if (slowest.size() < SLOWEST_MAX
                || seconds > slowest.get(slowest.size() - 1).seconds()) {
            slowest.add(new Slow(seconds, TerminalText.harmless(segment.traceId(), 36), name));
            slowest.sort(Comparator.comparingDouble(Slow::seconds).reversed());
            if (slowest.size() > SLOWEST_MAX) {
                slowest.remove(SLOWEST_MAX);
            }
        }
    }

    /** Documents received. */
    public synchronized long documents() {
        return documents;
    }

    /** The summary, a line each, fit for a terminal. */
    public synchronized List<String> lines() {
        List<String> lines = new ArrayList<>();
        lines.add(String.format(
                Locale.ROOT,
                "%,d documents (%,d characters): %,d segments, %,d streamed subsegments, %,d in progress, %,d opaque",
                documents,
                characters,
                segments,
                streamedSubsegments,
                inProgress,
                opaque));
        refusals.forEach((reason, count) -> lines.add(
                String.format(Locale.ROOT, "%,d unprocessed: %s", count, TerminalText.harmless(reason, 160))));
        if (services.isEmpty()) {
            return lines;
        }
        lines.add(String.format(
                Locale.ROOT,
                "%-24s %10s %8s %8s %9s %10s %10s",
                "service",
                "segments",
                "faults",
                "errors",
                "throttles",
                "mean",
                "slowest"));
        services.entrySet().stream()
                .sorted(Map.Entry.comparingByValue(Comparator.comparingLong((Service service) -> service.segments)
                        .reversed()))
                .limit(SERVICES_SHOWN_MAX)
                .forEach(entry -> lines.add(line(entry.getKey(), entry.getValue())));
        if (services.size() > SERVICES_SHOWN_MAX) {
            lines.add("and " + (services.size() - SERVICES_SHOWN_MAX) + " more services");
        }
        for (Slow slow : slowest) {
            lines.add("slow: " + TraceLine.duration(slow.seconds()) + "  " + slow.traceId() + "  " + slow.name());
        }
        return lines;
    }

    private static String line(String name, Service service) {
        return String.format(
                Locale.ROOT,
                "%-24s %,10d %,8d %,8d %,9d %10s %10s",
                name,
                service.segments,
                service.faults,
                service.errors,
                service.throttles,
                TraceLine.duration(service.totalSeconds / service.segments),
                TraceLine.duration(service.maxSeconds));
    }
}
