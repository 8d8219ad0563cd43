package io.github.xrayd.engine.aws;

import java.time.Duration;
import software.amazon.awssdk.http.SdkHttpClient;

/** Builds the HTTP clients: for uploads, for the TCP port, for STS, and for instance and task metadata. */
final class HttpClients {
    /** The most bytes of one answer that are read; real ones stay below 100 kB. */
    static final long ANSWER_BYTES_MAX = 4L << 20;

    private HttpClients() {}

    /**
     * A client whose calls end in time and whose answers end in size.
     *
     * @param proxy the forward proxy, used where it says so
     * @param connectionsMax the most connections at one time
     * @param timeout how long one call may take
     */
    static SdkHttpClient create(ForwardProxy proxy, TlsTrust trust, int connectionsMax, Duration timeout) {
        return new DeadlineHttpClient(
                () -> new PlainHttpClient(proxy, trust.context(), trust.isVerified(), connectionsMax, timeout),
                timeout,
                ANSWER_BYTES_MAX);
    }

    /** A client for metadata, which is never asked through a forward proxy. */
    static SdkHttpClient direct(Duration timeout) {
        return create(ForwardProxy.NONE, TlsTrust.javas(), 2, timeout);
    }
}
