package io.github.xrayd.cli;

import io.github.xrayd.engine.json.JsonText;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** {@code xray validate}: checks a configuration as the daemon does when it starts, and prints one line. */
final class ValidateCommand extends SettingsCommand {
    ValidateCommand() {
        super(CommandName.VALIDATE);
    }

    @Override
    String description() {
        return """
                Checks the configuration file, the environment and the options as the daemon does when it starts: keys, values,
                addresses, URLs, memory limit. Without FILE, the file that the daemon would read. Starts nothing, and calls nobody but
                the name server. xray doctor checks the host as well.

                Exit code: 0 the daemon would start with it, 1 it would not, 2 wrong usage.
                """;
    }

    @Override
    String arguments() {
        return "[FILE]";
    }

    @Override
    List<OwnOption> options() {
        return List.of(OwnOption.JSON);
    }

    @Override
    List<String> prepared(List<String> words) {
        List<String> prepared = new ArrayList<>(words);
        if (!prepared.isEmpty() && !prepared.get(0).startsWith("-")) {
            prepared.add(0, "-c");
        }
        return prepared;
    }

    @Override
    int run(Invocation invocation, Settings settings, Map<String, String> given) {
        if (!Xray.isValid(invocation, settings)) {
            return Invocation.FAILED;
        }
        Path file = settings.file();
        if (given.containsKey(OwnOption.JSON.name())) {
            Map<String, Object> json = new LinkedHashMap<>();
            json.put("valid", true);
            json.put("file", file == null ? null : file.toString());
            json.put("warnings", settings.warnings());
            invocation.out().println(JsonText.of(json));
            return Invocation.OK;
        }
        for (String warning : settings.warnings()) {
            invocation.err().println("warning: " + warning);
        }
        invocation.out().println("valid: " + (file == null ? "no file; flags, environment and defaults" : file));
        return Invocation.OK;
    }
}
