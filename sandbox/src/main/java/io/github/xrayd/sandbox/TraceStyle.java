package io.github.xrayd.sandbox;

import java.time.ZoneId;
import org.jspecify.annotations.Nullable;

/**
 * How traces are written to a terminal. Immutable.
 *
 * @param zone for times of day
 * @param columns the terminal's width, or 0 when lines have no bound
 * @param isColored whether problems have ANSI colours
 */
public record TraceStyle(ZoneId zone, int columns, boolean isColored) {
    private static final String RESET = "\u001b[0m";

    /** What happened to a segment; the first one that fits. */
    enum Problem {
        FAULT("fault", "\u001b[31m"),
        THROTTLE("throttle", "\u001b[35m"),
        ERROR("error", "\u001b[33m"),
        IN_PROGRESS("in progress", "\u001b[36m");

        final String word;
        final String color;

        Problem(String word, String color) {
            this.word = word;
            this.color = color;
        }

        static @Nullable Problem of(boolean isFault, boolean isThrottle, boolean isError, boolean isInProgress) {
            return isFault ? FAULT : isThrottle ? THROTTLE : isError ? ERROR : isInProgress ? IN_PROGRESS : null;
        }
    }

    /** The line, cut to the width and then coloured by the problem. */
    String finish(String line, @Nullable Problem problem) {
        String text = line.stripTrailing();
        if (columns > 0 && text.codePointCount(0, text.length()) > columns) {
            text = text.substring(0, text.offsetByCodePoints(0, columns - 1)) + "…";
        }
        return problem == null || !isColored ? text : problem.color + text + RESET;
    }
}
