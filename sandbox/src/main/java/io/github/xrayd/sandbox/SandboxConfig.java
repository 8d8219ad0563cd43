package io.github.xrayd.sandbox;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Sandbox configuration. Immutable; {@link #builder()} starts from the documented defaults.
 *
 * @param address where to listen; port 0 takes a free one; default 127.0.0.1:0
 * @param region the region that requests must be signed for; default {@value #REGION}
 * @param credentials who may sign, by access key; default {@value #ACCESS_KEY} with {@value #SECRET_KEY}
 * @param signatures whether signatures are verified; default {@link SignatureMode#VERIFY}
 * @param documents which documents are taken; default {@link DocumentMode#ACCEPT_ALL}
 * @param isKeepDocuments whether traces can be read back; without it documents are only counted (and heard by
 *     listeners); default true
 * @param limits of memory, bodies and threads
 * @param clock what the age of signatures is measured with; default the system's
 */
public record SandboxConfig(
        InetSocketAddress address,
        String region,
        Map<String, SandboxCredential> credentials,
        SignatureMode signatures,
        DocumentMode documents,
        boolean isKeepDocuments,
        Limits limits,
        Clock clock) {

    /**
     * The sandbox's limits.
     *
     * @param memoryBytesMax bound of the memory for kept traces, in bytes, at least 64 KiB; default 64 MiB
     * @param bodyBytesMax the largest request body taken, in bytes, 1 KiB to 64 MiB; default 8 MiB
     * @param threads threads that answer requests, 1 to 256; default 16
     */
    public record Limits(long memoryBytesMax, int bodyBytesMax, int threads) {
        public Limits {
            requireWithin("memory for traces in bytes", memoryBytesMax, 64 << 10, Long.MAX_VALUE);
            requireWithin("largest body in bytes", bodyBytesMax, 1 << 10, 64 << 20);
            requireWithin("threads", threads, 1, 256);
        }
    }

    /** The default access key, the one of the AWS documentation's examples. */
    public static final String ACCESS_KEY = "AKIDEXAMPLE";

    /** The default secret, the one of the AWS documentation's examples. */
    public static final String SECRET_KEY = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";

    /** The default region. */
    public static final String REGION = "us-east-1";

    public SandboxConfig {
        if (signatures == SignatureMode.VERIFY && credentials.isEmpty()) {
            throw new IllegalArgumentException(
                    "Signatures are verified but no credential is configured: add one or ignore signatures");
        }
        credentials = Map.copyOf(credentials);
    }

    private static void requireWithin(String what, long value, long min, long max) {
        if (value < min || value > max) {
            throw new IllegalArgumentException(
                    "The sandbox's " + what + " must be between " + min + " and " + max + ", not " + value);
        }
    }

    /** A builder with the documented defaults. */
    public static Builder builder() {
        return new Builder();
    }

    /** Collects settings; not thread-safe. */
    public static final class Builder {
        private InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        private String region = REGION;
        private final Map<String, SandboxCredential> credentials = new LinkedHashMap<>();
        private SignatureMode signatures = SignatureMode.VERIFY;
        private DocumentMode documents = DocumentMode.ACCEPT_ALL;
        private boolean isKeepDocuments = true;
        private long memoryBytesMax = 64L << 20;
        private int bodyBytesMax = 8 << 20;
        private int threads = 16;
        private Clock clock = Clock.systemUTC();

        private Builder() {}

        public Builder address(InetSocketAddress value) {
            address = value;
            return this;
        }

        /** Listens on 127.0.0.1 at this port; 0 takes a free one. */
        public Builder port(int value) {
            address = new InetSocketAddress(InetAddress.getLoopbackAddress(), value);
            return this;
        }

        public Builder region(String value) {
            region = value;
            return this;
        }

        /** Replaces the credentials: access key to secret. */
        public Builder credentials(Map<String, String> secretByAccessKey) {
            credentials.clear();
            secretByAccessKey.forEach(
                    (accessKey, secret) -> credentials.put(accessKey, new SandboxCredential(accessKey, secret, null)));
            return this;
        }

        /** Adds one more credential; the first one added replaces the default pair. */
        public Builder credential(SandboxCredential value) {
            credentials.put(value.accessKey(), value);
            return this;
        }

        public Builder signatures(SignatureMode value) {
            signatures = value;
            return this;
        }

        public Builder documents(DocumentMode value) {
            documents = value;
            return this;
        }

        public Builder keepDocuments(boolean value) {
            isKeepDocuments = value;
            return this;
        }

        public Builder memoryBytesMax(long value) {
            memoryBytesMax = value;
            return this;
        }

        public Builder bodyBytesMax(int value) {
            bodyBytesMax = value;
            return this;
        }

        public Builder threads(int value) {
            threads = value;
            return this;
        }

        public Builder clock(Clock value) {
            clock = value;
            return this;
        }

        public SandboxConfig build() {
            Map<String, SandboxCredential> who = credentials.isEmpty()
                    ? Map.of(ACCESS_KEY, new SandboxCredential(ACCESS_KEY, SECRET_KEY, null))
                    : credentials;
            return new SandboxConfig(
                    address,
                    region,
                    who,
                    signatures,
                    documents,
                    isKeepDocuments,
                    new Limits(memoryBytesMax, bodyBytesMax, threads),
                    clock);
        }
    }
}
