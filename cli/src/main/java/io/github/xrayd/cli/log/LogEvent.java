package io.github.xrayd.cli.log;

import org.jspecify.annotations.Nullable;
import org.slf4j.event.Level;

/**
 * One log call.
 *
 * @param level how grave it is
 * @param logger who said it
 * @param template the text before its arguments were put in; with {@code logger}, what makes two events alike
 * @param text the text, in which nothing has been escaped yet
 * @param note what the log itself adds about repetitions, or nothing
 * @param stack one line per frame, without line breaks in a line, or null when it is not wanted
 */
record LogEvent(Level level, String logger, String template, String text, String note, @Nullable String stack) {
    LogEvent(Level level, String logger, String template, String text, @Nullable String stack) {
        this(level, logger, template, text, "", stack);
    }

    boolean isLike(LogEvent other) {
        return level == other.level && logger.equals(other.logger) && template.equals(other.template);
    }

    /** The same event with words after its text, and without its stack. */
    LogEvent withNote(String words) {
        return new LogEvent(level, logger, template, text, words, null);
    }
}
