package io.github.xrayd.engine;

import io.github.xrayd.engine.http.ProcessLimits;

/** The engine cannot start; the message says what was wrong and what to do, in one line fit for the log. */
public final class StartException extends Exception {
    private static final long serialVersionUID = 1L;

    public StartException(String message) {
        super(message);
    }

    public StartException(String message, Throwable cause) {
        super(message, cause);
    }

    /** What a start that failed ends with: {@code e} itself when it is one. */
    static StartException of(Throwable e) {
        if (e instanceof StartException known) {
            return known;
        }
        String message = String.valueOf(e.getMessage());
        if (e instanceof OutOfMemoryError && message.contains("thread")) {
            return new StartException(
                    "The system gives this process no more threads (" + message + "). " + ProcessLimits.RAISE_THREADS,
                    e);
        }
        return new StartException("The engine cannot start: " + e, e);
    }
}
