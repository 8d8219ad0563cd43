package io.github.xrayd.cli;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The daemon's command line, read by the rules of Go's flag package: one dash or two, {@code -m 3} or {@code -m=3},
 * switches only with {@code =}, the last of several wins.
 *
 * <p>It is read here and not by picocli, which has none of these rules and costs 180–260 ms of a cold start, more than
 * all the rest until the socket is bound.
 */
final class Flags {
    /** A setting's text and the flag that gave it, with its dashes. */
    record Given(String text, String flag) {}

    private final Map<Setting, Given> given = new EnumMap<>(Setting.class);
    private boolean isHelp;
    private boolean isVersion;
    private boolean isVersionLong;

    private Flags() {}

    /**
     * Reads the words.
     *
     * @throws UsageException for the first word that is wrong, worded as Go's flag package where that refuses it too
     */
    static Flags parse(List<String> words) throws UsageException {
        Flags flags = new Flags();
        int next = 0;
        while (next < words.size()) {
            String word = words.get(next);
            if (word.equals("--") && next + 1 == words.size()) {
                break;
            }
            if (word.length() < 2 || word.charAt(0) != '-' || word.equals("--")) {
                throw stray(words, next);
            }
            next = flags.take(words, next);
        }
        return flags;
    }

    /** Takes the flag at an index; returns the index of the next one. */
    private int take(List<String> words, int index) throws UsageException {
        String word = words.get(index);
        String body = word.substring(word.charAt(1) == '-' ? 2 : 1);
        if (body.isEmpty() || body.charAt(0) == '-' || body.charAt(0) == '=') {
            throw new UsageException("bad flag syntax: " + word);
        }
        int equals = body.indexOf('=');
        String name = equals < 0 ? body : body.substring(0, equals);
        String value = equals < 0 ? null : body.substring(equals + 1);
        boolean isHelpFlag = name.equals("h") || name.equals("help");
        if (isHelpFlag || name.equals("v") || name.equals("version")) {
            boolean isOn = Boolean.parseBoolean(checked(SettingKind.SWITCH, name, value == null ? "true" : value));
            isHelp = isHelpFlag ? isOn : isHelp;
            isVersion = isHelpFlag ? isVersion : isOn;
            isVersionLong = isVersion && name.equals("version");
            return index + 1;
        }
        Setting setting = Setting.ofFlag(name);
        if (setting == null) {
            throw new UsageException("flag provided but not defined: -" + name);
        }
        int next = index + 1;
        if (value == null && setting.kind().isSwitch()) {
            value = "true";
        } else if (value == null) {
            if (next == words.size()) {
                throw new UsageException("flag needs an argument: -" + name);
            }
            value = words.get(next);
            next++;
        }
        String flag = (word.startsWith("--") ? "--" : "-") + name;
        given.put(setting, new Given(checked(setting.kind(), name, value), flag));
        return next;
    }

    private static String checked(SettingKind kind, String name, String value) throws UsageException {
        try {
            return kind.check(value);
        } catch (BadValueException e) {
            throw new UsageException(
                    kind.isSwitch()
                            ? "invalid boolean value \"" + value + "\" for -" + name + ": " + e.getMessage()
                            : "invalid value \"" + value + "\" for flag -" + name + ": " + e.getMessage());
        }
    }

    private static UsageException stray(List<String> words, int index) {
        String word = words.get(index);
        if (word.equals("--")) {
            return new UsageException(
                    "unexpected word \"" + words.get(index + 1) + "\" after --: the daemon takes flags only");
        }
        String before = index == 0 ? "" : words.get(index - 1);
        String name = before.startsWith("-") ? before.substring(before.startsWith("--") ? 2 : 1) : "";
        Setting setting = Setting.ofFlag(name);
        if (setting != null && setting.kind().isSwitch()) {
            return new UsageException("unexpected word \"" + word + "\" after " + before
                    + ": a switch takes its value after \"=\", as " + before + "=false");
        }
        return new UsageException("unexpected word \"" + word
                + "\": the daemon takes flags only; a value follows its flag, as -m 100 or -m=100");
    }

    boolean isHelp() {
        return isHelp;
    }

    boolean isVersion() {
        return isVersion;
    }

    /** Whether the version was asked for by its long name: then it may be said at length. */
    boolean isVersionLong() {
        return isVersionLong;
    }

    /** What a flag said about a setting, or null. */
    @Nullable
    Given given(Setting setting) {
        return given.get(setting);
    }
}
