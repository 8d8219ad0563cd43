package io.github.xrayd.plan.host;

import org.jspecify.annotations.Nullable;

/** Something could not be measured; the message says why. */
public final class LoadTestException extends Exception {
    private static final long serialVersionUID = 1L;

    LoadTestException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
