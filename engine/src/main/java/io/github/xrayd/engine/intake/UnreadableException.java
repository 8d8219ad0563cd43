package io.github.xrayd.engine.intake;

/** Why nothing of a request can be taken; the message is for its sender: what is wrong, where, and what to do. */
public final class UnreadableException extends Exception {
    private static final long serialVersionUID = 1L;

    private final int status;

    /** A request that is not what it should be. */
    public UnreadableException(String message) {
        this(400, message);
    }

    /**
     * A request that cannot be taken.
     *
     * @param status 400, or 413 when it is too long
     */
    public UnreadableException(int status, String message) {
        super(message, null, false, false);
        this.status = status;
    }

    /** The HTTP status of the answer. */
    public int status() {
        return status;
    }
}
