package io.github.xrayd.cli.migrate;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The official daemon's command line, read as its Go flag package does: the first word that is no flag ends it. */
final class OfficialFlags {
    /** A value, and the flag that gave it, with its dashes. */
    record FlagValue(String text, String flag) {}

    private final Map<OfficialSetting, FlagValue> given = new LinkedHashMap<>();
    private int ignored;

    /**
     * @throws MigrationException when the official daemon refuses the words; values are not in the message, since they
     *     may be secret
     */
    OfficialFlags(List<String> words) throws MigrationException {
        int i = 0;
        while (i < words.size()) {
            String word = words.get(i);
            if (word.length() < 2 || word.charAt(0) != '-' || word.equals("--")) {
                ignored = words.size() - i;
                return;
            }
            String body = word.substring(word.startsWith("--") ? 2 : 1);
            int equals = body.indexOf('=');
            String name = equals < 0 ? body : body.substring(0, equals);
            i++;
            if (name.equals("v") || name.equals("version") || name.equals("h") || name.equals("help")) {
                throw new MigrationException(
                        "with -" + name + " the official daemon prints and ends: there is nothing to migrate");
            }
            OfficialSetting setting = OfficialSetting.ofFlag(name);
            if (setting == null) {
                throw new MigrationException("the official daemon has no flag -" + name
                        + " and would not start; if this is xrayd already, xray config shows its settings");
            }
            String text;
            if (equals >= 0) {
                text = body.substring(equals + 1);
            } else if (setting.type() == OfficialSetting.ValueType.SWITCH) {
                text = "true";
            } else if (i < words.size()) {
                text = words.get(i++);
            } else {
                throw new MigrationException("flag needs an argument: -" + name);
            }
            given.put(setting, new FlagValue(text, (word.startsWith("--") ? "--" : "-") + name));
        }
    }

    Map<OfficialSetting, FlagValue> given() {
        return given;
    }

    /** How many words the official daemon ignores, because one that is no flag stands before them, and that one. */
    int ignored() {
        return ignored;
    }
}
