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
     * A whole number: decimal, {@code 0x}, {@code 0b}, {@code 0o} or a leading {@code 0} for octal; single underscores between digits.
     *
     * @throws BadValueException when it is not a number, or does not fit 64 bits
     */
    static long whole(String value) throws BadValueException {
        int start = value.startsWith("-") || value.startsWith("+") ? 1 : 0;
        int radix = 10;
        boolean hasPrefix = false;
        if (value.length() > start + 1 && value.charAt(start) == '0') {
            hasPrefix = true;
            switch (value.charAt(start + 1)) {
                case 'x', 'X' -> radix = 16;
                case 'b', 'B' -> radix = 2;
                case 'o', 'O' -> radix = 8;
                default -> radix = 8;
            }
            start += Character.isLetter(value.charAt(start + 1)) ? 2 : 1;
        }
        String digits = withoutUnderscores(value.substring(start), hasPrefix);
        for (int i = 0; i < digits.length(); i++) {
            if (digits.charAt(i) > 'z' || Character.digit(digits.charAt(i), radix) < 0) {
                throw new BadValueException("parse error");
            }
        }
        if (digits.isEmpty()) {
            throw new BadValueException("parse error");
        }
        if (digits.length() <= 15) {
            long number = Long.parseLong(digits, radix);
            return value.charAt(0) == '-' ? -number : number;
        }
        BigInteger number = new BigInteger(digits, radix);
        number = value.charAt(0) == '-' ? number.negate() : number;
        if (number.compareTo(LONG_MIN) < 0 || number.compareTo(LONG_MAX) > 0) {
            throw new BadValueException("value out of range");
        }
        return number.longValue();
    }

    private static String withoutUnderscores(String digits, boolean hasPrefix) throws BadValueException {
        if (digits.indexOf('_') < 0) {
            return digits;
        }
        if (digits.endsWith("_") || digits.contains("__") || (!hasPrefix && digits.startsWith("_"))) {
            throw new BadValueException("parse error");
        }
        return digits.replace("_", "");
    }
}
