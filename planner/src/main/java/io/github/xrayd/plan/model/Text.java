package io.github.xrayd.plan.model;

import io.github.xrayd.plot.Unit;
import java.util.Locale;

/** Numbers as readers want them. */
public final class Text {
    private Text() {}

    /** {@code 1,234} or {@code 1.25}: three digits at least. */
    public static String number(double value) {
        if (Double.isInfinite(value)) {
            return "no end";
        }
        return Math.abs(value) >= 100 ? String.format(Locale.ROOT, "%,.0f", value) : Unit.NUMBER.text(value);
    }

    /** A whole number. */
    public static String number(long value) {
        return number((double) value);
    }

    /** Bytes in powers of 1,024. */
    public static String bytes(long value) {
        return bytes((double) value);
    }

    /** Bytes in powers of 1,024. */
    public static String bytes(double value) {
        return Unit.BYTES.text(value);
    }

    /** Seconds in the unit that reads best. */
    public static String seconds(long value) {
        return seconds((double) value);
    }

    /** Seconds in the unit that reads best. */
    public static String seconds(double value) {
        return Double.isInfinite(value) ? "for ever" : Unit.SECONDS.text(value);
    }

    /** A share as a percentage. */
    public static String share(double value) {
        return Unit.PERCENT.text(value);
    }

    /** A formula with numbers. */
    public static String format(String pattern, Object... values) {
        return String.format(Locale.ROOT, pattern, values);
    }
}
