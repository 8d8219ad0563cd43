package io.github.xrayd.cli.log;

import java.util.Locale;
import org.slf4j.event.Level;

/** The reference daemon's names for how much is logged. */
enum LogLevel {
    DEV(Level.TRACE),
    DEBUG(Level.DEBUG),
    INFO(Level.INFO),
    WARN(Level.WARN),
    ERROR(Level.ERROR),
    PROD(Level.INFO);

    private final int threshold;

    LogLevel(Level least) {
        threshold = least.toInt();
    }

    /**
     * The level of that name.
     *
     * @throws IllegalArgumentException naming the levels there are
     */
    static LogLevel of(String name) {
        String upper = name.toUpperCase(Locale.ROOT);
        for (LogLevel level : values()) {
            if (level.name().equals(upper)) {
                return level;
            }
        }
        throw new IllegalArgumentException(
                "Unknown log level \"" + name + "\"; it must be dev, debug, info, warn, error or prod");
    }

    /** The least SLF4J level written for the daemon's own loggers. */
    int threshold() {
        return threshold;
    }

    /** The least SLF4J level written for libraries: they speak for their own developers below a warning. */
    int libraryThreshold() {
        return this == DEV ? threshold : Math.max(threshold, Level.WARN.toInt());
    }

    /** Whether stack traces are written. */
    boolean isStackShown() {
        return threshold <= Level.DEBUG.toInt();
    }
}
