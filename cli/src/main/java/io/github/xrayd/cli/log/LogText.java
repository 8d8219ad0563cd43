package io.github.xrayd.cli.log;

/**
 * What a log may hold of a text that others wrote: no secret, and no character that steers a terminal or hides others.
 * Pure.
 */
public final class LogText {
    private static final char[] HEX = "0123456789abcdef".toCharArray();

    private LogText() {}

    /** The text without credentials: authorization headers, signatures, session tokens and secret keys. */
    public static String redacted(String text) {
        return mayHaveSecret(text) ? Redaction.of(text) : text;
    }

    /** Whether it is worth to look for secrets, whose patterns cost much more than this. */
    private static boolean mayHaveSecret(String text) {
        for (int i = 0; i + 5 <= text.length(); i++) {
            char c = text.charAt(i);
            boolean isFound =
                    switch (c) {
                        case 'a', 'A' -> isAt(text, i, "authorization");
                        case 's', 'S' -> isAt(text, i, "secret") || isAt(text, i, "signature");
                        case 't', 'T' -> isAt(text, i, "token");
                        case 'p', 'P' -> isAt(text, i, "passw");
                        case 'c', 'C' -> isAt(text, i, "cookie");
                        case '@' -> text.contains("://");
                        case 'b', 'B' -> isAt(text, i, "bearer") || isAt(text, i, "basic");
                        default -> false;
                    };
            if (isFound) {
                return true;
            }
        }
        return false;
    }

    private static boolean isAt(String text, int index, String word) {
        return text.regionMatches(true, index, word, 0, word.length());
    }

    /** The text on one line, with an escape for each character that is not visible. */
    public static String escaped(String text) {
        StringBuilder escaped = new StringBuilder(text.length() + 16);
        escape(text, escaped);
        return escaped.toString();
    }

    /**
     * Appends the text with an escape for each character that is not visible: control, format, separator, half a pair.
     */
    static void escape(String text, StringBuilder to) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c >= ' ' && c < 0x7f) {
                to.append(c);
            } else if (c == '\n') {
                to.append("\\n");
            } else if (c == '\r') {
                to.append("\\r");
            } else if (c == '\t') {
                to.append("\\t");
            } else {
                int codePoint = text.codePointAt(i);
                boolean isVisible = isVisible(codePoint);
                int end = i + Character.charCount(codePoint);
                for (; i < end; i++) {
                    append(text.charAt(i), isVisible, to);
                }
                i--;
            }
        }
    }

    private static void append(char c, boolean isVisible, StringBuilder to) {
        if (isVisible) {
            to.append(c);
        } else {
            to.append("\\u").append(HEX[c >> 12]).append(HEX[c >> 8 & 15]);
            to.append(HEX[c >> 4 & 15]).append(HEX[c & 15]);
        }
    }

    /** Whether a character neither steers what shows it, nor changes the order of others, nor hides. */
    static boolean isVisible(int codePoint) {
        return switch (Character.getType(codePoint)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.SURROGATE -> false;
            // Noncharacters, and the unassigned ones that are reserved for invisible marks.
            case Character.UNASSIGNED ->
                (codePoint & 0xFFFE) != 0xFFFE
                        && (codePoint >> 16) != 0xE
                        && !(codePoint >= 0xFDD0 && codePoint <= 0xFDEF)
                        && !(codePoint >= 0x2060 && codePoint <= 0x206F)
                        && !(codePoint >= 0xFFF0 && codePoint <= 0xFFFB);
            default -> true;
        };
    }

    /**
     * What is left of a text when request ids, ports, times and durations are taken out: two texts of one shape tell of
     * one error. Trace ids stay, and numbers below 1,000: what an unprocessed segment or a status code says is not the
     * same for another one.
     */
    static String shape(String text) {
        StringBuilder shape = new StringBuilder(text.length());
        int i = 0;
        while (i < text.length()) {
            int end = i;
            boolean hasDigit = false;
            while (end < text.length() && isWordPart(text.charAt(end))) {
                hasDigit |= isDigit(text.charAt(end));
                end++;
            }
            while (end > i + 1 && !Character.isLetterOrDigit(text.charAt(end - 1))) {
                end--;
            }
            if (end == i) {
                shape.append(text.charAt(i++));
                continue;
            }
            String word = text.substring(i, end);
            shape.append(hasDigit && isVariable(word, text, i, end) ? "#" : word);
            i = end;
        }
        return shape.toString();
    }

    private static boolean isVariable(String word, String text, int start, int end) {
        boolean isTraceId = word.length() == 35 && word.startsWith("1-") && word.charAt(10) == '-';
        if (isTraceId) {
            return false;
        }
        boolean isNumber = word.chars().allMatch(c -> isDigit((char) c));
        boolean isId = word.length() >= 8;
        boolean isLargeNumber = isNumber && word.length() >= 4;
        return isId || isLargeNumber || isDuration(word, isNumber, text, end) || isClock(word, text, start, end);
    }

    /** {@code 250ms}, {@code 1.5s}, {@code 30 seconds}: both halves of a decimal number. */
    private static boolean isDuration(String word, boolean isNumber, String text, int end) {
        int unit = 0;
        while (unit < word.length() && isDigit(word.charAt(unit))) {
            unit++;
        }
        if (!isNumber) {
            return unit > 0 && isUnit(word.substring(unit));
        }
        int next = end;
        if (next + 1 < text.length() && text.charAt(next) == '.' && isDigit(text.charAt(next + 1))) {
            next++;
            while (next < text.length() && isDigit(text.charAt(next))) {
                next++;
            }
        }
        if (next < text.length() && text.charAt(next) == ' ') {
            next++;
        }
        int last = next;
        while (last < text.length() && Character.isLetter(text.charAt(last))) {
            last++;
        }
        return isUnit(text.substring(next, last));
    }

    private static boolean isUnit(String word) {
        return switch (word) {
            case "ns",
                    "us",
                    "µs",
                    "ms",
                    "s",
                    "m",
                    "h",
                    "second",
                    "seconds",
                    "millis",
                    "milliseconds",
                    "minute",
                    "minutes" -> true;
            default -> false;
        };
    }

    /** One part of {@code 05:38:02Z}. */
    private static boolean isClock(String word, String text, int start, int end) {
        boolean isTwoDigits = word.length() >= 2 && isDigit(word.charAt(0)) && isDigit(word.charAt(1));
        boolean isPart = isTwoDigits && (word.length() == 2 || word.equals(word.substring(0, 2) + "Z"));
        boolean isBefore = end + 1 < text.length() && text.charAt(end) == ':' && isDigit(text.charAt(end + 1));
        boolean isAfter = start > 1 && text.charAt(start - 1) == ':' && isDigit(text.charAt(start - 2));
        return isPart && (isBefore || isAfter);
    }

    private static boolean isWordPart(char c) {
        return isDigit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '_';
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }
}
