package io.github.xrayd.cli;

import java.math.BigInteger;

/** Reads booleans and whole numbers as Go's flag package does, with its words for what is wrong. */
final class GoValues {
    private static final BigInteger LONG_MIN = BigInteger.valueOf(Long.MIN_VALUE);
    private static final BigInteger LONG_MAX = BigInteger.valueOf(Long.MAX_VALUE);

    private GoValues() {}

    /**
     * A boolean.
     *
     * @throws BadValueException when it is not one of Go's twelve spellings
     */
    static boolean bool(String value) throws BadValueException {
        return switch (value) {
            case "1", "t", "T", "true", "TRUE", "True" -> true;
            case "0", "f", "F", "false", "FALSE", "False" -> false;
            default -> throw new BadValueException("parse error");
        };
    }

    /**
     * A whole number as Go's {@code strconv.ParseInt} reads it with base 0: decimal, {@code 0x}, {@code 0b}, {@code 0o}
     * or a leading {@code 0} for octal; single underscores between digits, and after the prefix, which the leading
     * {@code 0} is too.
     *
     * @throws BadValueException when it is not a number, or does not fit 64 bits
     */
    static long whole(String value) throws BadValueException {
        int start = value.startsWith("-") || value.startsWith("+") ? 1 : 0;
        int radix = 10;
        boolean hasPrefix = false;
        if (value.length() > start + 1 && value.charAt(start) == '0') {
            hasPrefix = true;
            radix = switch (value.charAt(start + 1)) {
                case 'x', 'X' -> 16;
                case 'b', 'B' -> 2;
                default -> 8;
            };
            start += isLetterOfPrefix(value.charAt(start + 1)) ? 2 : 1;
        }
        BigInteger number = new BigInteger(digits(value, start, radix, hasPrefix), radix);
        number = value.charAt(0) == '-' ? number.negate() : number;
        if (number.compareTo(LONG_MIN) < 0 || number.compareTo(LONG_MAX) > 0) {
            throw new BadValueException("value out of range");
        }
        return number.longValue();
    }

    private static boolean isLetterOfPrefix(char c) {
        return "xXbBoO".indexOf(c) >= 0;
    }

    /** The digits without their underscores, each of which stands between two digits or after the prefix. */
    private static String digits(String value, int start, int radix, boolean hasPrefix) throws BadValueException {
        StringBuilder digits = new StringBuilder(value.length());
        boolean isUnderscoreAllowed = hasPrefix;
        for (int i = start; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c == '_' && isUnderscoreAllowed) {
                isUnderscoreAllowed = false;
            } else if (c < 0x80 && Character.digit(c, radix) >= 0) {
                digits.append(c);
                isUnderscoreAllowed = true;
            } else {
                throw new BadValueException("parse error");
            }
        }
        if (digits.length() == 0 || value.endsWith("_")) {
            throw new BadValueException("parse error");
        }
        return digits.toString();
    }
}
