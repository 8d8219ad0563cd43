package io.github.xrayd.plan.question;

/** A question that cannot be asked: the message names the field and what it may be. */
public final class BadQuestionException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    public BadQuestionException(String message) {
        super(message);
    }

    BadQuestionException(String message, Throwable cause) {
        super(message, cause);
    }
}
