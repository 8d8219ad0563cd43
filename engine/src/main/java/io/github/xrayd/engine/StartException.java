package io.github.xrayd.engine;

/** The engine cannot start; the message says what was wrong and what to do, in one line fit for the log. */
public final class StartException extends Exception {
    private static final long serialVersionUID = 1L;

    public StartException(String message) {
        super(message);
    }

    public StartException(String message, Throwable cause) {
        super(message, cause);
    }
}
