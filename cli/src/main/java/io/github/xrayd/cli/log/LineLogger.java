package io.github.xrayd.cli.log;

import org.jspecify.annotations.Nullable;
import org.slf4j.Marker;
import org.slf4j.event.Level;
import org.slf4j.helpers.LegacyAbstractLogger;
import org.slf4j.helpers.MessageFormatter;

/** One named logger; asks the current set-up at each call, so that it may be configured after it was made. */
final class LineLogger extends LegacyAbstractLogger {
    private static final long serialVersionUID = 1L;
    private static final String[] LIBRARIES = {
        "software.amazon.awssdk", "org.apache.http", "com.amazonaws", "io.prometheus"
    };

    /** Writes what goes over the wire in pieces, in which a credential cannot be recognized. */
    private static final String WIRE = "org.apache.http.wire";

    /** Warns of each connection that fails, each second; the daemon says itself what comes of that. */
    private static final String TALKATIVE = "org.apache.kafka";

    private final boolean isLibrary;
    private final boolean isTalkative;
    private final boolean isMuted;

    LineLogger(String name) {
        this.name = name;
        isTalkative = name.startsWith(TALKATIVE);
        isLibrary = isTalkative || isLibrary(name);
        isMuted = name.equals(WIRE);
    }

    private static boolean isLibrary(String name) {
        for (String library : LIBRARIES) {
            if (name.startsWith(library)) {
                return true;
            }
        }
        return false;
    }

    private boolean isEnabled(Level level) {
        boolean isSpared = isTalkative && level != Level.ERROR && LogSetup.threshold(false) > Level.DEBUG.toInt();
        return !isMuted && !isSpared && level.toInt() >= LogSetup.threshold(isLibrary);
    }

    @Override
    public boolean isTraceEnabled() {
        return isEnabled(Level.TRACE);
    }

    @Override
    public boolean isDebugEnabled() {
        return isEnabled(Level.DEBUG);
    }

    @Override
    public boolean isInfoEnabled() {
        return isEnabled(Level.INFO);
    }

    @Override
    public boolean isWarnEnabled() {
        return isEnabled(Level.WARN);
    }

    @Override
    public boolean isErrorEnabled() {
        return isEnabled(Level.ERROR);
    }

    @Override
    protected @Nullable String getFullyQualifiedCallerName() {
        return null;
    }

    @Override
    protected void handleNormalizedLoggingCall(
            Level level,
            @Nullable Marker marker,
            @Nullable String template,
            Object @Nullable [] arguments,
            @Nullable Throwable error) {
        String pattern = String.valueOf(template);
        String text = arguments == null ? pattern : MessageFormatter.basicArrayFormat(pattern, arguments);
        LogSetup.log(level, getName(), pattern, text, error);
    }
}
