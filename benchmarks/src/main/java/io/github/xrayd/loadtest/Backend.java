package io.github.xrayd.loadtest;

import io.github.xrayd.sandbox.Fault;
import io.github.xrayd.sandbox.Sandbox;
import io.github.xrayd.sandbox.SandboxConfig;
import io.github.xrayd.sandbox.SignatureMode;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;

/** The sandbox that all daemons of a session send to; it counts, and keeps nothing. */
final class Backend implements AutoCloseable {
    private static final String PUT = "PutTraceSegments";
    private static final int OK = 200;
    private static final int THREADS = 32;

    private final Sandbox sandbox;

    /**
     * Starts it on a free loopback port.
     *
     * @param isSignatureVerified whether it hashes every body as the service does, at 4 µs for 1 KB on the cores it
     *     shares
     */
    Backend(boolean isSignatureVerified) throws IOException {
        sandbox = Sandbox.start(SandboxConfig.builder()
                .keepDocuments(false)
                .signatures(isSignatureVerified ? SignatureMode.VERIFY : SignatureMode.IGNORE)
                .threads(THREADS)
                .build());
    }

    Sandbox sandbox() {
        return sandbox;
    }

    URI endpoint() {
        return sandbox.endpoint();
    }

    /** Answers uploads this late from now on. */
    void latency(int milliseconds) {
        if (milliseconds == 0) {
            sandbox.faults().clear();
        } else {
            sandbox.faults().set(Fault.latency(Duration.ofMillis(milliseconds)).on(PUT));
        }
    }

    /** Refuses uploads with 503 from now on. */
    void fail() {
        sandbox.faults().set(Fault.status(503, "ServiceUnavailable").on(PUT));
    }

    /** Uploads that were taken. */
    long requests() {
        return sandbox.stats().requests(PUT, OK);
    }

    /** Bytes of all bodies that were read. */
    long bodyBytes() {
        return sandbox.stats().bodyBytes();
    }

    @Override
    public void close() {
        sandbox.close();
    }
}
