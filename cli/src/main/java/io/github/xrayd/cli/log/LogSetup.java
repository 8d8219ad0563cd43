package io.github.xrayd.cli.log;

import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.slf4j.event.Level;

/**
 * The process's one log. Until {@link #configure} is called, {@link LogSettings#DEFAULT} holds. Any thread may call any
 * method.
 */
public final class LogSetup {
    private static volatile State state = new State(LogLevel.PROD, newSink(StreamTarget.standardOutput(), false));

    private LogSetup() {}

    private static final DistinctEvents DISTINCT = new DistinctEvents();

    private record State(int threshold, int libraryThreshold, boolean isStackShown, LogSink sink) {
        State(LogLevel level, LogSink sink) {
            this(level.threshold(), level.libraryThreshold(), level.isStackShown(), sink);
        }
    }

    /**
     * Replaces what was configured before, whose folded lines are written and whose file is closed.
     *
     * @throws IOException when the file cannot be written, naming it and why; the old configuration stays then
     * @throws IllegalArgumentException when there is no such level
     */
    public static synchronized void configure(LogSettings settings) throws IOException {
        LogLevel level = LogLevel.of(settings.level());
        Path file = settings.file();
        LogTarget target = file == null
                ? StreamTarget.standardOutput()
                : new FileTarget(file, settings.isRotated() ? FileTarget.ROTATION_BYTES : 0, LogClock.SYSTEM);
        replace(level, newSink(target, settings.isJson()));
    }

    /**
     * The same for a command whose standard output is for its results: text on standard error.
     *
     * @throws IllegalArgumentException when there is no such level
     */
    public static synchronized void toStandardError(String level) {
        replace(LogLevel.of(level), newSink(StreamTarget.standardError(), false));
    }

    private static void replace(LogLevel level, LogSink sink) {
        LogSink old = state.sink();
        state = new State(level, sink);
        old.close();
    }

    /** Writes nothing from now on; for commands that say themselves what they found. */
    public static synchronized void silence() {
        state = new State(Integer.MAX_VALUE, Integer.MAX_VALUE, false, state.sink());
    }

    private static LogSink newSink(LogTarget target, boolean isJson) {
        return new LogSink(LogClock.SYSTEM, isJson ? new JsonFormat() : new TextFormat(), target, true);
    }

    /**
     * Opens the log file anew, as SIGHUP asks for after the old one was renamed. When that fails, the old file is used
     * on and says so.
     */
    public static void reopen() {
        try {
            state.sink().reopen();
        } catch (IOException e) {
            log(Level.ERROR, LogSetup.class.getName(), "", String.valueOf(e.getMessage()), null);
        }
    }

    /** Writes what was folded, and closes the file. Lines logged later are lost when there was a file, else written. */
    public static void close() {
        state.sink().close();
    }

    /** Distinct warnings and errors since the process began, with their counts, one a line. */
    public static String distinct() {
        return DISTINCT.text();
    }

    static int threshold(boolean isLibrary) {
        State now = state;
        return isLibrary ? now.libraryThreshold() : now.threshold();
    }

    static void log(Level level, String logger, String template, String text, @Nullable Throwable error) {
        State now = state;
        if (error == null) {
            log(now, new LogEvent(level, logger, template, LogText.redacted(text), null));
            return;
        }
        String stack = now.isStackShown() ? LogText.redacted(ErrorText.stack(error)) : null;
        String all = LogText.redacted(ErrorText.withCauses(text, error));
        log(now, new LogEvent(level, logger, template, all, stack));
    }

    private static void log(State state, LogEvent event) {
        if (event.level().toInt() >= Level.WARN.toInt()) {
            DISTINCT.add(event, LogClock.SYSTEM.epochMs());
        }
        state.sink().log(event);
    }
}
