package io.github.xrayd.plan.input;

import java.math.BigDecimal;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What kind of value a field takes, how it is read and how it is written. */
enum Quantity {
    /** A plain number. */
    NUMBER("a number, as 500 or 2.5", List.of(), new double[] {}),
    /** A number without a fraction. */
    WHOLE("a whole number", List.of(), new double[] {}),
    /** A part of the whole: 0.01 or 1 %. */
    SHARE("a share, as 0.01 or 1%", List.of("%"), new double[] {0.01}),
    /** Bytes: 1024, 64K, 64M, 1G. */
    BYTES("bytes, as 900, 64K, 64M or 2G", List.of("K", "M", "G", "T"), new double[] {
        1 << 10, 1 << 20, 1 << 30, 1L << 40
    }),
    /** Seconds: 250ms, 10s, 15m, 1h, 1d. */
    TIME("a time, as 250ms, 10s, 15m, 1h or 1d", List.of("us", "ms", "s", "m", "h", "d"), new double[] {
        1e-6, 1e-3, 1, 60, 3_600, 86_400
    }),
    /** One of some words, or a path. */
    WORD("a word", List.of(), new double[] {});

    private static final Pattern PART = Pattern.compile("(\\d[\\d_]*(?:\\.\\d+)?(?:[eE][-+]?\\d+)?)\\s*([a-zA-Z%]*)");

    private final String form;

    @SuppressWarnings("ImmutableEnumChecker") // An immutable list.
    private final List<String> suffixes;

    @SuppressWarnings("ImmutableEnumChecker") // Never written, never handed out.
    private final double[] factors;

    Quantity(String form, List<String> suffixes, double[] factors) {
        this.form = form;
        this.suffixes = suffixes;
        this.factors = factors;
    }

    /** What a value looks like, for messages. */
    String form() {
        return form;
    }

    /**
     * The number that a text says, in bytes, seconds or a share of one.
     *
     * @throws NumberFormatException when it is none of this kind
     */
    double parse(String text) {
        String trimmed = text.trim();
        boolean isNegative = trimmed.startsWith("-");
        Matcher part = PART.matcher(isNegative ? trimmed.substring(1) : trimmed);
        double sum = 0;
        int end = 0;
        while (part.find() && part.start() == end) {
            sum += Double.parseDouble(part.group(1).replace("_", "")) * factor(part.group(2));
            end = part.end();
            if (this != TIME) {
                break;
            }
        }
        if (end == 0 || end != part.regionEnd()) {
            throw new NumberFormatException(text);
        }
        double value = isNegative ? -sum : sum;
        if (Double.isInfinite(value) || (this == WHOLE && value != Math.rint(value))) {
            throw new NumberFormatException(text);
        }
        return value;
    }

    private double factor(String suffix) {
        if (suffix.isEmpty()) {
            return 1;
        }
        String wanted = this == BYTES ? suffix.toUpperCase(Locale.ROOT).replaceAll("(?<=.)I?B$", "") : suffix;
        int index = suffixes.indexOf(wanted);
        if (index < 0) {
            throw new NumberFormatException(suffix);
        }
        return factors[index];
    }

    /** A value in the form that {@link #parse} reads, exactly. */
    String write(double value) {
        if (this == TIME || this == BYTES) {
            for (int i = factors.length - 1; i >= 0; i--) {
                double scaled = value / factors[i];
                boolean isWhole = Math.abs(scaled - Math.rint(scaled)) < 1e-9 * Math.max(1, scaled);
                if (value != 0 && isWhole && Math.rint(scaled) >= 1) {
                    return plain(Math.rint(scaled)) + suffixes.get(i);
                }
            }
            return plain(value) + (this == TIME ? "s" : "");
        }
        return plain(value);
    }

    private static String plain(double value) {
        return value == 0
                ? "0"
                : new BigDecimal(Double.toString(value)).stripTrailingZeros().toPlainString();
    }
}
