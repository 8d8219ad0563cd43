package io.github.xrayd.engine.intake;

/** Why nothing of a request can be taken; the message is for its sender: what is wrong, where, and what to do. */
public final class UnreadableException extends Exception {
    private static final long serialVersionUID = 1L;

    public UnreadableException(String message) {
        super(message, null, false, false);
    }
}
