package io.github.xrayd.plot;

/** Values of one name over x, as a line, steps or points, with an interval around them when it is known. */
public final class Series {
    /** How the values are drawn. */
    enum Style {
        LINE,
        STEPS,
        POINTS,
        LINE_AND_POINTS
    }

    private static final double[] NONE = {};

    private final String name;
    private final Style style;
    private final double[] x;
    private final double[] y;
    private double[] low = NONE;
    private double[] high = NONE;

    private Series(String name, Style style, double[] x, double[] y) {
        if (x.length != y.length) {
            throw new IllegalArgumentException(name + ": " + x.length + " x and " + y.length + " y");
        }
        this.name = name;
        this.style = style;
        this.x = x.clone();
        this.y = y.clone();
    }

    /** A line; NaN leaves a gap. */
    public static Series line(String name, double[] x, double[] y) {
        return new Series(name, Style.LINE, x, y);
    }

    /** Each value holds until the next. */
    public static Series steps(String name, double[] x, double[] y) {
        return new Series(name, Style.STEPS, x, y);
    }

    /** Points only. */
    public static Series points(String name, double[] x, double[] y) {
        return new Series(name, Style.POINTS, x, y);
    }

    /** A line through points that were measured. */
    public static Series measured(String name, double[] x, double[] y) {
        return new Series(name, Style.LINE_AND_POINTS, x, y);
    }

    /** Shades the interval from {@code from} to {@code to} around each value. */
    public Series band(double[] from, double[] to) {
        if (from.length != x.length || to.length != x.length) {
            throw new IllegalArgumentException(name + ": a band needs both ends for each x");
        }
        low = from.clone();
        high = to.clone();
        return this;
    }

    String name() {
        return name;
    }

    boolean hasLine() {
        return style != Style.POINTS;
    }

    boolean hasPoints() {
        return style == Style.POINTS || style == Style.LINE_AND_POINTS;
    }

    boolean isSteps() {
        return style == Style.STEPS;
    }

    int count() {
        return x.length;
    }

    double x(int index) {
        return x[index];
    }

    double y(int index) {
        return y[index];
    }

    boolean hasBand() {
        return low.length > 0;
    }

    double low(int index) {
        return low[index];
    }

    double high(int index) {
        return high[index];
    }

    void addTo(Extent xs, Extent ys) {
        xs.add(x);
        ys.add(y);
        ys.add(low);
        ys.add(high);
    }
}
