package io.github.xrayd.cli;

/** A text is not what its setting takes; the message says what is allowed. */
final class BadValueException extends Exception {
    private static final long serialVersionUID = 1L;

    BadValueException(String message) {
        super(message);
    }
}
