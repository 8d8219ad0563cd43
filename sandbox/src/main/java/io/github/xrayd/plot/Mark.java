package io.github.xrayd.plot;

/**
 * A reference in a chart: a line, or a span between two values.
 *
 * @param isHorizontal whether it runs across, at values of the upright axis
 * @param from the value
 * @param to the other end of a span, or {@code from} for a line
 * @param label what it stands for
 */
public record Mark(boolean isHorizontal, double from, double to, String label) {
    /** A line across at a value of the upright axis. */
    public static Mark atY(double value, String label) {
        return new Mark(true, value, value, label);
    }

    /** An upright line at a value of the axis below. */
    public static Mark atX(double value, String label) {
        return new Mark(false, value, value, label);
    }

    /** An upright span between two values of the axis below. */
    public static Mark spanX(double from, double to, String label) {
        return new Mark(false, from, to, label);
    }

    boolean isLine() {
        return from == to;
    }
}
