package io.github.xrayd.cli;

import io.github.xrayd.cli.log.LogSetup;
import io.github.xrayd.engine.DestinationKind;
import io.github.xrayd.engine.EngineConfig;
import io.github.xrayd.engine.EngineConfig.ReceivePath;
import io.github.xrayd.engine.StartException;
import io.github.xrayd.engine.XRayDestination;
import io.github.xrayd.engine.aws.AwsSettings;
import io.github.xrayd.engine.client.Transport;
import io.github.xrayd.engine.health.MetricsPush;
import io.github.xrayd.engine.proxy.ProxySettings;
import io.github.xrayd.engine.receive.AdmissionSettings;
import io.github.xrayd.engine.receive.InheritedSocket;
import io.github.xrayd.engine.receive.Networks;
import io.github.xrayd.engine.run.WaitStrategy;
import io.github.xrayd.engine.source.SourceConfig;
import io.github.xrayd.engine.spool.DeadLetterSettings;
import io.github.xrayd.engine.spool.SpoolSettings;
import io.github.xrayd.engine.telemetry.Ledger;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Turns settings into the engine's configuration. */
final class EngineSettings {
    private static final Duration ATTEMPT_TIMEOUT = Duration.ofSeconds(2);

    private static final int CALLS_MIN = 4;

    /** What an HTTP source takes beside heap and segments, in MB: its classes, code and threads. */
    private static final long HTTP_MEGABYTES = 4;

    private static final long MEGABYTES_MIN = EngineConfig.MEMORY_LIMIT_MIN >> 20;
    /** More than any machine has; keeps the limit in bytes within 64 bits. */
    private static final long MEGABYTES_MAX = 1L << 30;

    private EngineSettings() {}

    /**
     * The memory limit: the configured one, else 1 % of what the process may have, never below the least that works;
     * and never more than its control group has beside the JVM.
     *
     * @throws StartException when less is configured than works, or the control group is too small
     */
    static MemoryPlan memory(Settings settings) throws StartException {
        return memory(settings, 0);
    }

    /** The same for a running daemon whose heap may grow to {@code heapBytes}. */
    static MemoryPlan memory(Settings settings, long heapBytes) throws StartException {
        long configured = settings.whole(Setting.BUFFER_MEMORY);
        if (configured > 0 && configured < MEGABYTES_MIN) {
            throw new StartException(
                    "Not enough Buffers Memory Allocated. Min Buffers Memory required: " + MEGABYTES_MIN + " MB.");
        }
        HostMemory host = new HostMemory(Path.of("/"));
        long group = host.limit();
        return MemoryPlan.of(
                Math.min(configured, MEGABYTES_MAX),
                MEGABYTES_MIN,
                configured > 0 ? 0 : host.bytes(),
                group,
                group > 0 ? jvmMegabytes(settings, heapBytes) : 0);
    }

    /** What the JVM of a daemon with these settings needs, in MB. */
    static long jvmMegabytes(Settings settings, long heapBytes) {
        boolean hasArchive = new HostMemory(Path.of("/")).hasArchive();
        return MemoryPlan.jvmMegabytes(heapBytes, hasArchive, settings.textOrNull(Setting.SPOOL_DIR) != null)
                + (settings.textOrNull(Setting.HTTP_BIND) != null ? HTTP_MEGABYTES : 0);
    }

    /**
     * Calls in flight at most: the configured number, else as many as the heap has room for. A call may take 400 KB of
     * it.
     */
    static int callsMax(Settings settings) {
        int configured = (int) settings.whole(Setting.CONCURRENCY);
        if (configured > 0) {
            return configured;
        }
        long heap = MemoryPlan.heapMegabytes();
        return heap >= 40 ? EngineConfig.CONCURRENCY_ADAPTIVE_MAX : (int) Math.max(CALLS_MIN, 2 * (heap - 8));
    }

    /** Tells the SDK's own property, which its profile chain reads, before anything asks for credentials. */
    static void applyProfile(Settings settings) {
        String profile = settings.textOrNull(Setting.PROFILE);
        if (profile != null) {
            System.setProperty("aws.profile", profile);
        }
    }

    /**
     * The engine's configuration.
     *
     * @param memoryMegabytes the memory limit in MB
     * @throws StartException when an address or a URL is none
     */
    static EngineConfig of(Settings settings, long memoryMegabytes) throws StartException {
        return of(settings, memoryMegabytes, null);
    }

    /**
     * As above for a daemon that may have been started with a socket.
     *
     * @param inherited the socket that the daemon was started with, or null
     * @throws StartException when an address or a URL is none
     */
    static EngineConfig of(Settings settings, long memoryMegabytes, @Nullable InheritedSocket inherited)
            throws StartException {
        List<EngineConfig.DestinationConfig> destinations = new ArrayList<>();
        for (Settings.Destination destination : destinationsOf(settings)) {
            destinations.add(destination(destination));
        }
        return EngineConfig.builder()
                .udpAddress(HostPort.resolve(settings.text(Setting.BIND)))
                .receivers(inherited == null ? (int) settings.whole(Setting.RECEIVERS) : 1)
                .inherited(inherited)
                .receiveBufferBytes((int) settings.bytes(Setting.SOCKET_BUFFER))
                .memoryLimitBytes(memoryMegabytes << 20)
                .waitStrategy(WaitStrategy.valueOf(constant(settings.text(Setting.WAIT_STRATEGY))))
                .receivePath(ReceivePath.valueOf(constant(settings.text(Setting.RECEIVE_PATH))))
                .threadsMax((int) settings.whole(Setting.THREADS))
                .validateDocuments(settings.text(Setting.VALIDATE).equals("document"))
                .concurrencyMax(callsMax(settings))
                .retryAgeMax(Duration.ofMillis(settings.millis(Setting.RETRY_MAX_AGE)))
                .backend(backend(settings))
                .proxy(new ProxySettings(
                        HostPort.resolve(settings.text(Setting.BIND_TCP)),
                        paths(settings.text(Setting.PROXY_ALLOW)),
                        hosts(settings.textOrNull(Setting.PROXY_HOSTS))))
                .telemetry(new EngineConfig.TelemetryConfig(
                        !settings.isOn(Setting.NO_TELEMETRY), settings.textOrNull(Setting.RESOURCE_ARN)))
                .admin(admin(settings))
                .admission(admission(settings))
                .deadLetters(deadLetters(settings))
                .spool(spool(settings))
                .destinations(destinations)
                .proxyBackend(isAnyXray(destinations) ? null : backend(settings))
                .sources(sources(settings, Math.max(1, destinations.size())))
                .build();
    }

    /** The destinations of the file's list, or those that the options describe; none when that is X-Ray alone. */
    static List<Settings.Destination> destinationsOf(Settings settings) throws StartException {
        boolean isXray = settings.text(Setting.XRAY_OUTPUT).equals("on");
        List<Setting> kinds = DestinationKeys.KINDS.stream()
                .filter(kind -> settings.textOrNull(kind) != null)
                .toList();
        if (!settings.destinations().isEmpty()) {
            if (!kinds.isEmpty() || !isXray) {
                throw new StartException("--" + (kinds.isEmpty() ? Setting.XRAY_OUTPUT : kinds.get(0)).longName()
                        + " cannot be used with the list " + DestinationKeys.KEY
                        + " of the file: the list says where segments go."
                        + " Put it into an entry of the list, or take the list away.");
            }
            return settings.destinations();
        }
        require(settings, Setting.KAFKA_OUTPUT_BROKERS, Setting.KAFKA_OUTPUT_TOPIC, Setting.KAFKA_OUTPUT_PROPERTIES);
        require(
                settings,
                Setting.OTLP_ENDPOINT,
                isMetricsExported(settings) ? OtlpOutput.OF_SPANS : OtlpOutput.DETAILS);
        if (!isXray && kinds.isEmpty()) {
            throw new StartException(
                    "--xray-output is off, and there is no other output: give --otlp-endpoint or --kafka-output-brokers,"
                            + " or leave X-Ray on.");
        }
        if (kinds.isEmpty()) {
            return List.of();
        }
        List<Settings.Destination> all = new ArrayList<>();
        if (isXray) {
            Settings own = settings;
            for (Setting kind : kinds) {
                own = own.without(kind);
            }
            all.add(new Settings.Destination(Ledger.DEFAULT_DESTINATION, own));
        }
        for (Setting kind : kinds) {
            String name = kind == Setting.OTLP_ENDPOINT ? OtlpOutput.NAME : KafkaSettings.NAME;
            Settings own = settings.inDirectories(name);
            for (Setting other : kinds) {
                own = other == kind ? own : own.without(other);
            }
            all.add(new Settings.Destination(name, own));
        }
        return all;
    }

    private static boolean isAnyXray(List<EngineConfig.DestinationConfig> destinations) {
        return destinations.isEmpty()
                || destinations.stream().anyMatch(each -> each.kind().aws() != null);
    }

    private static List<SourceConfig> sources(Settings settings, int destinations) throws StartException {
        List<SourceConfig> sources = new ArrayList<>();
        if (settings.textOrNull(Setting.HTTP_BIND) != null) {
            sources.add(HttpBind.of(settings));
        }
        if (settings.textOrNull(Setting.KAFKA_INPUT_BROKERS) == null) {
            require(
                    settings,
                    Setting.KAFKA_INPUT_BROKERS,
                    Setting.KAFKA_INPUT_TOPIC,
                    Setting.KAFKA_INPUT_GROUP,
                    Setting.KAFKA_INPUT_PROPERTIES);
            return sources;
        }
        List<Settings> outputs = settings.destinations().isEmpty()
                ? List.of(settings)
                : settings.destinations().stream()
                        .map(Settings.Destination::settings)
                        .toList();
        sources.add(KafkaSettings.source(settings, outputs, destinations));
        return sources;
    }

    /** What only says how something is used is of no use without it. */
    private static void require(Settings settings, Setting used, Setting... others) throws StartException {
        for (Setting other : others) {
            if (settings.textOrNull(used) == null && !settings.value(other).isDefault()) {
                throw new StartException(
                        "--" + other.longName() + " needs --" + used.longName() + ", which is not given.");
            }
        }
    }

    private static EngineConfig.AdminConfig admin(Settings settings) throws StartException {
        InetSocketAddress address = adminAddress(settings);
        EngineConfig.AdminPlace place = address != null
                ? EngineConfig.AdminPlace.OWN_PORT
                : settings.text(Setting.ADMIN_BIND).isEmpty()
                        ? EngineConfig.AdminPlace.TCP_PORT
                        : EngineConfig.AdminPlace.NOWHERE;
        return new EngineConfig.AdminConfig(
                place,
                address,
                Version.text(),
                settings.shown(),
                Map.of("distinct warnings and errors of the log", LogSetup::distinct),
                push(settings));
    }

    private static boolean isMetricsExported(Settings settings) {
        String target = settings.text(Setting.OTLP_METRICS);
        return !target.isEmpty() && !target.equalsIgnoreCase("off");
    }

    private static @Nullable MetricsPush push(Settings settings) throws StartException {
        if (!isMetricsExported(settings)) {
            for (Setting detail : List.of(Setting.OTLP_METRICS_HEADERS, Setting.OTLP_METRICS_INTERVAL)) {
                if (!settings.value(detail).isDefault()) {
                    throw new StartException("--" + detail.longName() + " needs --otlp-metrics, which is off.");
                }
            }
            return null;
        }
        return OtlpOutput.metrics(settings);
    }

    /**
     * The address of a port for the daemon's own pages, or null when they have none of their own.
     *
     * @throws StartException when what was given is none
     */
    static @Nullable InetSocketAddress adminAddress(Settings settings) throws StartException {
        String text = settings.text(Setting.ADMIN_BIND);
        return text.isEmpty() || text.equalsIgnoreCase("off") ? null : HostPort.resolve(text);
    }

    private static EngineConfig.DestinationConfig destination(Settings.Destination destination) throws StartException {
        Settings settings = destination.settings();
        try {
            return new EngineConfig.DestinationConfig(
                    destination.name(),
                    kind(settings),
                    EngineConfig.BatchConfig.DEFAULT,
                    settings.textOrNull(Setting.OTLP_ENDPOINT) == null
                            ? callsMax(settings)
                            : OtlpOutput.callsMax(settings),
                    Duration.ofMillis(settings.millis(Setting.RETRY_MAX_AGE)),
                    deadLetters(settings),
                    spool(settings));
        } catch (StartException e) {
            throw new StartException("Destination " + destination.name() + ": " + e.getMessage(), e);
        }
    }

    /**
     * What kind of destination settings describe.
     *
     * @throws StartException when a setting is wrong
     */
    static DestinationKind kind(Settings settings) throws StartException {
        boolean isOtlp = settings.textOrNull(Setting.OTLP_ENDPOINT) != null;
        boolean isKafka = settings.textOrNull(Setting.KAFKA_OUTPUT_BROKERS) != null;
        if (isOtlp && isKafka) {
            throw new StartException("it has an OTLP endpoint and Kafka brokers; make two destinations of it");
        }
        if (isOtlp) {
            return OtlpOutput.destination(settings);
        }
        return isKafka ? KafkaSettings.destination(settings) : new XRayDestination(backend(settings));
    }

    /**
     * Which settings an inherited socket overrules, as text for the log.
     *
     * @throws StartException when the address to bind is none
     */
    static List<String> overruled(Settings settings, InheritedSocket inherited) throws StartException {
        List<String> warnings = new ArrayList<>();
        if (!inherited.isBoundTo(HostPort.resolve(settings.text(Setting.BIND)))) {
            warnings.add("The daemon receives on the inherited UDP socket, which is bound to " + inherited
                    + ". --bind is " + settings.text(Setting.BIND)
                    + " and is not used. Change ListenDatagram= of the socket unit, or --bind, so that they agree.");
        }
        if (settings.whole(Setting.RECEIVERS) > 1) {
            warnings.add("--receivers is " + settings.whole(Setting.RECEIVERS)
                    + ", but one inherited UDP socket has one receiver. For more of them, start the daemon without the socket"
                    + " unit.");
        }
        return warnings;
    }

    private static @Nullable AdmissionSettings admission(Settings settings) {
        String networks = settings.textOrNull(Setting.ALLOW_FROM);
        boolean isFair = settings.isOn(Setting.FAIR);
        boolean isCounting = settings.isOn(Setting.COUNT_SOURCES);
        return networks == null && !isFair && !isCounting
                ? null
                : new AdmissionSettings(networks == null ? null : Networks.parse(networks), isCounting, isFair);
    }

    private static @Nullable DeadLetterSettings deadLetters(Settings settings) {
        Path directory = settings.pathOrNull(Setting.DEAD_LETTER_DIR);
        return directory == null
                ? null
                : new DeadLetterSettings(directory, settings.whole(Setting.DEAD_LETTER_LIMIT) << 20);
    }

    /** Where batches are spooled, or null for nowhere. */
    static @Nullable SpoolSettings spool(Settings settings) {
        Path directory = settings.pathOrNull(Setting.SPOOL_DIR);
        return directory == null ? null : new SpoolSettings(directory, settings.whole(Setting.SPOOL_LIMIT) << 20);
    }

    private static String constant(String word) {
        return word.toUpperCase(Locale.ROOT).replace('-', '_');
    }

    /**
     * Where and as whom the API is called.
     *
     * @throws StartException when a URL is none
     */
    static AwsSettings backend(Settings settings) throws StartException {
        return new AwsSettings(
                settings.textOrNull(Setting.REGION),
                url(
                        settings.textOrNull(Setting.ENDPOINT),
                        "Unable to start http proxy server: unable to parse xray endpoint"),
                settings.textOrNull(Setting.ROLE_ARN),
                settings.isOn(Setting.LOCAL_MODE),
                Version.text(),
                new Transport(
                        url(settings.textOrNull(Setting.PROXY_ADDRESS), "Bad proxy URL"),
                        !settings.isOn(Setting.NO_VERIFY_SSL),
                        settings.pathOrNull(Setting.CA_BUNDLE),
                        ATTEMPT_TIMEOUT,
                        callsMax(settings)));
    }

    private static @Nullable URI url(@Nullable String text, String what) throws StartException {
        if (text == null) {
            return null;
        }
        String start = what + ": parse \"" + text + "\": ";
        int colon = text.indexOf(':');
        int slash = text.indexOf('/');
        if (colon == 0) {
            throw new StartException(start + "missing protocol scheme");
        }
        if (colon > 0 && Character.isDigit(text.charAt(0)) && (slash < 0 || colon < slash)) {
            throw new StartException(start + "first path segment in URL cannot contain colon; write http://" + text);
        }
        URI url;
        try {
            url = new URI(text);
        } catch (URISyntaxException e) {
            throw new StartException(start + e.getReason() + "; write for example http://127.0.0.1:8080", e);
        }
        String scheme = url.getScheme();
        if (scheme == null || url.getHost() == null || !isHttp(scheme)) {
            throw new StartException(start + "it must begin with http:// or https:// and name a host");
        }
        return url;
    }

    private static boolean isHttp(String scheme) {
        return scheme.equalsIgnoreCase("http") || scheme.equalsIgnoreCase("https");
    }

    static List<String> hosts(@Nullable String text) {
        return text == null
                ? List.of()
                : Stream.of(text.split(",", -1)).map(String::trim).toList();
    }

    private static List<String> paths(String text) {
        if (text.equals("sampling")) {
            return ProxySettings.SAMPLING_PATHS;
        }
        if (text.equals("all")) {
            return List.of("*");
        }
        List<String> paths = new ArrayList<>();
        for (String path : text.split(",", -1)) {
            paths.add(path.trim());
        }
        return paths;
    }
}
