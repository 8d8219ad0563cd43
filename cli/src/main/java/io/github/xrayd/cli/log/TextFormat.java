package io.github.xrayd.cli.log;

import java.nio.charset.StandardCharsets;
import org.slf4j.event.Level;

/**
 * The reference daemon's lines: {@code 2026-11-21T05:38:02Z [Info] text}.
 *
 * <p>Characters that end a line or steer a terminal are written as escapes, so that what a client sends cannot forge a line. A stack
 * trace follows on lines of its own, each indented.
 */
final class TextFormat implements LineFormat {
    private static final char[] HEX = "0123456789abcdef".toCharArray();

    private final UtcText time = new UtcText();
    private final StringBuilder line = new StringBuilder(256);

    @Override
    public byte[] line(long epochMs, LogEvent event) {
        line.setLength(0);
        line.append(time.second(epochMs))
                .append("Z [")
                .append(name(event.level()))
                .append("] ");
        escape(LineFormat.limited(event.text()), line);
        String stack = event.stack();
        if (stack != null) {
            line.append('\n').append(stack);
        }
        line.append('\n');
        return line.toString().getBytes(StandardCharsets.UTF_8);
    }

    private static String name(Level level) {
        return switch (level) {
            case TRACE -> "Trace";
            case DEBUG -> "Debug";
            case INFO -> "Info";
            case WARN -> "Warn";
            case ERROR -> "Error";
        };
    }

    /** Appends the text without control characters and line separators. */
    static void escape(String text, StringBuilder to) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\n') {
                to.append("\\n");
            } else if (c == '\r') {
                to.append("\\r");
            } else if (c == '\t') {
                to.append("\\t");
            } else if (c < ' ' || (c >= 0x7f && c < 0xa0) || c == '\u2028' || c == '\u2029') {
                to.append("\\u").append(HEX[c >> 12]).append(HEX[c >> 8 & 15]);
                to.append(HEX[c >> 4 & 15]).append(HEX[c & 15]);
            } else {
                to.append(c);
            }
        }
    }
}
