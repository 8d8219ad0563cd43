package io.github.xrayd.cli.migrate;

/**
 * What was given is no official daemon's, or the official daemon would not start with it; the message is for the user.
 */
public final class MigrationException extends Exception {
    private static final long serialVersionUID = 1L;

    MigrationException(String message) {
        super(message);
    }
}
