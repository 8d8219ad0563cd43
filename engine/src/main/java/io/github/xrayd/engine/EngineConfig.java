package io.github.xrayd.engine;

import io.github.xrayd.engine.aws.AwsSettings;
import io.github.xrayd.engine.client.Transport;
import io.github.xrayd.engine.health.MetricsPush;
import io.github.xrayd.engine.proxy.ProxySettings;
import io.github.xrayd.engine.receive.AdmissionSettings;
import io.github.xrayd.engine.receive.InheritedSocket;
import io.github.xrayd.engine.run.WaitStrategy;
import io.github.xrayd.engine.source.SourceConfig;
import io.github.xrayd.engine.spool.DeadLetterSettings;
import io.github.xrayd.engine.spool.SpoolSettings;
import io.github.xrayd.engine.telemetry.Ledger;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Engine configuration. Immutable; {@link #builder()} starts from the documented defaults.
 *
 * @param receive where datagrams come from, and which threads take them
 * @param sources where documents come from besides
 * @param memoryLimitBytes arena, slots and batches of all destinations together, at least 3 MiB
 * @param destinations where documents go, at least one, each with a name of its own; the first one to X-Ray serves the
 *     TCP port
 * @param proxy the TCP port, or null for none
 * @param proxyBackend where the TCP port forwards calls to when no destination is X-Ray; null when there is one
 * @param telemetry the records that the daemon sends about itself
 * @param admin the daemon's own pages
 */
public record EngineConfig(
        ReceiveConfig receive,
        List<SourceConfig> sources,
        long memoryLimitBytes,
        List<DestinationConfig> destinations,
        @Nullable ProxySettings proxy,
        @Nullable AwsSettings proxyBackend,
        TelemetryConfig telemetry,
        AdminConfig admin) {

    public EngineConfig {
        sources = List.copyOf(sources);
        destinations = List.copyOf(destinations);
        Set<String> names = new HashSet<>();
        for (DestinationConfig destination : destinations) {
            if (!names.add(destination.name())) {
                throw new IllegalArgumentException("two destinations are named " + destination.name());
            }
        }
        if (names.isEmpty()) {
            throw new IllegalArgumentException("there is no destination");
        }
    }

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
        /** The C library's {@code recvmmsg} through the foreign-function API, Java 22 and later: no garbage. */
        NATIVE
    }

    /**
     * The UDP source and the threads of the data path.
     *
     * @param udpAddress where datagrams arrive; port 0 takes a free one
     * @param receivers sockets on that port, each with its own ring and threads, 1 to 64
     * @param receiveBufferBytes what to ask the kernel for per socket; 0 leaves the system's default
     * @param waitStrategy what threads do when there is nothing to do
     * @param receivePath how datagrams are read from the kernel
     * @param threadsMax threads for the data path of one receiver (1 to 3), or 0 to choose by the number of cores
     * @param isValidateDocuments whether documents are checked as segments, or taken as they are
     * @param admission whose datagrams are taken, or null for everybody's, without a look at who sent them
     * @param inherited the socket to receive on instead of binding {@code udpAddress}, or null; then there is one
     *     receiver
     */
    public record ReceiveConfig(
            InetSocketAddress udpAddress,
            int receivers,
            int receiveBufferBytes,
            WaitStrategy waitStrategy,
            ReceivePath receivePath,
            int threadsMax,
            boolean isValidateDocuments,
            @Nullable AdmissionSettings admission,
            @Nullable InheritedSocket inherited) {

        public ReceiveConfig {
            if (inherited != null && receivers != 1) {
                throw new IllegalArgumentException("one inherited socket cannot have " + receivers + " receivers");
            }
        }

        /** The same with another admission. */
        ReceiveConfig admitting(@Nullable AdmissionSettings other) {
            return new ReceiveConfig(
                    udpAddress,
                    receivers,
                    receiveBufferBytes,
                    waitStrategy,
                    receivePath,
                    threadsMax,
                    isValidateDocuments,
                    other,
                    inherited);
        }
    }

    /**
     * When a batch is complete.
     *
     * @param documentsMax documents per request, 1 to 50
     * @param bytesMax bytes per request body, soft: a single larger document still goes alone
     * @param ageMax how long a document may wait for others
     */
    public record BatchConfig(int documentsMax, int bytesMax, Duration ageMax) {
        /** The documented defaults: 50 documents, 512 KiB, 1 s. */
        public static final BatchConfig DEFAULT = new BatchConfig(50, 512 << 10, Duration.ofSeconds(1));
    }

    /**
     * One destination.
     *
     * @param name tells it apart in the log, the ledger, metrics and pages
     * @param kind how documents are written, and what delivers them
     * @param batch when a batch is complete
     * @param concurrencyMax most calls in flight, or 0 to adapt up to {@link #CONCURRENCY_ADAPTIVE_MAX}
     * @param retryAgeMax how long a batch is retried
     * @param deadLetters where documents are kept that the service did not take, or null for nowhere
     * @param spool where batches go when memory runs short or the process ends, or null for nowhere; its encoding is
     *     the kind's, whatever these settings say
     */
    public record DestinationConfig(
            String name,
            DestinationKind kind,
            BatchConfig batch,
            int concurrencyMax,
            Duration retryAgeMax,
            @Nullable DeadLetterSettings deadLetters,
            @Nullable SpoolSettings spool) {

        /** The most calls in flight. */
        public int callsMax() {
            return concurrencyMax > 0 ? concurrencyMax : CONCURRENCY_ADAPTIVE_MAX;
        }
    }

    /**
     * Telemetry records.
     *
     * @param isEnabled whether they are sent
     * @param resourceArn the ARN that they name, or null
     */
    public record TelemetryConfig(boolean isEnabled, @Nullable String resourceArn) {}

    /**
     * The daemon's own pages: health, metrics, what it is.
     *
     * @param place where they are served
     * @param address the address of a port of their own; used with {@link AdminPlace#OWN_PORT} only
     * @param version the daemon's version, as the pages tell it
     * @param settings the effective configuration without secrets, by option, as the pages tell it
     * @param reports what diagnostics have beside the engine's own, by heading; asked from any thread
     * @param push what sends metrics somewhere, or null for nothing
     */
    public record AdminConfig(
            AdminPlace place,
            @Nullable InetSocketAddress address,
            String version,
            Map<String, String> settings,
            Map<String, Supplier<String>> reports,
            @Nullable MetricsPush push) {
        /** On the TCP port, by a daemon that tells neither version nor settings. */
        public static final AdminConfig DEFAULT =
                new AdminConfig(AdminPlace.TCP_PORT, null, "unknown", Map.of(), Map.of(), null);

        public AdminConfig {
            if (place == AdminPlace.OWN_PORT && address == null) {
                throw new IllegalArgumentException("a port of its own needs an address");
            }
            settings = Collections.unmodifiableMap(new LinkedHashMap<>(settings));
            reports = Collections.unmodifiableMap(new LinkedHashMap<>(reports));
        }
    }

    /** Where the daemon's own pages are served. */
    public enum AdminPlace {
        /** Beside the sampling calls. */
        TCP_PORT,
        /** On an address of their own; the TCP port does not have them then. */
        OWN_PORT,
        /** Nowhere. */
        NOWHERE
    }

    /** A builder with the documented defaults. */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Collects settings: of the engine, and of its one destination unless {@link #destinations} names several. Not
     * thread-safe.
     */
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
        private Duration retryAgeMax = Duration.ofMinutes(5);
        private AwsSettings backend = new AwsSettings(
                null,
                null,
                null,
                false,
                "0",
                new Transport(null, true, null, Duration.ofSeconds(2), CONCURRENCY_ADAPTIVE_MAX));
        private @Nullable ProxySettings proxy;
        private @Nullable AwsSettings proxyBackend;
        private TelemetryConfig telemetry = new TelemetryConfig(true, null);
        private AdminConfig admin = AdminConfig.DEFAULT;
        private @Nullable AdmissionSettings admission;
        private @Nullable InheritedSocket inherited;
        private @Nullable DeadLetterSettings deadLetters;
        private @Nullable SpoolSettings spool;
        private List<SourceConfig> sources = List.of();
        private List<DestinationConfig> destinations = List.of();

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

        public Builder retryAgeMax(Duration value) {
            retryAgeMax = value;
            return this;
        }

        public Builder backend(AwsSettings value) {
            backend = value;
            return this;
        }

        public Builder proxy(@Nullable ProxySettings value) {
            proxy = value;
            return this;
        }

        /** Where the TCP port forwards calls to when no destination is X-Ray. */
        public Builder proxyBackend(@Nullable AwsSettings value) {
            proxyBackend = value;
            return this;
        }

        public Builder telemetry(TelemetryConfig value) {
            telemetry = value;
            return this;
        }

        public Builder admin(AdminConfig value) {
            admin = value;
            return this;
        }

        public Builder admission(@Nullable AdmissionSettings value) {
            admission = value;
            return this;
        }

        /** The socket to receive on instead of binding the UDP address; {@link #receivers} must be 1 then. */
        public Builder inherited(@Nullable InheritedSocket value) {
            inherited = value;
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

        /** Where documents come from besides the UDP port. */
        public Builder sources(List<SourceConfig> value) {
            sources = value;
            return this;
        }

        /** Several destinations, in place of the one that the other methods describe. */
        public Builder destinations(List<DestinationConfig> value) {
            destinations = value;
            return this;
        }

        public EngineConfig build() {
            DestinationConfig only = new DestinationConfig(
                    Ledger.DEFAULT_DESTINATION,
                    new XRayDestination(backend),
                    BatchConfig.DEFAULT,
                    concurrencyMax,
                    retryAgeMax,
                    deadLetters,
                    spool);
            return new EngineConfig(
                    new ReceiveConfig(
                            udpAddress,
                            receivers,
                            receiveBufferBytes,
                            waitStrategy,
                            receivePath,
                            threadsMax,
                            isValidateDocuments,
                            admission,
                            inherited),
                    sources,
                    memoryLimitBytes,
                    destinations.isEmpty() ? List.of(only) : destinations,
                    proxy,
                    proxyBackend,
                    telemetry,
                    admin);
        }
    }
}
