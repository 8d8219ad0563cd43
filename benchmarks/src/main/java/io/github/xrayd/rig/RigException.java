package io.github.xrayd.rig;

/** Says why a measurement could not be made, and what to do; the message is meant for the user as it is. */
final class RigException extends Exception {
    private static final long serialVersionUID = 1L;

    RigException(String message) {
        super(message);
    }

    RigException(String message, Throwable cause) {
        super(message, cause);
    }
}
