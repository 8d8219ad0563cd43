package io.github.xrayd.cli.migrate;

import io.github.xrayd.cli.migrate.Remark.Kind;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The official daemon's configuration file: versions 1 and 2, and the keys of the time before there were versions. */
public final class OfficialFile {
    /** Keys that were replaced, with those that took their place; AWS's migration script does the same. */
    public static final Map<String, OfficialSetting> MOVED = Map.of(
            "LogRotation", OfficialSetting.LOG_ROTATION,
            "Processor.Region", OfficialSetting.REGION,
            "Processor.Endpoint", OfficialSetting.ENDPOINT,
            "Processor.Routine", OfficialSetting.CONCURRENCY,
            "MemoryLimit", OfficialSetting.TOTAL_BUFFER_SIZE);

    /** Keys of former versions that nothing reads any more. */
    public static final Set<String> RETIRED = Set.of(
            "Profile.CPU",
            "Profile.Memory",
            "Socket.BufferSizeKB",
            "Logging.LogFormat",
            "Processor.BatchProcessorQueueSize");

    private final Map<OfficialSetting, String> given = new LinkedHashMap<>();
    private final List<Remark> remarks = new ArrayList<>();

    /**
     * @param name of the file, for messages
     * @throws MigrationException when it is no such file
     */
    OfficialFile(String text, String name) throws MigrationException {
        Map<String, @Nullable Object> root = YamlText.mapping(text, name);
        Map<String, @Nullable Object> flat = new LinkedHashMap<>();
        root.forEach((key, value) -> {
            Map<String, @Nullable Object> inner = YamlText.asMapping(value);
            if (inner == null || key.equals("Xrayd")) {
                flat.put(key, value);
            } else {
                inner.forEach((member, each) -> flat.put(key + "." + member, each));
            }
        });
        checkVersion(flat.remove("Version"), name);
        for (Map.Entry<String, @Nullable Object> entry : flat.entrySet()) {
            take(entry.getKey(), entry.getValue(), name);
        }
    }

    private void checkVersion(@Nullable Object version, String name) {
        if (version == null) {
            remarks.add(new Remark(
                    Kind.CHANGED,
                    "Version",
                    name + " has none, as files of the daemon's first releases; written as 2"));
        } else if (!version.equals(1) && !version.equals(2)) {
            remarks.add(new Remark(
                    Kind.CHANGED, "Version", name + " has another than 1 or 2, which no daemon takes; written as 2"));
        } else if (version.equals(1)) {
            remarks.add(new Remark(Kind.CHANGED, "Version", "1 is written as 2; the keys are the same"));
        }
    }

    private void take(String key, @Nullable Object value, String name) throws MigrationException {
        OfficialSetting moved = MOVED.get(key);
        OfficialSetting setting = moved == null ? OfficialSetting.ofKey(key) : moved;
        if (setting == null) {
            remarks.add(new Remark(Kind.LEFT_OUT, key, reason(key) + " (" + name + ")"));
            return;
        }
        if (value == null || value.toString().isEmpty()) {
            return;
        }
        boolean isRight =
                switch (setting.type()) {
                    case WHOLE -> value instanceof Integer;
                    case SWITCH -> value instanceof Boolean;
                    case TEXT -> YamlText.isScalar(value);
                };
        if (!isRight) {
            throw new MigrationException(name + ": " + key + " must be "
                    + switch (setting.type()) {
                        case WHOLE -> "a whole number";
                        case SWITCH -> "true or false";
                        case TEXT -> "a text";
                    } + ": the official daemon does not start with it");
        }
        if (moved != null) {
            remarks.add(new Remark(Kind.CHANGED, key, "is written as " + setting.key() + ", its later name"));
            given.putIfAbsent(setting, value.toString());
        } else {
            given.put(setting, value.toString());
        }
    }

    private static String reason(String key) {
        if (RETIRED.contains(key)) {
            return "no daemon uses it any more";
        }
        if (key.startsWith("ProxyServer.")) {
            return "the official daemon does not use it either";
        }
        return key.equals("Xrayd")
                ? "this file is xrayd's already; what is below stays in it"
                : "unknown to the official daemon and to xrayd";
    }

    Map<OfficialSetting, String> given() {
        return given;
    }

    List<Remark> remarks() {
        return remarks;
    }
}
