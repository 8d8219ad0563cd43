package io.github.xrayd.report;

import java.util.Map;

/**
 * One run of a case, as the load test wrote it.
 *
 * @param json its figures by name
 */
record Run(Map<?, ?> json) {
    /** A figure, {@code a.b} for the member b of a; NaN when there is none. */
    double figure(String path) {
        return figure(json, path);
    }

    private static double figure(Map<?, ?> json, String path) {
        int dot = path.indexOf('.');
        if (dot >= 0) {
            return json.get(path.substring(0, dot)) instanceof Map<?, ?> inner
                    ? figure(inner, path.substring(dot + 1))
                    : Double.NaN;
        }
        return json.get(path) instanceof Number number ? number.doubleValue() : Double.NaN;
    }

    /** A text; empty when there is none. */
    String text(String name) {
        return json.get(name) instanceof String text ? text : "";
    }

    /** The case's name. */
    String caseName() {
        return text("case");
    }

    /** The map of that name; empty when there is none. */
    Map<?, ?> map(String name) {
        return json.get(name) instanceof Map<?, ?> map ? map : Map.of();
    }
}
