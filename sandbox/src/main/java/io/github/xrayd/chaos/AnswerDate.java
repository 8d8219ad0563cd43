package io.github.xrayd.chaos;

import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** Changes the Date header of an HTTP answer in place: all its spellings have one length. */
final class AnswerDate {
    private static final String NAME = "\r\ndate: ";
    private static final int VALUE_LENGTH = "Wed, 01 Jan 2025 00:00:00 GMT".length();
    private static final DateTimeFormatter FORMAT =
            DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.US);

    private AnswerDate() {}

    /**
     * Adds to the date, if there is one.
     *
     * @param piece bytes that may begin with an answer's head
     * @param length how many of them count
     * @return whether there was one
     */
    static boolean shift(byte[] piece, int length, Duration ahead) {
        if (ahead.isZero()) {
            return false;
        }
        String text = new String(piece, 0, length, StandardCharsets.ISO_8859_1);
        int name = text.toLowerCase(Locale.ROOT).indexOf(NAME);
        int value = name + NAME.length();
        if (name < 0 || value + VALUE_LENGTH > length) {
            return false;
        }
        try {
            ZonedDateTime date = ZonedDateTime.parse(
                    text.substring(value, value + VALUE_LENGTH), DateTimeFormatter.RFC_1123_DATE_TIME);
            byte[] shifted = FORMAT.format(date.plus(ahead)).getBytes(StandardCharsets.ISO_8859_1);
            System.arraycopy(shifted, 0, piece, value, VALUE_LENGTH);
            return true;
        } catch (DateTimeException e) {
            // Not a date of that form: left as it is.
            return false;
        }
    }
}
