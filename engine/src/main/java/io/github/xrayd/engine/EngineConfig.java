package io.github.xrayd.engine;

import io.github.xrayd.engine.backend.BackendSettings;
import io.github.xrayd.engine.proxy.ProxySettings;
import io.github.xrayd.engine.receive.AdmissionSettings;
import io.github.xrayd.engine.run.WaitStrategy;
import io.github.xrayd.engine.spool.DeadLetterSettings;
import io.github.xrayd.engine.spool.SpoolSettings;
import java.net.InetSocketAddress;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Everything an engine is told. Immutable; {@link #builder()} starts from the documented defaults.
 *
 * @param udpAddress where datagrams arrive; port 0 takes a free one
 * @param receivers sockets on that port, each with its own ring and threads, 1 to 64
 * @param receiveBufferBytes what to ask the kernel for per socket; 0 leaves the system's default
 * @param memoryLimitBytes arena, slots and batches together, at least 3 MiB
 * @param waitStrategy what threads do when there is nothing to do
 * @param receivePath how datagrams are read from the kernel
 * @param threadsMax threads for the data path of one receiver (1 to 3), or 0 to choose by the number of cores
 * @param isValidateDocuments whether documents are checked as segments, or taken as they are
 * @param concurrencyMax most calls in flight, or 0 to adapt up to 64
 * @param batchDocumentsMax documents per request, 1 to 50
 * @param batchBytesMax bytes per request body, soft: a single larger document still goes alone
 * @param batchAgeMax how long a document may wait for others
 * @param retryAgeMax how long a batch is retried
 * @param backend where and as whom to call the X-Ray API
 * @param proxy the TCP port, or null for none
 * @param resourceArn the ARN that telemetry records name, or null
 * @param isTelemetryEnabled whether telemetry records are sent
 * @param admission whose datagrams are taken, or null for everybody's, without a look at who sent them
 * @param deadLetters where documents are kept that the service did not take, or null for nowhere
 * @param spool where batches go when memory runs short or the process ends, or null for nowhere
 */
public record EngineConfig(
        InetSocketAddress udpAddress,
        int receivers,
        int receiveBufferBytes,
        long memoryLimitBytes,
        WaitStrategy waitStrategy,
        ReceivePath receivePath,
        int threadsMax,
        boolean isValidateDocuments,
        int concurrencyMax,
        int batchDocumentsMax,
        int batchBytesMax,
        Duration batchAgeMax,
        Duration retryAgeMax,
        BackendSettings backend,
        @Nullable ProxySettings proxy,
        @Nullable String resourceArn,
        boolean isTelemetryEnabled,
        @Nullable AdmissionSettings admission,
        @Nullable DeadLetterSettings deadLetters,
        @Nullable SpoolSettings spool) {

    /** The least memory an engine can work in, in bytes. */
    public static final long MEMORY_LIMIT_MIN = 3L << 20;

    /** The most calls in flight when no maximum is set. */
    public static final int CONCURRENCY_ADAPTIVE_MAX = 64;

    /** How datagrams are read from the kernel. */
    public enum ReceivePath {
        /** {@link #NATIVE} where the Java that runs has it, else {@link #NIO}. */
        AUTO,
        /** {@code DatagramChannel.receive}: everywhere; 120–128 bytes of garbage for each change of sender. */
        NIO,
        /** The C library's {@code recvfrom} through the foreign-function API, Java 22 and later: no garbage. */
        NATIVE
    }

    /** A builder with the documented defaults. */
    public static Builder builder() {
        return new Builder();
    }

    /** Collects settings; not thread-safe. */
    public static final class Builder {
        private InetSocketAddress udpAddress = new InetSocketAddress("127.0.0.1", 2000);
        private int receivers = 1;
        private int receiveBufferBytes = 4 << 20;
        private long memoryLimitBytes = 64L << 20;
        private WaitStrategy waitStrategy = WaitStrategy.ADAPTIVE;
        private ReceivePath receivePath = ReceivePath.AUTO;
        private int threadsMax;
        private boolean isValidateDocuments;
        private int concurrencyMax;
        private int batchDocumentsMax = 50;
        private int batchBytesMax = 512 << 10;
        private Duration batchAgeMax = Duration.ofSeconds(1);
        private Duration retryAgeMax = Duration.ofMinutes(5);
        private BackendSettings backend = new BackendSettings(
                null, null, null, false, null, true, Duration.ofSeconds(2), CONCURRENCY_ADAPTIVE_MAX, "0");
        private @Nullable ProxySettings proxy;
        private @Nullable String resourceArn;
        private boolean isTelemetryEnabled = true;
        private @Nullable AdmissionSettings admission;
        private @Nullable DeadLetterSettings deadLetters;
        private @Nullable SpoolSettings spool;

        private Builder() {}

        public Builder udpAddress(InetSocketAddress value) {
            udpAddress = value;
            return this;
        }

        public Builder receivers(int value) {
            receivers = value;
            return this;
        }

        public Builder receiveBufferBytes(int value) {
            receiveBufferBytes = value;
            return this;
        }

        public Builder memoryLimitBytes(long value) {
            memoryLimitBytes = value;
            return this;
        }

        public Builder waitStrategy(WaitStrategy value) {
            waitStrategy = value;
            return this;
        }

        public Builder receivePath(ReceivePath value) {
            receivePath = value;
            return this;
        }

        public Builder threadsMax(int value) {
            threadsMax = value;
            return this;
        }

        public Builder validateDocuments(boolean value) {
            isValidateDocuments = value;
            return this;
        }

        public Builder concurrencyMax(int value) {
            concurrencyMax = value;
            return this;
        }

        public Builder batchDocumentsMax(int value) {
            batchDocumentsMax = value;
            return this;
        }

        public Builder batchBytesMax(int value) {
            batchBytesMax = value;
            return this;
        }

        public Builder batchAgeMax(Duration value) {
            batchAgeMax = value;
            return this;
        }

        public Builder retryAgeMax(Duration value) {
            retryAgeMax = value;
            return this;
        }

        public Builder backend(BackendSettings value) {
            backend = value;
            return this;
        }

        public Builder proxy(@Nullable ProxySettings value) {
            proxy = value;
            return this;
        }

        public Builder resourceArn(@Nullable String value) {
            resourceArn = value;
            return this;
        }

        public Builder telemetryEnabled(boolean value) {
            isTelemetryEnabled = value;
            return this;
        }

        public Builder admission(@Nullable AdmissionSettings value) {
            admission = value;
            return this;
        }

        public Builder deadLetters(@Nullable DeadLetterSettings value) {
            deadLetters = value;
            return this;
        }

        public Builder spool(@Nullable SpoolSettings value) {
            spool = value;
            return this;
        }

        public EngineConfig build() {
            return new EngineConfig(
                    udpAddress,
                    receivers,
                    receiveBufferBytes,
                    memoryLimitBytes,
                    waitStrategy,
                    receivePath,
                    threadsMax,
                    isValidateDocuments,
                    concurrencyMax,
                    batchDocumentsMax,
                    batchBytesMax,
                    batchAgeMax,
                    retryAgeMax,
                    backend,
                    proxy,
                    resourceArn,
                    isTelemetryEnabled,
                    admission,
                    deadLetters,
                    spool);
        }
    }
}
