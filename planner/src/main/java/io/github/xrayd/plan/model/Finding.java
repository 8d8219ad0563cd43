package io.github.xrayd.plan.model;

import java.util.List;

/**
 * Something the reader must know.
 *
 * @param isLimit whether the plan does not reach its target because of it
 * @param text what
 * @param options what can be done about it
 */
public record Finding(boolean isLimit, String text, List<String> options) {
    static Finding limit(String text, String... options) {
        return new Finding(true, text, List.of(options));
    }

    static Finding note(String text) {
        return new Finding(false, text, List.of());
    }
}
