package io.github.xrayd.cli;

import io.github.xrayd.cli.log.LogText;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What holds for each setting: flags over environment over file over default. */
final class Settings {
    /** The file that is read without being named, before the one in the working directory. */
    static final Path SYSTEM_FILE = Path.of("/etc/amazon/xray/cfg.yaml");

    private static final String LOCAL_FILE = "cfg.yaml";

    /**
     * A setting's value.
     *
     * @param text in the spelling that {@link SettingKind#check} gives
     * @param origin where it was set, for users
     * @param isDefault whether it is the default
     */
    record Value(String text, String origin, boolean isDefault) {}

    private final Map<Setting, Value> values;
    private final List<Destination> destinations = new ArrayList<>();
    private final List<String> warnings = new ArrayList<>();
    private final @Nullable Path file;
    private final Path directory;

    /**
     * One destination of the configuration's list.
     *
     * @param name tells it apart
     * @param settings what holds for it: its own, else the daemon's
     */
    record Destination(String name, Settings settings) {}

    private Settings(Map<Setting, Value> values, @Nullable ConfigFile file, Path directory) {
        this.values = values;
        if (file != null) {
            warnings.addAll(file.warnings());
        }
        this.file = file == null ? null : file.path();
        this.directory = directory;
    }

    /**
     * Merges flags, environment, file and defaults.
     *
     * @param directory what relative paths are resolved against
     * @throws ConfigException when the file or the environment is wrong
     */
    static Settings load(Flags flags, Map<String, String> environment, Path directory) throws ConfigException {
        Map<Setting, Value> values = new EnumMap<>(Setting.class);
        for (Setting setting : Setting.values()) {
            values.put(setting, configured(setting, flags, environment));
        }
        ConfigFile file = file(values, directory);
        if (file != null) {
            for (Map.Entry<Setting, ConfigFile.Entry> entry : file.entries().entrySet()) {
                Value configured = values.get(entry.getKey());
                if (configured == null || configured.isDefault()) {
                    values.put(entry.getKey(), of(file, entry.getValue()));
                }
            }
        }
        Settings settings = new Settings(values, file, directory);
        if (file != null) {
            file.destinations().forEach(each -> settings.destinations.add(settings.destination(file, each)));
        }
        settings.warnings.addAll(VariableNames.warnings(environment));
        return settings;
    }

    private static Value of(ConfigFile file, ConfigFile.Entry entry) {
        return new Value(entry.text(), "file " + file.path() + " line " + entry.line(), false);
    }

    /**
     * The daemon's own settings overridden by those of an entry of the list; directories that it does not name are made
     * by its name.
     */
    private Destination destination(ConfigFile file, ConfigFile.DestinationEntry entry) {
        Map<Setting, Value> merged = new EnumMap<>(values);
        putDirectories(entry.name(), merged);
        // An entry gives its kind of destination itself.
        for (Setting kind : DestinationKeys.KINDS) {
            merged.put(kind, new Value("", "default", true));
        }
        entry.entries().forEach((setting, value) -> merged.put(setting, of(file, value)));
        return new Destination(entry.name(), new Settings(merged, null, directory));
    }

    /** The same with directories of its own, by {@code name}, below those that are set. */
    Settings inDirectories(String name) {
        Map<Setting, Value> merged = new EnumMap<>(values);
        putDirectories(name, merged);
        return new Settings(merged, null, directory);
    }

    /** The same as if nobody had given {@code setting}. */
    Settings without(Setting setting) {
        Map<Setting, Value> merged = new EnumMap<>(values);
        merged.put(setting, new Value(setting.defaultText(), "default", true));
        return new Settings(merged, null, directory);
    }

    private void putDirectories(String name, Map<Setting, Value> merged) {
        for (Setting setting : List.of(Setting.SPOOL_DIR, Setting.DEAD_LETTER_DIR)) {
            Value whole = value(setting);
            if (!whole.text().isEmpty()) {
                String own = Path.of(whole.text()).resolve(name).toString();
                merged.put(setting, new Value(own, whole.origin(), false));
            }
        }
    }

    private static Value configured(Setting setting, Flags flags, Map<String, String> environment)
            throws ConfigException {
        Flags.Given given = flags.given(setting);
        if (given != null) {
            return new Value(given.text(), "flag " + given.flag(), false);
        }
        Value named = configured(setting, setting.variable(), environment);
        String alias = setting.aliasVariable();
        if (named == null && alias != null) {
            named = configured(setting, alias, environment);
        }
        if (named != null) {
            return named;
        }
        return new Value(setting.defaultText(), "default", true);
    }

    private static @Nullable Value configured(Setting setting, String variable, Map<String, String> environment)
            throws ConfigException {
        String text = environment.get(variable);
        if (text == null || text.isEmpty()) {
            return null;
        }
        try {
            return new Value(setting.kind().check(text), "environment " + variable, false);
        } catch (BadValueException e) {
            throw new ConfigException("Error occur when using environment variable " + variable + ": invalid value \""
                    + text + "\": " + e.getMessage());
        }
    }

    private static @Nullable ConfigFile file(Map<Setting, Value> values, Path directory) throws ConfigException {
        Value named = values.get(Setting.CONFIG);
        if (named != null && !named.text().isEmpty()) {
            return ConfigFile.read(directory.resolve(named.text()), true);
        }
        if (Files.exists(SYSTEM_FILE)) {
            return ConfigFile.read(SYSTEM_FILE, false);
        }
        Path local = directory.resolve(LOCAL_FILE);
        return Files.exists(local) ? ConfigFile.read(local, false) : null;
    }

    /** The configuration file that was read, or null when there was none. */
    @Nullable
    Path file() {
        return file;
    }

    /** What holds for each option, without secrets; an option of a destination has its name before it. */
    Map<String, String> shown() {
        Map<String, String> shown = new LinkedHashMap<>();
        for (Setting setting : Setting.values()) {
            shown.put(setting.longName(), shown(setting));
        }
        for (Destination destination : destinations) {
            for (Setting setting : DestinationKeys.SETTINGS) {
                shown.put(
                        destination.name() + "." + setting.longName(),
                        destination.settings().shown(setting));
            }
        }
        return shown;
    }

    private String shown(Setting setting) {
        String text = text(setting);
        return setting.isSecret() && !text.isEmpty()
                ? "(redacted)"
                : LogText.redacted(setting.kind().shown(text));
    }

    Value value(Setting setting) {
        Value value = values.get(setting);
        if (value == null) {
            throw new IllegalStateException("no value for " + setting);
        }
        return value;
    }

    /**
     * The destinations of the file's list; empty when there is only the one that the daemon's own settings describe.
     */
    List<Destination> destinations() {
        return destinations;
    }

    /**
     * What a file that was not named, or the environment, says and the daemon does not know; the reference daemon lets
     * that pass in silence.
     */
    List<String> warnings() {
        return warnings;
    }

    /** The text; empty when not set. */
    String text(Setting setting) {
        return value(setting).text();
    }

    /** The text, or null when it is empty. */
    @Nullable
    String textOrNull(Setting setting) {
        String text = text(setting);
        return text.isEmpty() ? null : text;
    }

    /** The path, or null when it is empty. */
    @Nullable
    Path pathOrNull(Setting setting) {
        String text = text(setting);
        return text.isEmpty() ? null : directory.resolve(text);
    }

    boolean isOn(Setting setting) {
        return Boolean.parseBoolean(text(setting));
    }

    long whole(Setting setting) {
        return Long.parseLong(text(setting));
    }

    long bytes(Setting setting) {
        try {
            return SettingKind.bytes(text(setting));
        } catch (BadValueException e) {
            throw new IllegalStateException(e);
        }
    }

    long millis(Setting setting) {
        try {
            return SettingKind.millis(text(setting));
        } catch (BadValueException e) {
            throw new IllegalStateException(e);
        }
    }
}
