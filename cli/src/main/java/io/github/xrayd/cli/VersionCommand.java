package io.github.xrayd.cli;

import io.github.xrayd.engine.json.JsonText;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** {@code xray version}: what this is, and what it is compatible with. */
final class VersionCommand implements Command {
    static final String USAGE =
            """
            Usage: xray version [--json]

            Prints the version as the official daemon does, and below it what this is, what it is compatible with and what it runs on.
            --json prints {"version","compatibleWith","java","os","arch"}.

            Exit code: 0, or 2 for wrong usage.
            """;

    @Override
    public int run(Invocation invocation) {
        List<String> words = invocation.arguments();
        if (words.isEmpty()) {
            invocation.out().print(Version.lines());
        } else if (words.equals(List.of("--json"))) {
            Map<String, Object> json = new LinkedHashMap<>();
            json.put("version", Version.text());
            json.put("compatibleWith", Version.REFERENCE);
            json.put("java", System.getProperty("java.version"));
            json.put("os", System.getProperty("os.name"));
            json.put("arch", System.getProperty("os.arch"));
            invocation.out().println(JsonText.of(json));
        } else if (invocation.isHelp()) {
            invocation.out().print(USAGE);
        } else {
            return invocation.wrongUsage("xray version", "unexpected word \"" + words.get(0) + "\"");
        }
        return Invocation.OK;
    }
}
