package io.github.xrayd.engine.backend;

/** The backend cannot be built from its settings; the message says what was wrong and what to do, in one line fit for the log. */
public final class BackendException extends Exception {
    private static final long serialVersionUID = 1L;

    public BackendException(String message) {
        super(message);
    }

    public BackendException(String message, Throwable cause) {
        super(message, cause);
    }
}
