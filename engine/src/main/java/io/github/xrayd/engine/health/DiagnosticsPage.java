package io.github.xrayd.engine.health;

import io.github.xrayd.engine.http.Route;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * {@code /diagnostics}: one text for a bug report, made of the other pages, more reports and the stacks of all threads.
 * It names classes, settings and the last errors; no secrets and no documents. A part that cannot be made says why, and
 * the others follow.
 */
public final class DiagnosticsPage implements Route {
    private final Map<String, Route> parts;

    /** A page of these pages in their order, by the heading of each. */
    public DiagnosticsPage(Map<String, Route> parts) {
        this.parts = new LinkedHashMap<>(parts);
    }

    /** Its parts have their own; the stacks would stop every thread for a moment. */
    @Override
    public void rehearse() {
        // Nothing to load: this class is there, and what it calls is the JDK's or another page's.
    }

    @Override
    public Page page() {
        StringBuilder text = new StringBuilder(64 << 10);
        text.append("xrayd diagnostics, ").append(Instant.now()).append('\n');
        parts.forEach((heading, part) -> {
            text.append("\n== ").append(heading).append(" ==\n").append(body(part));
        });
        text.append("\n== threads ==\n");
        Map<String, Map.Entry<Thread, StackTraceElement[]>> byName = new TreeMap<>();
        for (Map.Entry<Thread, StackTraceElement[]> each :
                Thread.getAllStackTraces().entrySet()) {
            Thread thread = each.getKey();
            byName.put(thread.getName() + " #" + thread.getId(), each);
        }
        byName.forEach((name, each) -> {
            text.append(name)
                    .append(' ')
                    .append(each.getKey().getState())
                    .append(each.getKey().isDaemon() ? " daemon" : "")
                    .append(" priority ")
                    .append(each.getKey().getPriority())
                    .append('\n');
            for (StackTraceElement frame : each.getValue()) {
                text.append("    at ").append(frame).append('\n');
            }
        });
        return new Page(200, "text/plain; charset=utf-8", text.toString());
    }

    /** A report is asked for when something is wrong, and must come out all the same. */
    private static String body(Route part) {
        try {
            return part.page().body();
        } catch (RuntimeException | LinkageError e) {
            return "cannot be made: " + e + "\n";
        }
    }
}
