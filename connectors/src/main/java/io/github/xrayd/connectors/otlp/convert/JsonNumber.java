package io.github.xrayd.connectors.otlp.convert;

import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/** A number as its JSON text, so that no digit of it is lost. Immutable. */
public record JsonNumber(String text) {
    private static final int LONG_DIGITS_MAX = 18;
    private static final int EXACT_LENGTH_MAX = 40;
    private static final int EXPONENT_MAX = 40;
    private static final int NANOS_DIGITS = 9;
    private static final long[] POWERS_OF_10 = new long[LONG_DIGITS_MAX + 1];

    static {
        long power = 1;
        for (int i = 0; i < POWERS_OF_10.length; i++) {
            POWERS_OF_10[i] = power;
            power *= 10;
        }
    }

    /** The integer that the text spells in its usual form, or null when it spells another number or in another form. */
    @Nullable
    Long exactLong() {
        int start = text.startsWith("-") ? 1 : 0;
        int digits = text.length() - start;
        if (digits == 0 || digits > LONG_DIGITS_MAX || (text.charAt(start) == '0' && text.length() > 1)) {
            return null;
        }
        long value = 0;
        for (int i = start; i < text.length(); i++) {
            int digit = text.charAt(i) - '0';
            if (digit < 0 || digit > 9) {
                return null;
            }
            value = value * 10 + digit;
        }
        return start == 1 ? -value : value;
    }

    /** The double that is exactly this number when it is written again, or null when there is none. */
    @Nullable
    Double exactDouble() {
        if (text.length() > EXACT_LENGTH_MAX) {
            return null;
        }
        double value = Double.parseDouble(text);
        if (!Double.isFinite(value)) {
            return null;
        }
        boolean isExact = new BigDecimal(Double.toString(value)).compareTo(new BigDecimal(text)) == 0;
        return isExact ? value : null;
    }

    /** A {@code Long} or {@code Double} that is exactly this number, or null when neither is. */
    @Nullable
    Object exactValue() {
        Long exact = exactLong();
        if (exact != null) {
            return exact;
        }
        return exactDouble();
    }

    /**
     * These seconds in nanoseconds.
     *
     * @return null when the number is negative, too large for a timestamp, or has digits beyond the nanosecond
     */
    @Nullable
    Long exactNanos() {
        long mantissa = 0;
        int digits = 0;
        int scale = 0;
        boolean isFraction = false;
        int i = 0;
        for (; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '.') {
                isFraction = true;
            } else if (c >= '0' && c <= '9') {
                if (digits > 0 || c != '0') {
                    digits++;
                }
                if (digits > LONG_DIGITS_MAX) {
                    return slowNanos();
                }
                mantissa = mantissa * 10 + (c - '0');
                scale += isFraction ? 1 : 0;
            } else {
                break;
            }
        }
        if (i < text.length()) {
            if ((text.charAt(i) | 0x20) != 'e' || text.length() - i > 4) {
                return slowNanos();
            }
            scale -= Integer.parseInt(text, i + 1, text.length(), 10);
        }
        int shift = NANOS_DIGITS - scale;
        if (Math.abs(shift) > LONG_DIGITS_MAX) {
            return slowNanos();
        }
        if (shift < 0) {
            return mantissa % POWERS_OF_10[-shift] == 0 ? Long.valueOf(mantissa / POWERS_OF_10[-shift]) : null;
        }
        return Math.multiplyHigh(mantissa, POWERS_OF_10[shift]) == 0 && mantissa * POWERS_OF_10[shift] >= 0
                ? Long.valueOf(mantissa * POWERS_OF_10[shift])
                : null;
    }

    private @Nullable Long slowNanos() {
        BigDecimal nanos = bounded();
        if (nanos == null || nanos.signum() < 0) {
            return null;
        }
        try {
            return nanos.longValueExact();
        } catch (ArithmeticException e) {
            // Beyond the nanosecond, or beyond the year 2262: the caller keeps the text.
            return null;
        }
    }

    /** These seconds in nanoseconds, cut to the nearest timestamp that there is; 0 when there is none near. */
    long nearestNanos() {
        BigDecimal nanos = bounded();
        if (nanos == null || nanos.signum() <= 0) {
            return 0;
        }
        return nanos.min(BigDecimal.valueOf(Long.MAX_VALUE)).longValue();
    }

    /** Nanoseconds; null when the text is so long or its exponent so large that computing with it would be costly. */
    private @Nullable BigDecimal bounded() {
        if (text.length() > EXACT_LENGTH_MAX) {
            return null;
        }
        BigDecimal seconds = new BigDecimal(text);
        return Math.abs((long) seconds.scale()) > EXPONENT_MAX ? null : seconds.movePointRight(NANOS_DIGITS);
    }

    /** Seconds since the epoch as a decimal number, exact to the nanosecond. */
    static JsonNumber ofNanos(long nanos) {
        if (nanos < 0) {
            return new JsonNumber(BigDecimal.valueOf(nanos, NANOS_DIGITS).toPlainString());
        }
        long fraction = nanos % POWERS_OF_10[NANOS_DIGITS];
        String seconds = Long.toString(nanos / POWERS_OF_10[NANOS_DIGITS]);
        if (fraction == 0) {
            return new JsonNumber(seconds);
        }
        int width = NANOS_DIGITS;
        while (fraction % 10 == 0) {
            fraction /= 10;
            width--;
        }
        String digits = Long.toString(fraction);
        return new JsonNumber(seconds + "." + "0".repeat(width - digits.length()) + digits);
    }

    static JsonNumber of(long value) {
        return new JsonNumber(Long.toString(value));
    }

    @Override
    public String toString() {
        return text;
    }
}
