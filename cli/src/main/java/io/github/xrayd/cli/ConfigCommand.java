package io.github.xrayd.cli;

import io.github.xrayd.engine.json.JsonText;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** {@code xray config}: prints what holds for each setting and where it was said. */
final class ConfigCommand extends SettingsCommand {
    ConfigCommand() {
        super(CommandName.CONFIG);
    }

    @Override
    String description() {
        return CommandName.CONFIG.help()
                + "\n\nExit code: 0 the daemon would start with it, 1 it would not, 2 wrong usage.";
    }

    @Override
    List<OwnOption> options() {
        return List.of(OwnOption.JSON);
    }

    @Override
    int run(Invocation invocation, Settings settings, Map<String, String> given) {
        if (given.containsKey(OwnOption.JSON.name())) {
            invocation.out().println(JsonText.of(json(settings)));
        } else {
            text(invocation, settings);
        }
        return Xray.isValid(invocation, settings) ? Invocation.OK : Invocation.FAILED;
    }

    private static Map<String, Object> json(Settings settings) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("settings", rows(List.of(Setting.values()), settings));
        List<Object> destinations = new ArrayList<>();
        for (Settings.Destination destination : settings.destinations()) {
            Map<String, Object> row = new LinkedHashMap<>();
            row.put("name", destination.name());
            row.put("settings", rows(DestinationKeys.SETTINGS, destination.settings()));
            destinations.add(row);
        }
        json.put("destinations", destinations);
        json.put("warnings", settings.warnings());
        return json;
    }

    private static List<Object> rows(List<Setting> which, Settings settings) {
        List<Object> rows = new ArrayList<>();
        for (Setting setting : which) {
            Settings.Value value = settings.value(setting);
            Map<String, Object> row = new LinkedHashMap<>();
            row.put("name", setting.longName());
            row.put("value", setting.kind().shown(value.text()));
            row.put("origin", value.origin());
            rows.add(row);
        }
        return rows;
    }

    private static void text(Invocation invocation, Settings settings) {
        for (Setting setting : Setting.values()) {
            print(invocation, setting, settings.value(setting));
        }
        for (Settings.Destination destination : settings.destinations()) {
            invocation.out().println("\ndestination " + destination.name());
            for (Setting setting : DestinationKeys.SETTINGS) {
                print(invocation, setting, destination.settings().value(setting));
            }
        }
        for (String warning : settings.warnings()) {
            invocation.err().println("warning: " + warning);
        }
    }

    private static void print(Invocation invocation, Setting setting, Settings.Value value) {
        String text = value.text().isEmpty() ? "\"\"" : setting.kind().shown(value.text());
        invocation.out().println(pad(setting.longName(), 18) + pad(text, 24) + value.origin());
    }

    private static String pad(String text, int width) {
        return text + " ".repeat(Math.max(1, width - text.length()));
    }
}
