package io.github.xrayd.engine.client;

/**
 * The backend cannot be built from its settings; the message says what was wrong and what to do, in one line fit for
 * the log.
 */
public final class SetupException extends Exception {
    private static final long serialVersionUID = 1L;

    public SetupException(String message) {
        super(message);
    }

    public SetupException(String message, Throwable cause) {
        super(message, cause);
    }
}
