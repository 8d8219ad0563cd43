package io.github.xrayd.plot;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Locale;

/** What an axis counts: which steps are round for it, and how a value is written. */
public enum Unit {
    /** A plain number, as 250, 20 k or 1.5 M. */
    NUMBER(10) {
        @Override
        public String text(double value) {
            return scaled(value, 1_000, "", " k", " M", " G", " T");
        }
    },
    /** A share from 0 to 1, written as 12.5 %. */
    PERCENT(10) {
        @Override
        public String text(double value) {
            return plain(value * 100) + " %";
        }
    },
    /** Bytes, in powers of 1,024. */
    BYTES(1_024) {
        @Override
        public String text(double value) {
            return scaled(value, 1_024, " B", " KiB", " MiB", " GiB", " TiB");
        }
    },
    /** Seconds, written in the unit that reads best, from ns to days. */
    SECONDS(10) {
        @Override
        double step(double least) {
            if (least <= 1) {
                return super.step(least);
            }
            for (double step : LONG_STEPS) {
                if (step >= least) {
                    return step;
                }
            }
            return DAY * NUMBER.step(least / DAY);
        }

        @Override
        public String text(double value) {
            double size = Math.abs(value);
            if (size >= 2 * DAY) {
                return plain(value / DAY) + " d";
            }
            if (size >= HOUR) {
                return plain(value / HOUR) + " h";
            }
            if (size >= 2 * MINUTE) {
                return plain(value / MINUTE) + " min";
            }
            if (size >= 1 || value == 0) {
                return plain(value) + " s";
            }
            return size >= 1e-3
                    ? plain(value * 1e3) + " ms"
                    : size >= 1e-6 ? plain(value * 1e6) + " µs" : plain(value * 1e9) + " ns";
        }
    };

    private static final double MINUTE = 60;
    private static final double HOUR = 3_600;
    private static final double DAY = 86_400;
    private static final double[] LONG_STEPS = {
        1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 10_800, 21_600, 43_200, 86_400
    };
    private static final int DIGITS = 3;

    private static final double[] DECIMAL_STEPS = {1, 2, 2.5, 5, 10};
    private static final double[] BINARY_STEPS = {1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1_024};

    private final double base;

    Unit(double base) {
        this.base = base;
    }

    /** A value as a reader wants it, three digits. */
    public abstract String text(double value);

    /** The smallest round step that is at least {@code least}. */
    double step(double least) {
        double magnitude = Math.pow(base, Math.floor(Math.log(least) / Math.log(base)));
        for (double mantissa : base == 10 ? DECIMAL_STEPS : BINARY_STEPS) {
            // The tolerance keeps 0.3 / 3 from counting as more than 0.1.
            if (mantissa * magnitude >= least * (1 - 1e-9)) {
                return mantissa * magnitude;
            }
        }
        return base * magnitude;
    }

    private static String scaled(double value, double thousand, String... suffixes) {
        int index = 0;
        double scaled = value;
        while (Math.abs(scaled) >= thousand * 0.9995 && index < suffixes.length - 1) {
            scaled /= thousand;
            index++;
        }
        return plain(scaled) + suffixes[index];
    }

    /** Three digits and no more zeros than needed. */
    private static String plain(double value) {
        if (Double.isNaN(value) || Double.isInfinite(value)) {
            return Double.isNaN(value) ? "–" : value > 0 ? "∞" : "−∞";
        }
        if (value == 0) {
            return "0";
        }
        BigDecimal exact = BigDecimal.valueOf(value);
        int digitsBefore = exact.precision() - exact.scale();
        BigDecimal rounded = exact.setScale(Math.max(0, DIGITS - digitsBefore), RoundingMode.HALF_UP);
        if (rounded.abs().compareTo(BigDecimal.valueOf(10_000)) >= 0) {
            return String.format(Locale.ROOT, "%,.0f", rounded).replace('-', '−');
        }
        String text = rounded.signum() == 0 ? "0" : rounded.stripTrailingZeros().toPlainString();
        return text.replace('-', '−');
    }
}
