package io.github.xrayd.child;

import java.io.IOException;

/** The daemon did not start, not end, or left no ledger; the message says why, with its last lines. */
public final class DaemonProcessException extends IOException {
    private static final long serialVersionUID = 1L;

    DaemonProcessException(String message) {
        super(message);
    }
}
