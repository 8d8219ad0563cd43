package io.github.xrayd.engine.health;

import io.github.xrayd.engine.http.Route;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;

/**
 * {@code /diagnostics}: one text for a bug report, made of the other pages and the stacks of all threads. It names classes, settings and the last
 * errors; no secrets and no documents.
 */
public final class DiagnosticsPage implements Route {
    private final Map<String, Route> parts;

    /** A page of these pages, by the heading of each. */
    public DiagnosticsPage(Map<String, Route> parts) {
        this.parts = new TreeMap<>(parts);
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
            text.append("\n== ")
                    .append(heading)
                    .append(" ==\n")
                    .append(part.page().body());
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
}
