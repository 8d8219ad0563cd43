package io.github.xrayd.loadtest;

/** Says why a measurement could not be made, and what to do; the message is meant for the user as it is. */
final class LoadTestException extends Exception {
    private static final long serialVersionUID = 1L;

    LoadTestException(String message) {
        super(message);
    }

    LoadTestException(String message, Throwable cause) {
        super(message, cause);
    }
}
