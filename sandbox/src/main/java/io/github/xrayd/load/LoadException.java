package io.github.xrayd.load;

/**
 * Says why a load run could not start or could not be verified, and what to do; the message is meant for the user as it
 * is.
 */
public final class LoadException extends Exception {
    private static final long serialVersionUID = 1L;

    public LoadException(String message) {
        super(message);
    }

    public LoadException(String message, Throwable cause) {
        super(message, cause);
    }
}
