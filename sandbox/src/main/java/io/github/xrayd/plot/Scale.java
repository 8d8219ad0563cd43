package io.github.xrayd.plot;

import java.util.ArrayList;
import java.util.List;

/**
 * Where a value lies between the two ends of an axis.
 *
 * @param unit what is counted
 * @param isLog whether equal distances are equal ratios
 * @param min the value at the near end
 * @param max the value at the far end
 * @param step between ticks of a linear scale
 */
record Scale(Unit unit, boolean isLog, double min, double max, double step) {
    private static final double MARGIN = 1e-9;

    /**
     * A scale for an axis whose values lie in an extent, with round ends where the axis leaves them open.
     *
     * @param ticksMax about how many ticks there is room for
     */
    static Scale of(Axis axis, Extent extent, int ticksMax) {
        return axis.isLog() ? log(axis, extent) : linear(axis, extent, Math.max(2, ticksMax));
    }

    private static Scale linear(Axis axis, Extent extent, int ticksMax) {
        double low = Double.isNaN(axis.min()) ? (extent.isEmpty() ? 0 : Math.min(0, extent.min())) : axis.min();
        double high = Double.isNaN(axis.max()) ? (extent.isEmpty() ? low + 1 : extent.max()) : axis.max();
        if (high <= low) {
            high = low == 0 ? 1 : low + Math.abs(low);
        }
        double step = axis.unit().step((high - low) / ticksMax);
        double min = Double.isNaN(axis.min()) ? Math.floor(low / step + MARGIN) * step : low;
        double max = Double.isNaN(axis.max()) ? Math.ceil(high / step - MARGIN) * step : high;
        return new Scale(axis.unit(), false, min, max, step);
    }

    private static Scale log(Axis axis, Extent extent) {
        double low = extent.isEmpty() ? 1 : extent.min();
        double high = extent.isEmpty() ? 10 : extent.max();
        double base = axis.unit() == Unit.BYTES ? 2 : 10;
        double min = Double.isNaN(axis.min()) ? roundDown(low, base) : axis.min();
        double max = Double.isNaN(axis.max()) ? roundUp(high, base) : axis.max();
        if (max <= min) {
            max = min * base;
        }
        return new Scale(axis.unit(), true, min, max, Double.NaN);
    }

    /** The largest 1, 2 or 5 of a decade, or power of two, at or below. */
    private static double roundDown(double value, double base) {
        double power = Math.pow(base, Math.floor(Math.log(value) / Math.log(base) + MARGIN));
        if (base == 2) {
            return power;
        }
        double mantissa = value / power * (1 + MARGIN);
        return power * (mantissa >= 5 ? 5 : mantissa >= 2 ? 2 : 1);
    }

    private static double roundUp(double value, double base) {
        double down = roundDown(value, base);
        double factor = base == 2 ? 2 : Math.abs(down / decadeOf(down) - 2) < 0.1 ? 2.5 : 2;
        return down >= value * (1 - MARGIN) ? down : down * factor;
    }

    private static double decadeOf(double value) {
        return Math.pow(10, Math.floor(Math.log10(value) + MARGIN));
    }

    /** 0 at the near end, 1 at the far one; outside of both for values outside. */
    double position(double value) {
        if (!isLog) {
            return (value - min) / (max - min);
        }
        return value <= 0 ? 0 : Math.log(value / min) / Math.log(max / min);
    }

    /**
     * The values that deserve a line and a label, ascending.
     *
     * @param ticksMax about how many there is room for
     */
    List<Double> ticks(int ticksMax) {
        return isLog ? logTicks(Math.max(2, ticksMax)) : linearTicks();
    }

    private List<Double> linearTicks() {
        List<Double> ticks = new ArrayList<>();
        long first = (long) Math.ceil(min / step - MARGIN);
        for (long i = first; i * step <= max + step * MARGIN; i++) {
            ticks.add(i * step);
        }
        return ticks;
    }

    private List<Double> logTicks(int ticksMax) {
        double base = unit == Unit.BYTES ? 2 : 10;
        double[][] choices = base == 2 ? new double[][] {{1}} : new double[][] {{1, 2, 5}, {1}};
        for (double[] mantissas : choices) {
            List<Double> ticks = powers(base, 1, mantissas);
            if (ticks.size() <= ticksMax) {
                return ticks;
            }
        }
        for (int every = 2; ; every++) {
            List<Double> ticks = powers(base, every, new double[] {1});
            if (ticks.size() <= ticksMax) {
                return ticks;
            }
        }
    }

    private List<Double> powers(double base, int every, double[] mantissas) {
        List<Double> ticks = new ArrayList<>();
        int first = (int) Math.floor(Math.log(min) / Math.log(base) + MARGIN);
        int last = (int) Math.ceil(Math.log(max) / Math.log(base) - MARGIN);
        for (int exponent = first; exponent <= last; exponent++) {
            if (Math.floorMod(exponent, every) != 0) {
                continue;
            }
            for (double mantissa : mantissas) {
                double tick = exponent < 0 ? mantissa / Math.pow(base, -exponent) : mantissa * Math.pow(base, exponent);
                if (tick >= min * (1 - MARGIN) && tick <= max * (1 + MARGIN)) {
                    ticks.add(tick);
                }
            }
        }
        return ticks;
    }
}
