package io.github.xrayd.child;

import org.jspecify.annotations.Nullable;

/** The daemon did not start, or not end; the message says why, with its last lines. */
public final class ChildDaemonException extends Exception {
    private static final long serialVersionUID = 1L;

    ChildDaemonException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
