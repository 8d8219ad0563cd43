package io.github.xrayd.cli.log;

import java.time.LocalDateTime;
import java.time.ZoneOffset;

/**
 * Writes a time as {@code 2026-11-21T05:38:02}, in UTC.
 *
 * <p>Without {@code java.time.format}, which costs tens of milliseconds of the daemon's start. Keeps the last second's
 * text. Not thread-safe.
 */
final class UtcText {
    private long cachedSecond = Long.MIN_VALUE;
    private String cachedText = "";

    String second(long epochMs) {
        long epochSecond = Math.floorDiv(epochMs, 1000L);
        if (epochSecond != cachedSecond) {
            cachedText = render(epochSecond);
            cachedSecond = epochSecond;
        }
        return cachedText;
    }

    private static String render(long epochSecond) {
        LocalDateTime time = LocalDateTime.ofEpochSecond(epochSecond, 0, ZoneOffset.UTC);
        StringBuilder text = new StringBuilder(20).append(time.toLocalDate()).append('T');
        two(text, time.getHour()).append(':');
        two(text, time.getMinute()).append(':');
        return two(text, time.getSecond()).toString();
    }

    private static StringBuilder two(StringBuilder text, int value) {
        return text.append((char) ('0' + value / 10)).append((char) ('0' + value % 10));
    }
}
