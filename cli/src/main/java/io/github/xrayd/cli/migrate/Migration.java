package io.github.xrayd.cli.migrate;

import io.github.xrayd.cli.migrate.Remark.Kind;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What an official daemon's settings are in xrayd's configuration: the file, and a remark for each thing that was
 * found.
 */
public final class Migration {
    private static final String IMPLICIT_FILE = "/etc/amazon/xray/cfg.yaml";
    private static final String LOCAL_FILE = "cfg.yaml";
    private static final Set<String> LEVELS = Set.of("dev", "debug", "info", "warn", "error", "prod");
    private static final long CONCURRENCY_DEFAULT = 8;
    private static final long CONCURRENCY_MAX = 1024;
    private static final long MEMORY_MIN = 3;
    /**
     * Up to this limit of a container the JVM needs the smaller amount beside the segments, as docs/INSTALL.md says.
     */
    private static final long SMALL_CONTAINER = 192L << 20;

    private static final long SMALL_JVM_MEGABYTES = 40;
    private static final long JVM_MEGABYTES = 120;

    /**
     * A value with where it was given.
     *
     * @param isFlag whether on the command line
     */
    private record FoundValue(String text, String origin, boolean isFlag) {}

    private final Map<OfficialSetting, FoundValue> given = new EnumMap<>(OfficialSetting.class);
    private final Map<String, Object> written = new LinkedHashMap<>();
    private final List<Remark> remarks = new ArrayList<>();
    private final Launch launch;
    private final Set<String> ownVariables;

    private Migration(Launch launch, Set<String> ownVariables) {
        this.launch = launch;
        this.ownVariables = ownVariables;
    }

    /**
     * Migrates.
     *
     * @param file the text of the configuration file in place of the one that the daemon would read; null for that one
     * @param ownVariables the environment variables that xrayd reads and the official daemon does not
     * @throws MigrationException when the official daemon would not start with it
     */
    static Migration of(Launch launch, @Nullable String file, String fileName, Set<String> ownVariables)
            throws IOException, MigrationException {
        Migration migration = new Migration(launch, ownVariables);
        migration.remarks.addAll(launch.remarks());
        OfficialFlags flags = new OfficialFlags(launch.words());
        OfficialFlags.FlagValue named = flags.given().get(OfficialSetting.CONFIG);
        migration.file(file, fileName, named == null ? "" : named.text());
        migration.flags(flags);
        migration.environment();
        for (OfficialSetting setting : OfficialSetting.values()) {
            migration.write(setting);
        }
        migration.defaults();
        migration.surroundings();
        return migration;
    }

    /** The configuration, by keys with a dot before a mapping's member. */
    public Map<String, Object> written() {
        return written;
    }

    public List<Remark> remarks() {
        return remarks;
    }

    /** Where the settings were found, for users. */
    public String origin() {
        return launch.origin();
    }

    /** The configuration file. */
    public String yaml() {
        Map<String, Object> root = new LinkedHashMap<>();
        written.forEach((key, value) -> {
            int dot = key.indexOf('.');
            if (dot < 0) {
                root.put(key, value);
            } else {
                @SuppressWarnings("unchecked") // made here
                Map<String, Object> inner = (Map<String, Object>)
                        root.computeIfAbsent(key.substring(0, dot), name -> new LinkedHashMap<>());
                inner.put(key.substring(dot + 1), value);
            }
        });
        root.put("Version", 2);
        return "# xrayd's configuration, made by xray migrate from: "
                + launch.origin().replaceAll("\\s+", " ") + "\n" + YamlText.write(root);
    }

    private void add(Kind kind, String subject, String message) {
        remarks.add(new Remark(kind, subject, message));
    }

    private void file(@Nullable String text, String name, String path) throws IOException, MigrationException {
        String content = text;
        String origin = name;
        if (content == null) {
            for (String each : path.isEmpty() ? List.of(IMPLICIT_FILE, LOCAL_FILE) : List.of(path)) {
                content = content == null ? launch.files().read(each) : content;
                origin = content == null || !origin.isEmpty() ? origin : each;
            }
        }
        if (!path.isEmpty()) {
            add(
                    content == null ? Kind.TO_DO : Kind.CHANGED,
                    "-c " + path,
                    content == null
                            ? "that file is not here: give it as another FILE, its settings are missing"
                            : "its settings are in the new file");
        }
        if (content == null) {
            return;
        }
        OfficialFile file = new OfficialFile(content, origin);
        remarks.addAll(file.remarks());
        for (Map.Entry<OfficialSetting, String> entry : file.given().entrySet()) {
            given.put(entry.getKey(), new FoundValue(entry.getValue(), origin, false));
        }
    }

    private void flags(OfficialFlags flags) {
        flags.given().forEach((setting, flag) -> {
            if (setting == OfficialSetting.CONFIG) {
                return;
            }
            if (setting == OfficialSetting.LOG_LEVEL && !LEVELS.contains(flag.text())) {
                add(
                        Kind.LEFT_OUT,
                        flag.flag(),
                        "the official daemon ignores a level that it does not know; xrayd refuses it");
                return;
            }
            FoundValue before = given.put(setting, new FoundValue(flag.text(), "flag " + flag.flag(), true));
            if (before != null && !before.text().equals(flag.text())) {
                add(
                        Kind.LEFT_OUT,
                        setting.key(),
                        "that of " + before.origin() + ": " + flag.flag() + " wins over the file");
            }
        });
        if (flags.ignored() > 0) {
            add(
                    Kind.LEFT_OUT,
                    "arguments",
                    "the last " + flags.ignored()
                            + ": the official daemon ignores the first word that is no flag and all behind"
                            + " it; xrayd refuses it");
        }
    }

    private void environment() {
        for (Map.Entry<String, @Nullable String> variable : launch.environment().entrySet()) {
            variable(variable.getKey(), variable.getValue());
        }
    }

    private void variable(String name, @Nullable String value) {
        switch (name) {
            case "AWS_REGION" -> {
                if (given.containsKey(OfficialSetting.REGION)) {
                    add(Kind.LEFT_OUT, name, "the region that is given otherwise wins over it, here too");
                } else if (value == null || value.isEmpty() || CommandWords.hasVariable(value)) {
                    add(Kind.STAYS, name, "its value is elsewhere; xrayd reads it too");
                } else {
                    given.put(OfficialSetting.REGION, new FoundValue(value, "environment AWS_REGION", false));
                }
            }
            case "AWS_DEFAULT_REGION" ->
                add(Kind.STAYS, name, "xrayd reads it after metadata too, the official daemon in local mode only");
            case "HTTPS_PROXY", "https_proxy" ->
                add(Kind.STAYS, name, "both use it for calls to AWS; not written, because it may hold a password");
            case "NO_PROXY", "no_proxy" ->
                add(Kind.STAYS, name, "xrayd obeys it for calls to X-Ray too; the official daemon does not");
            case "AWS_CA_BUNDLE" ->
                add(Kind.STAYS, name, "xrayd uses it for calls to X-Ray too; the official daemon does not");
            case "AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_XRAY" ->
                add(
                        Kind.STAYS,
                        name,
                        "xrayd uses it after Endpoint, and for the TCP port too; the official daemon before it, and for uploads only");
            case "AWS_PROFILE",
                    "AWS_CONFIG_FILE",
                    "AWS_SHARED_CREDENTIALS_FILE",
                    "AWS_ROLE_ARN",
                    "AWS_WEB_IDENTITY_TOKEN_FILE",
                    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
                    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
                    "AWS_EC2_METADATA_DISABLED" -> add(Kind.STAYS, name, "both read it");
            case "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN" ->
                add(Kind.STAYS, name, "both read it; a key is never written into the file");
            case "AWS_HOSTNAME", "AWS_INSTANCE_ID" -> add(Kind.STAYS, name, "both send it with telemetry records");
            case "XRAY_DAEMON_CPU_PROFILE", "XRAY_DAEMON_MEMORY_PROFILE" ->
                add(Kind.LEFT_OUT, name, "profiles of a Go program; see xray diagnose");
            default -> {
                if (ownVariables.contains(name)) {
                    add(
                            Kind.TO_DO,
                            name,
                            "the official daemon does not read it, and xrayd does: look whether it is meant");
                }
            }
        }
    }

    private void write(OfficialSetting setting) throws MigrationException {
        FoundValue value = given.get(setting);
        if (value == null) {
            return;
        }
        if (CommandWords.hasVariable(value.text())) {
            add(
                    Kind.TO_DO,
                    setting.key(),
                    "its value is a variable that is not known here: give it yourself (" + value.origin() + ")");
            return;
        }
        if (value.text().isEmpty()) {
            boolean isAddress = setting == OfficialSetting.UDP_ADDRESS || setting == OfficialSetting.TCP_ADDRESS;
            if (isAddress) {
                add(
                        Kind.LEFT_OUT,
                        setting.key(),
                        "an empty address is any free port for the official daemon, and an error for xrayd");
            }
            return;
        }
        switch (setting) {
            case TOTAL_BUFFER_SIZE -> memory(value);
            case CONCURRENCY -> concurrency(value);
            case LOG_LEVEL -> level(value);
            case LOCAL_MODE, LOG_ROTATION, NO_VERIFY_SSL -> same(setting, bool(setting, value), value);
            case PROXY_ADDRESS, ENDPOINT -> url(setting, value);
            default -> same(setting, value.text(), value);
        }
    }

    private void same(OfficialSetting setting, Object what, FoundValue value) {
        written.put(setting.key(), what);
        add(Kind.SAME, setting.key(), what + " (" + value.origin() + ")");
    }

    private static boolean bool(OfficialSetting setting, FoundValue value) throws MigrationException {
        return switch (value.text()) {
            case "1", "t", "T", "true", "TRUE", "True" -> true;
            case "0", "f", "F", "false", "FALSE", "False" -> false;
            default ->
                throw new MigrationException(setting.key() + " (" + value.origin()
                        + ") is neither true nor false: the official daemon does not start with it");
        };
    }

    private static long whole(OfficialSetting setting, FoundValue value) throws MigrationException {
        try {
            String digits = value.text().replaceAll("(?<=[0-9a-fA-F])_(?=[0-9a-fA-F])", "");
            return Long.decode(digits.replaceFirst("^0[oO]", "0"));
        } catch (NumberFormatException e) {
            throw new MigrationException(setting.key() + " (" + value.origin()
                    + ") is no whole number: the official daemon does not start with it");
        }
    }

    private void memory(FoundValue value) throws MigrationException {
        OfficialSetting setting = OfficialSetting.TOTAL_BUFFER_SIZE;
        long megabytes = whole(setting, value);
        if (megabytes <= 0) {
            add(
                    Kind.SAME,
                    setting.key(),
                    megabytes + " means 1 % of the memory for both; not written (" + value.origin() + ")");
        } else if (megabytes < MEMORY_MIN) {
            written.put(setting.key(), MEMORY_MIN);
            add(
                    Kind.CHANGED,
                    setting.key(),
                    megabytes + " is written as 3: neither starts with less (" + value.origin() + ")");
        } else {
            same(setting, megabytes, value);
        }
    }

    private void concurrency(FoundValue value) throws MigrationException {
        OfficialSetting setting = OfficialSetting.CONCURRENCY;
        long calls = whole(setting, value);
        if (calls < 0) {
            add(
                    Kind.LEFT_OUT,
                    setting.key(),
                    calls + ": the official daemon uploads nothing with it, and xrayd refuses it (" + value.origin()
                            + ")");
        } else if (calls == CONCURRENCY_DEFAULT || calls == 0) {
            add(
                    Kind.LEFT_OUT,
                    setting.key(),
                    calls + " is the official default: without it xrayd adapts the calls, up to 64;"
                            + " write Concurrency: 8 for the same bound (" + value.origin() + ")");
        } else if (calls > CONCURRENCY_MAX) {
            written.put(setting.key(), CONCURRENCY_MAX);
            add(
                    Kind.CHANGED,
                    setting.key(),
                    calls + " is written as 1024, the most that xrayd takes (" + value.origin() + ")");
        } else {
            same(setting, calls, value);
        }
    }

    private void level(FoundValue value) {
        if (LEVELS.contains(value.text())) {
            same(OfficialSetting.LOG_LEVEL, value.text(), value);
        } else {
            written.put(OfficialSetting.LOG_LEVEL.key(), "dev");
            add(
                    Kind.CHANGED,
                    OfficialSetting.LOG_LEVEL.key(),
                    "a level that the official daemon does not know is its most verbose" + " one, dev ("
                            + value.origin() + ")");
        }
    }

    /** A URL, without the user and password that it may hold. */
    private void url(OfficialSetting setting, FoundValue value) {
        int start = value.text().indexOf("://") + 3;
        int slash = value.text().indexOf('/', Math.max(start, 3));
        int at = value.text().lastIndexOf('@', slash < 0 ? value.text().length() : slash);
        if (start < 3 || at < start) {
            same(setting, value.text(), value);
            return;
        }
        String bare = value.text().substring(0, start) + value.text().substring(at + 1);
        written.put(setting.key(), bare);
        add(
                Kind.TO_DO,
                setting.key(),
                bare + ": user and password are left out; give them in HTTPS_PROXY or write them in (" + value.origin()
                        + ")");
    }

    private void defaults() {
        if (!given.containsKey(OfficialSetting.CONCURRENCY)) {
            add(
                    Kind.DEFAULT,
                    "Concurrency",
                    "8 calls at most there; here as many as the endpoint answers well, up to 64");
        }
        add(
                Kind.DEFAULT,
                "Xrayd.RetryMaxAge",
                "a batch is dropped after two tries there; here it is tried for 5 minutes");
        add(
                Kind.DEFAULT,
                "Xrayd.ProxyAllow",
                "the TCP port forwards every call there; here the SDKs' sampling calls only (all: every" + " call)");
        add(
                Kind.DEFAULT,
                "Xrayd.SocketBuffer",
                "the kernel's default receive buffer there; here 4 MiB where net.core.rmem_max allows" + " it");
        add(Kind.DEFAULT, "Xrayd.ShutdownTimeout", "no limit there; here SIGTERM waits 10 s for what is held");
        if (given.containsKey(OfficialSetting.LOG_PATH)) {
            add(
                    Kind.DEFAULT,
                    "Logging.LogPath",
                    "mode 0644 there, 0640 here; a file that cannot be written stops the start here");
        }
        add(
                Kind.ADDED,
                "Xrayd",
                "all of it is off: SpoolDir outlives outages and restarts, OtlpEndpoint sends spans, HttpBind takes"
                        + " documents by HTTP (docs/OPTIONS.md; all that differs: docs/DIFFERENCES.md)");
    }

    private void surroundings() {
        if (!launch.isContainer()) {
            return;
        }
        remarks.add(ContainerFiles.image());
        if (launch.memoryBytes() > 0) {
            long limit = launch.memoryBytes() >> 20;
            long jvm = launch.memoryBytes() <= SMALL_CONTAINER ? SMALL_JVM_MEGABYTES : JVM_MEGABYTES;
            Object buffers = written.getOrDefault(OfficialSetting.TOTAL_BUFFER_SIZE.key(), MEMORY_MIN);
            long needed = jvm + Long.parseLong(buffers.toString());
            add(
                    needed <= limit ? Kind.SAME : Kind.TO_DO,
                    "memory",
                    "the container has " + limit + " MB; xrayd needs " + needed + " MB with its JVM (" + buffers
                            + " of it for" + " segments)"
                            + (needed <= limit
                                    ? ""
                                    : ": raise the limit, or the daemon keeps fewer segments or does not start"));
        }
    }
}
