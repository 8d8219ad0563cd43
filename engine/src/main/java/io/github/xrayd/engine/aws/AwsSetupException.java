package io.github.xrayd.engine.aws;

/**
 * The backend cannot be built from its settings; the message says what was wrong and what to do, in one line fit for
 * the log.
 */
public final class AwsSetupException extends Exception {
    private static final long serialVersionUID = 1L;

    public AwsSetupException(String message) {
        super(message);
    }

    public AwsSetupException(String message, Throwable cause) {
        super(message, cause);
    }
}
