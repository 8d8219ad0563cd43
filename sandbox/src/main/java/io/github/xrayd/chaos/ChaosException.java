package io.github.xrayd.chaos;

import org.jspecify.annotations.Nullable;

/**
 * A fault could not be tried, or the daemon did something that no fault explains; the message says what and what to do.
 */
public final class ChaosException extends Exception {
    private static final long serialVersionUID = 1;

    public ChaosException(String message) {
        this(message, null);
    }

    public ChaosException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
