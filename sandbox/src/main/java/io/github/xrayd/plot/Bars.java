package io.github.xrayd.plot;

/** One value of one name for each category, with an interval around it when it is known. */
public final class Bars {
    private static final double[] NONE = {};

    private final String name;
    private final double[] values;
    private double[] low = NONE;
    private double[] high = NONE;

    private Bars(String name, double[] values) {
        this.name = name;
        this.values = values.clone();
    }

    /** A value for each category; NaN leaves its place empty. */
    public static Bars of(String name, double... values) {
        return new Bars(name, values);
    }

    /** Draws whiskers from {@code from} to {@code to}. */
    public Bars interval(double[] from, double[] to) {
        if (from.length != values.length || to.length != values.length) {
            throw new IllegalArgumentException(name + ": an interval needs both ends for each value");
        }
        low = from.clone();
        high = to.clone();
        return this;
    }

    String name() {
        return name;
    }

    int count() {
        return values.length;
    }

    double value(int index) {
        return values[index];
    }

    boolean hasInterval(int index) {
        return low.length > 0 && Double.isFinite(low[index]) && Double.isFinite(high[index]);
    }

    double low(int index) {
        return low[index];
    }

    double high(int index) {
        return high[index];
    }

    void addTo(Extent extent) {
        extent.add(values);
        extent.add(low);
        extent.add(high);
    }
}
