package io.github.xrayd.cli.log;

import java.nio.charset.StandardCharsets;
import org.slf4j.event.Level;

/**
 * The reference daemon's lines: {@code 2026-11-21T05:38:02Z [Info] text}.
 *
 * <p>Characters that end a line, steer a terminal or hide others are written as escapes, so that what a client sends
 * cannot forge a line. A stack trace follows on lines of its own, each indented.
 */
final class TextFormat implements LineFormat {
    private final UtcText time = new UtcText();
    private final StringBuilder line = new StringBuilder(256);

    @Override
    public byte[] line(long epochMs, LogEvent event) {
        line.setLength(0);
        line.append(time.second(epochMs))
                .append("Z [")
                .append(name(event.level()))
                .append("] ");
        LogText.escape(LineFormat.limited(event), line);
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
}
