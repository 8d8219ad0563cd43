package io.github.xrayd.cli;

/** The command line cannot be understood; the message says which word and why. Exit code 2. */
final class UsageException extends Exception {
    private static final long serialVersionUID = 1L;

    UsageException(String message) {
        super(message);
    }
}
