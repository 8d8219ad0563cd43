package io.github.xrayd.sandbox;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A trace as a tree for a terminal: a line with its whole id, then one for each segment and subsegment below the one
 * that caused it, names, calls and times in columns, what failed marked. Pure.
 */
public final class TraceTree {
    /** The most segments and subsegments that are shown. */
    static final int ROWS_MAX = 200;

    private static final int DEPTH_MAX = 30;
    private static final int NAME_LENGTH_MAX = 40;
    private static final int LEFT_WIDTH_MAX = 56;
    private static final int DETAIL_WIDTH_MAX = 44;
    private static final int DURATION_WIDTH = 9;
    private static final int EXCEPTION_LENGTH_MAX = 120;

    private final Map<String, List<Segment>> byCaller;
    private final Set<String> visited = new HashSet<>();
    private final List<Row> rows = new ArrayList<>();
    private int count;

    private TraceTree(Trace trace) {
        byCaller = trace.segmentsByCaller();
    }

    private record Row(String left, String detail, Segment segment) {}

    /**
     * The lines, without line ends; empty when none of the documents is a segment.
     *
     * @param documents as they arrived
     */
    public static List<String> lines(String traceId, List<String> documents, TraceStyle style) {
        Trace trace = Trace.of(traceId, documents);
        return trace == null ? List.of() : lines(trace, style);
    }

    static List<String> lines(Trace trace, TraceStyle style) {
        TraceTree tree = new TraceTree(trace);
        tree.add(trace.root(), "", "");
        trace.segments().stream()
                .filter(segment -> !tree.visited.contains(segment.id()))
                .forEach(segment -> tree.add(segment, "", ""));
        List<String> lines = new ArrayList<>(tree.rows.size() + 2);
        Segment root = trace.root();
        TraceStyle.Problem problem = problem(root);
        lines.add((TraceLine.time(trace.startSeconds(), style.zone()) + "  "
                        + TerminalText.harmless(trace.id(), NAME_LENGTH_MAX) + "  "
                        + TraceLine.duration(trace.durationSeconds()) + "  "
                        + (problem == null ? "" : problem.word))
                .stripTrailing());
        int leftWidth = width(
                tree.rows.stream().mapToInt(row -> row.left().length()).max().orElse(0), LEFT_WIDTH_MAX);
        int detailWidth = width(
                tree.rows.stream().mapToInt(row -> row.detail().length()).max().orElse(0), DETAIL_WIDTH_MAX);
        for (Row row : tree.rows) {
            lines.add(line(row, leftWidth, detailWidth, style));
        }
        if (tree.count > tree.rows.size()) {
            lines.add("  … " + (tree.count - tree.rows.size()) + " more");
        }
        return lines;
    }

    private static int width(int needed, int max) {
        return Math.min(needed, max);
    }

    private static String line(Row row, int leftWidth, int detailWidth, TraceStyle style) {
        Segment segment = row.segment();
        String time = segment.isInProgress() ? "" : TraceLine.duration(segment.durationSeconds());
        StringBuilder line = new StringBuilder(128);
        line.append("  ").append(padded(row.left(), leftWidth));
        line.append("  ").append(padded(row.detail(), detailWidth));
        line.append(" ".repeat(Math.max(1, DURATION_WIDTH - time.length()))).append(time);
        appendFlag(line, segment.isFault(), TraceStyle.Problem.FAULT);
        appendFlag(line, segment.isError(), TraceStyle.Problem.ERROR);
        appendFlag(line, segment.isThrottle(), TraceStyle.Problem.THROTTLE);
        appendFlag(line, segment.isInProgress(), TraceStyle.Problem.IN_PROGRESS);
        String exception = exception(segment);
        if (!exception.isEmpty()) {
            line.append("  ").append(exception);
        }
        return style.finish(line.toString(), problem(segment));
    }

    private static String padded(String text, int width) {
        return text.length() > width ? TerminalText.harmless(text, width) : text + " ".repeat(width - text.length());
    }

    private static void appendFlag(StringBuilder line, boolean isSet, TraceStyle.Problem problem) {
        if (isSet) {
            line.append("  [").append(problem.word).append(']');
        }
    }

    private static TraceStyle.@Nullable Problem problem(Segment segment) {
        return TraceStyle.Problem.of(
                segment.isFault(), segment.isThrottle(), segment.isError(), segment.isInProgress());
    }

    private static String exception(Segment segment) {
        List<?> exceptions = Json.list(Json.object(segment.fields(), "cause"), "exceptions");
        Map<String, Object> first = exceptions.isEmpty() ? null : Json.object(exceptions.get(0));
        if (first == null) {
            return "";
        }
        String type = Json.string(first, "type", "");
        String message = Json.string(first, "message", "");
        return TerminalText.harmless(
                type.isEmpty() || message.isEmpty() ? type + message : type + ": " + message, EXCEPTION_LENGTH_MAX);
    }

    private void add(Segment segment, String prefix, String below) {
        if (!visited.add(segment.id())) {
            return;
        }
        count++;
        if (rows.size() < ROWS_MAX) {
            rows.add(
                    new Row(prefix + TerminalText.harmless(segment.name(), NAME_LENGTH_MAX), detail(segment), segment));
        }
        List<Segment> children = new ArrayList<>(segment.children());
        children.addAll(byCaller.getOrDefault(segment.id(), List.of()));
        children.sort(Comparator.comparingDouble(Segment::startSeconds));
        boolean isDeep = below.length() >= 3 * DEPTH_MAX;
        for (int i = 0; i < children.size(); i++) {
            boolean isLast = i == children.size() - 1;
            add(
                    children.get(i),
                    isDeep ? below : below + (isLast ? "└─ " : "├─ "),
                    isDeep ? below : below + (isLast ? "   " : "│  "));
        }
    }

    private static String detail(Segment segment) {
        String call = TraceLine.call(
                Json.string(segment.httpRequest(), "method"),
                Json.string(segment.httpRequest(), "url"),
                segment.httpStatus());
        if (!call.isEmpty()) {
            return call;
        }
        Map<String, Object> aws = Json.object(segment.fields(), "aws");
        String operation = Json.string(aws, "operation", "");
        String resource = Json.string(aws, "table_name", Json.string(aws, "queue_url", ""));
        if (segment.fields().containsKey("sql")) {
            operation = "SQL";
        }
        return TerminalText.harmless((operation + " " + resource).strip(), DETAIL_WIDTH_MAX);
    }
}
