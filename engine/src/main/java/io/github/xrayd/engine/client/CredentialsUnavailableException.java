package io.github.xrayd.engine.client;

/** No credentials can be had at the moment; the message names each provider asked and why it had none, in one line. */
public final class CredentialsUnavailableException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public CredentialsUnavailableException(String message, Throwable cause) {
        super(message, cause);
    }
}
