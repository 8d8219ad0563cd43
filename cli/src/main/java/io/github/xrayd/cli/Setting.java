package io.github.xrayd.cli;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The daemon's settings: one row each, from which flags, environment variables, configuration keys, help text and
 * docs/OPTIONS.md are made.
 */
enum Setting {
    RESOURCE_ARN(
            "a",
            "resource-arn",
            "ResourceARN",
            SettingKind.TEXT,
            "",
            "Amazon Resource Name (ARN) of the AWS resource running the daemon."),
    LOCAL_MODE("o", "local-mode", "LocalMode", SettingKind.SWITCH, "false", "Don't check for EC2 instance metadata."),
    BUFFER_MEMORY(
            "m",
            "buffer-memory",
            "TotalBufferSizeMB",
            SettingKind.WHOLE,
            "0",
            "Change the amount of memory in MB that buffers can use (minimum 3)."),
    REGION("n", "region", "Region", SettingKind.TEXT, "", "Send segments to X-Ray service in a specific region."),
    BIND(
            "b",
            "bind",
            "Socket.UDPAddress",
            SettingKind.ADDRESS,
            "127.0.0.1:2000",
            "Overrides default UDP address (127.0.0.1:2000)."),
    BIND_TCP(
            "t",
            "bind-tcp",
            "Socket.TCPAddress",
            SettingKind.ADDRESS,
            "127.0.0.1:2000",
            "Overrides default TCP address (127.0.0.1:2000)."),
    ROLE_ARN(
            "r",
            "role-arn",
            "RoleARN",
            SettingKind.TEXT,
            "",
            "Assume the specified IAM role to upload segments to a different account."),
    CONFIG("c", "config", null, SettingKind.PATH, "", "Load a configuration file from the specified path."),
    LOG_FILE("f", "log-file", "Logging.LogPath", SettingKind.PATH, "", "Output logs to the specified file path."),
    LOG_LEVEL(
            "l",
            "log-level",
            "Logging.LogLevel",
            SettingKind.choice("dev", "debug", "info", "warn", "error", "prod"),
            "prod",
            "Log level, from most verbose to least: dev, debug, info, warn, error, prod (default)."),
    PROXY_ADDRESS(
            "p",
            "proxy-address",
            "ProxyAddress",
            SettingKind.TEXT,
            "",
            "Proxy address through which to upload segments."),

    ENDPOINT(
            null, "endpoint", "Endpoint", SettingKind.TEXT, "", "X-Ray endpoint to send to (empty: the region's own)."),
    CONCURRENCY(
            null,
            "concurrency",
            "Concurrency",
            SettingKind.whole(0, 1024),
            "0",
            "Most upload calls at once (0: as many as the endpoint answers well, up to 64)."),
    NO_VERIFY_SSL(
            null,
            "no-verify-ssl",
            "NoVerifySSL",
            SettingKind.SWITCH,
            "false",
            "Don't check the endpoint's TLS certificate."),
    CA_BUNDLE(
            null,
            "ca-bundle",
            "Xrayd.CaBundle",
            SettingKind.PATH,
            "",
            "PEM file of the authorities to trust instead of Java's (empty: AWS_CA_BUNDLE, or the profile's ca_bundle)."),
    PROFILE(
            null,
            "profile",
            "Xrayd.Profile",
            SettingKind.TEXT,
            "",
            "Profile of the AWS configuration files to take credentials from."),
    LOG_ROTATION(
            null,
            "log-rotation",
            "Logging.LogRotation",
            SettingKind.SWITCH,
            "true",
            "Rotate the log file at 50 MiB, keeping one."),
    LOG_FORMAT(
            null,
            "log-format",
            "Xrayd.LogFormat",
            SettingKind.choice("text", "json"),
            "text",
            "Log lines as text or json."),
    VALIDATE(
            null,
            "validate",
            "Xrayd.Validate",
            SettingKind.choice("header", "document"),
            "header",
            "Check each datagram's header only, or its document strictly: header, document."),
    RECEIVERS(
            null,
            "receivers",
            "Xrayd.Receivers",
            SettingKind.whole(1, 64),
            "1",
            "Sockets that share the UDP port, each with its own ring and threads (1 to 64)."),
    WAIT_STRATEGY(
            null,
            "wait-strategy",
            "Xrayd.WaitStrategy",
            SettingKind.choice("busy-spin", "adaptive", "blocking"),
            "adaptive",
            "What idle threads do: busy-spin, adaptive, blocking."),
    RECEIVE_PATH(
            null,
            "receive-path",
            "Xrayd.ReceivePath",
            SettingKind.choice("auto", "nio", "native"),
            "auto",
            "How datagrams are read: auto, nio, native (Java 22 or later)."),
    THREADS(
            null,
            "threads",
            "Xrayd.Threads",
            SettingKind.whole(0, 3),
            "0",
            "Threads of each receiver's data path (1 to 3; 0: by the number of cores)."),
    SOCKET_BUFFER(
            null,
            "socket-buffer",
            "Xrayd.SocketBuffer",
            SettingKind.BYTES,
            "4M",
            "Receive buffer to ask the kernel for, in bytes, K or M (0: the system's default)."),
    SHUTDOWN_TIMEOUT(
            null,
            "shutdown-timeout",
            "Xrayd.ShutdownTimeout",
            SettingKind.DURATION,
            "10s",
            "How long SIGTERM and SIGINT wait for what is held to be uploaded."),
    LINGER(
            null,
            "linger",
            "Xrayd.Linger",
            SettingKind.DURATION,
            "0s",
            "How long SIGTERM and SIGINT go on receiving first, for containers that stop together with their application."),
    RETRY_MAX_AGE(
            null,
            "retry-max-age",
            "Xrayd.RetryMaxAge",
            SettingKind.DURATION,
            "5m",
            "How long a batch is retried before it is given up or, with a spool, goes to disk."),
    HTTP_BIND(
            null,
            "http-bind",
            "Xrayd.HttpBind",
            SettingKind.ADDRESS,
            "",
            "Address where documents come in by HTTP: OTLP at /v1/traces, X-Ray's API at /TraceSegments (empty: nowhere).",
            "otlp-bind"),
    ALLOW_FROM(
            null,
            "allow-from",
            "Xrayd.AllowFrom",
            SettingKind.NETWORKS,
            "",
            "Networks whose datagrams and HTTP documents are taken, as 10.0.0.0/8,2001:db8::/32; others are counted and ignored (empty: all)."),
    COUNT_SOURCES(
            null,
            "count-sources",
            "Xrayd.CountSources",
            SettingKind.SWITCH,
            "false",
            "Count datagrams by source, and name the busiest in the log while some are dropped."),
    FAIR(
            null,
            "fair",
            "Xrayd.Fair",
            SettingKind.SWITCH,
            "false",
            "When memory runs short, drop datagrams of sources above their fair share first (implies --count-sources)."),
    SPOOL_DIR(
            null,
            "spool-dir",
            "Xrayd.SpoolDir",
            SettingKind.PATH,
            "",
            "Directory for batches when memory runs short, they grow old or the daemon ends (empty: no spool)."),
    SPOOL_LIMIT(
            null,
            "spool-limit",
            "Xrayd.SpoolLimit",
            SettingKind.whole(1, 1 << 20),
            "1024",
            "Most MB of files in the spool directory."),
    DEAD_LETTER_DIR(
            null,
            "dead-letter-dir",
            "Xrayd.DeadLetterDir",
            SettingKind.PATH,
            "",
            "Directory for documents that the service does not take, for inspection (empty: none is kept)."),
    DEAD_LETTER_LIMIT(
            null,
            "dead-letter-limit",
            "Xrayd.DeadLetterLimit",
            SettingKind.whole(1, 1 << 20),
            "16",
            "Most MB of files in the dead letter directory (and 1,000 files); the oldest goes first."),
    XRAY_OUTPUT(
            null,
            "xray-output",
            "Xrayd.XrayOutput",
            SettingKind.choice("on", "off"),
            "on",
            "Send segments to X-Ray: on, off (where there is another output)."),
    OTLP_ENDPOINT(
            null,
            "otlp-endpoint",
            "Xrayd.OtlpEndpoint",
            SettingKind.TEXT,
            "",
            "OTLP/HTTP endpoint to send spans to, as https://HOST:4318; /v1/traces is added unless it ends with /traces (empty: none)."),
    OTLP_HEADERS(
            null,
            "otlp-headers",
            "Xrayd.OtlpHeaders",
            SettingKind.HEADERS,
            "",
            "Headers of OTLP requests, as name=value,name=value; a comma in a value is written %2C."),
    OTLP_COMPRESSION(
            null,
            "otlp-compression",
            "Xrayd.OtlpCompression",
            SettingKind.choice("gzip", "none"),
            "gzip",
            "How OTLP requests are compressed: gzip, none."),
    OTLP_AUTH(
            null,
            "otlp-auth",
            "Xrayd.OtlpAuth",
            SettingKind.choice("none", "aws"),
            "none",
            "How OTLP requests are signed: none, aws (for AWS's own endpoint, whose limits are kept then)."),
    OTLP_CA_BUNDLE(
            null,
            "otlp-ca-bundle",
            "Xrayd.OtlpCaBundle",
            SettingKind.PATH,
            "",
            "PEM file of the authorities to trust for the OTLP endpoint (empty: that of --ca-bundle, else Java's)."),
    OTLP_CLIENT_CERTIFICATE(
            null,
            "otlp-client-certificate",
            "Xrayd.OtlpClientCertificate",
            SettingKind.PATH,
            "",
            "PEM file of the certificate by which the OTLP endpoint knows the daemon (empty: none)."),
    OTLP_CLIENT_KEY(
            null,
            "otlp-client-key",
            "Xrayd.OtlpClientKey",
            SettingKind.PATH,
            "",
            "PEM file of that certificate's private key, PKCS #8 and not encrypted."),
    OTLP_PROXY_ADDRESS(
            null,
            "otlp-proxy-address",
            "Xrayd.OtlpProxyAddress",
            SettingKind.TEXT,
            "",
            "Forward proxy for the OTLP endpoint, or direct (empty: HTTPS_PROXY or HTTP_PROXY, by the endpoint's scheme)."),
    OTLP_METRICS(
            null,
            "otlp-metrics",
            "Xrayd.OtlpMetrics",
            SettingKind.TEXT,
            "off",
            "OTLP/HTTP endpoint to send the daemon's own metrics to, as http://HOST:4318; /v1/metrics is added unless it ends with /metrics; off: nowhere."),
    OTLP_METRICS_HEADERS(
            null,
            "otlp-metrics-headers",
            "Xrayd.OtlpMetricsHeaders",
            SettingKind.HEADERS,
            "",
            "Headers of these requests, as name=value,name=value; a comma in a value is written %2C."),
    OTLP_METRICS_INTERVAL(
            null,
            "otlp-metrics-interval",
            "Xrayd.OtlpMetricsInterval",
            SettingKind.DURATION,
            "60s",
            "How often metrics are sent (1s at least)."),
    KAFKA_OUTPUT_BROKERS(
            null,
            "kafka-output-brokers",
            "Xrayd.KafkaOutputBrokers",
            SettingKind.TEXT,
            "",
            "Kafka brokers to send segments to, as a.example:9092,b.example:9092 (empty: none)."),
    KAFKA_OUTPUT_TOPIC(
            null,
            "kafka-output-topic",
            "Xrayd.KafkaOutputTopic",
            SettingKind.TEXT,
            "xray_segments",
            "Topic to send to."),
    KAFKA_OUTPUT_PROPERTIES(
            null,
            "kafka-output-properties",
            "Xrayd.KafkaOutputProperties",
            SettingKind.PROPERTIES,
            "",
            "Properties of Kafka's producer (TLS, SASL and others), in the file as a mapping."),
    KAFKA_INPUT_BROKERS(
            null,
            "kafka-input-brokers",
            "Xrayd.KafkaInputBrokers",
            SettingKind.TEXT,
            "",
            "Kafka brokers to consume segments from, as a.example:9092,b.example:9092 (empty: none)."),
    KAFKA_INPUT_TOPIC(
            null, "kafka-input-topic", "Xrayd.KafkaInputTopic", SettingKind.TEXT, "xray_segments", "Topic to consume."),
    KAFKA_INPUT_GROUP(
            null,
            "kafka-input-group",
            "Xrayd.KafkaInputGroup",
            SettingKind.TEXT,
            "xrayd",
            "Consumer group, whose members share the topic's partitions."),
    KAFKA_INPUT_PROPERTIES(
            null,
            "kafka-input-properties",
            "Xrayd.KafkaInputProperties",
            SettingKind.PROPERTIES,
            "",
            "Properties of Kafka's consumer (TLS, SASL and others), in the file as a mapping."),
    PROXY_ALLOW(
            null,
            "proxy-allow",
            "Xrayd.ProxyAllow",
            SettingKind.PATHS,
            "sampling",
            "API calls that the TCP port forwards: sampling, all, or a list as /GetGroups,/GetInsight."),
    PROXY_HOSTS(
            null,
            "proxy-hosts",
            "Xrayd.ProxyHosts",
            SettingKind.TEXT,
            "",
            "Host names that the TCP port and --http-bind answer to besides addresses and private names, as a.example,b.example; * for any."),
    ADMIN_BIND(
            null,
            "admin-bind",
            "Xrayd.AdminBind",
            SettingKind.ADDRESS_OR_OFF,
            "",
            "Address for health, metrics and status pages instead of the TCP port; off: nowhere (empty: on the TCP port)."),
    NO_TELEMETRY(
            null, "no-telemetry", "Xrayd.NoTelemetry", SettingKind.SWITCH, "false", "Don't send telemetry records."),
    LEDGER_FILE(
            null,
            "ledger-file",
            "Xrayd.LedgerFile",
            SettingKind.PATH,
            "",
            "File for the final ledger as JSON, replaced when the daemon ends (empty: none)."),
    DIAGNOSTICS_DIR(
            null,
            "diagnostics-dir",
            "Xrayd.DiagnosticsDir",
            SettingKind.PATH,
            "",
            "Directory for reports that SIGUSR1, SIGQUIT (Java 22 or later) and xray diagnose write; 10 are kept, 4 MB each at"
                    + " most (empty: none).");

    private final @Nullable String shortName;
    private final String longName;
    private final @Nullable String key;

    @SuppressWarnings("ImmutableEnumChecker") // It is immutable: final fields of immutable values only.
    private final SettingKind kind;

    private final String defaultText;
    private final String help;
    private final @Nullable String alias;

    Setting(
            @Nullable String shortName,
            String longName,
            @Nullable String key,
            SettingKind kind,
            String defaultText,
            String help) {
        this(shortName, longName, key, kind, defaultText, help, null);
    }

    /** As above, with another long name that means the same. */
    Setting(
            @Nullable String shortName,
            String longName,
            @Nullable String key,
            SettingKind kind,
            String defaultText,
            String help,
            @Nullable String alias) {
        this.alias = alias;
        this.shortName = shortName;
        this.longName = longName;
        this.key = key;
        this.kind = kind;
        this.defaultText = defaultText;
        this.help = help;
    }

    /** The one-letter flag without its dash, or null; the reference daemon's flags are those that have one. */
    @Nullable
    String shortName() {
        return shortName;
    }

    /** The flag's name without dashes. */
    String longName() {
        return longName;
    }

    /** The configuration key, with a dot between a mapping and its member, or null when a file cannot set it. */
    @Nullable
    String key() {
        return key;
    }

    /** The environment variable. */
    String variable() {
        return variable(longName);
    }

    private static String variable(String name) {
        return "XRAY_" + name.toUpperCase(Locale.ROOT).replace('-', '_');
    }

    /** Another long name without dashes that means the same, or null. */
    @Nullable
    String alias() {
        return alias;
    }

    /** The environment variable of the other name, or null. */
    @Nullable
    String aliasVariable() {
        return alias == null ? null : variable(alias);
    }

    /** The configuration key of the other name, or null. */
    @Nullable
    String aliasKey() {
        if (alias == null) {
            return null;
        }
        StringBuilder text = new StringBuilder("Xrayd.");
        for (String word : alias.split("-", -1)) {
            text.append(word.substring(0, 1).toUpperCase(Locale.ROOT)).append(word.substring(1));
        }
        return text.toString();
    }

    SettingKind kind() {
        return kind;
    }

    /** Whether its text may be one that only its owner should see, such as headers with keys. */
    boolean isSecret() {
        return longName.endsWith("headers") || longName.endsWith("properties") || longName.endsWith("password");
    }

    /** What holds when nothing is said, in the form a flag takes. */
    String defaultText() {
        return defaultText;
    }

    String help() {
        return help;
    }

    /** The setting with that flag name, or null. */
    static @Nullable Setting ofFlag(String name) {
        for (Setting setting : values()) {
            if (name.equals(setting.longName) || name.equals(setting.shortName) || name.equals(setting.alias)) {
                return setting;
            }
        }
        return null;
    }

    /** The setting with that configuration key, or null. */
    static @Nullable Setting ofKey(String key) {
        for (Setting setting : values()) {
            if (key.equals(setting.key) || key.equals(setting.aliasKey())) {
                return setting;
            }
        }
        return null;
    }
}
