package io.github.xrayd.engine.client;

import java.io.IOException;

/** The answers that are held at this moment leave no room for one more; it is not the answer's fault. */
public final class NoRoomException extends IOException {
    private static final long serialVersionUID = 1L;

    NoRoomException(String message) {
        super(message);
    }
}
