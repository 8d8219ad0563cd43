package io.github.xrayd.cli;

import io.github.xrayd.cli.log.LogText;
import io.github.xrayd.connectors.compare.Comparison;
import io.github.xrayd.connectors.compare.ComparisonSummary;
import io.github.xrayd.connectors.compare.Difference;
import io.github.xrayd.connectors.compare.Difference.Kind;
import io.github.xrayd.connectors.compare.Difference.Place;
import io.github.xrayd.engine.json.JsonText;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Prints what {@code xray compare} finds: text as it is found, or JSON at the end; progress every few seconds. */
final class CompareReport implements Comparison.Listener {
    private static final long PROGRESS_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final PrintStream out;
    private final PrintStream err;
    private final int limit;
    private final boolean isJson;
    private final List<Object> differences = new ArrayList<>();
    private long found;
    private long progressNanos = System.nanoTime();

    /** @param limit how many differences are printed */
    CompareReport(PrintStream out, PrintStream err, int limit, boolean isJson) {
        this.out = out;
        this.err = err;
        this.limit = limit;
        this.isJson = isJson;
    }

    @Override
    public void onProgress(boolean isA, long records, int part, int parts) {
        long now = System.nanoTime();
        if (now - progressNanos >= PROGRESS_NANOS) {
            progressNanos = now;
            err.println("xray compare: part " + part + " of " + parts + ": " + (isA ? "A " : "B ") + number(records)
                    + " records read");
        }
    }

    @Override
    public void onDifference(Difference difference) {
        if (found++ >= limit) {
            return;
        }
        if (isJson) {
            differences.add(json(difference));
            return;
        }
        String what = difference.id().isEmpty()
                ? "trace " + difference.traceId() + " (" + difference.spans() + " segments and subsegments, first \""
                        + difference.name() + "\")"
                : (difference.isSubsegment() ? "subsegment " : "segment ") + difference.traceId() + " "
                        + difference.id() + " \"" + difference.name() + "\""
                        + (difference.spans() > 1 ? " with " + (difference.spans() - 1) + " subsegments" : "");
        out.println(word(difference.kind()) + "  " + LogText.escaped(what));
        for (Place place : difference.places()) {
            out.println("           " + LogText.escaped(place.path() + ": " + text(place)));
        }
        if (difference.places().size() == Comparison.PLACES_MAX) {
            out.println("           … and maybe more");
        }
    }

    private static String text(Place place) {
        if (place.b() == null) {
            return place.a() + " in A, nothing in B";
        }
        return (place.a() == null ? "nothing" : place.a()) + " in A, " + place.b() + " in B";
    }

    private static String word(Kind kind) {
        return switch (kind) {
            case ONLY_IN_A -> "only in A";
            case ONLY_IN_B -> "only in B";
            case DIFFERENT -> "different";
        };
    }

    private static Map<String, Object> json(Difference difference) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("kind", word(difference.kind()).replace(" in ", "In"));
        json.put("traceId", difference.traceId());
        if (!difference.id().isEmpty()) {
            json.put("id", difference.id());
            json.put("type", difference.isSubsegment() ? "subsegment" : "segment");
        }
        json.put("name", difference.name());
        json.put("spans", difference.spans());
        List<Object> places = new ArrayList<>();
        for (Place place : difference.places()) {
            Map<String, @Nullable Object> one = new LinkedHashMap<>();
            one.put("path", place.path());
            one.put("a", place.a());
            one.put("b", place.b());
            places.add(one);
        }
        json.put("places", places);
        return json;
    }

    /** Prints the counts. */
    void end(ComparisonSummary summary) {
        if (isJson) {
            out.println(JsonText.of(json(summary)));
            return;
        }
        if (found > limit) {
            out.println("… " + number(found - limit) + " more differences (--limit)");
        }
        out.println("A: " + text(summary.a()));
        out.println("B: " + text(summary.b()));
        if (summary.outside() > 0) {
            out.println("not compared, outside the time range: " + number(summary.outside()) + " traces");
        }
        out.println((summary.isEqual() ? "equal: " : "not equal: ") + number(summary.equal())
                + " segments and subsegments are the same, " + number(summary.different()) + " differ, "
                + number(summary.onlyInA()) + " only in A, " + number(summary.onlyInB()) + " only in B");
    }

    private static String text(ComparisonSummary.Side side) {
        StringBuilder text = new StringBuilder(number(side.traces()) + " traces, " + number(side.spans())
                + " segments and subsegments in " + number(side.documents()) + " documents");
        add(text, side.replaced(), " in progress and replaced");
        add(text, side.repeated(), " came again");
        add(text, side.unsampled(), " unsampled or metrics");
        side.unreadableReasons()
                .forEach((reason, count) -> add(text, count, " unreadable (" + LogText.escaped(reason) + ")"));
        return text.toString();
    }

    private static void add(StringBuilder text, long count, String what) {
        if (count > 0) {
            text.append(", ").append(number(count)).append(what);
        }
    }

    private Map<String, Object> json(ComparisonSummary summary) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("equal", summary.isEqual());
        json.put("a", json(summary.a()));
        json.put("b", json(summary.b()));
        json.put("same", summary.equal());
        json.put("different", summary.different());
        json.put("onlyInA", summary.onlyInA());
        json.put("onlyInB", summary.onlyInB());
        json.put("outside", summary.outside());
        json.put("parts", summary.parts());
        json.put("found", found);
        json.put("differences", differences);
        return json;
    }

    private static Map<String, Object> json(ComparisonSummary.Side side) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("traces", side.traces());
        json.put("documents", side.documents());
        json.put("spans", side.spans());
        json.put("replaced", side.replaced());
        json.put("repeated", side.repeated());
        json.put("unsampled", side.unsampled());
        json.put("unreadable", side.unreadable());
        return json;
    }

    private static String number(long count) {
        return String.format(Locale.ROOT, "%,d", count);
    }
}
