package io.github.xrayd.engine.client;

import java.io.IOException;
import java.net.URI;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** An account that signs calls to an endpoint. Thread-safe. */
public interface Account extends AutoCloseable {
    /** A call that is made once its signature is there. */
    interface Attempt {
        /**
         * Makes it once.
         *
         * @param signature headers to send beside the call's own
         */
        HttpReply make(Map<String, String> signature) throws IOException;
    }

    /** The region that calls are signed for. */
    String region();

    /**
     * Signs a POST and makes it; once more, with other credentials, when the service refuses those it was signed with
     * and there are others by then.
     *
     * @param headers the call's own, which are covered by the signature
     * @throws CredentialsUnavailableException when there is nothing to sign with; nothing is sent then
     * @throws IOException when there is no complete answer
     */
    HttpReply signed(URI url, Map<String, String> headers, byte[] body, Attempt attempt) throws IOException;

    /** Why calls cannot be signed, or null when they can as far as is known. Does not wait. */
    @Nullable
    String credentialsProblem();

    /** Waits until there are credentials, or this is closed. */
    void awaitCredentials() throws InterruptedException;

    /** Ends open calls and frees connections. */
    @Override
    void close();
}
