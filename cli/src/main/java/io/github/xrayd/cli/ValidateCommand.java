package io.github.xrayd.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** {@code xray validate}: checks a configuration as the daemon does when it starts, and prints one line. */
final class ValidateCommand implements Command {
    private static final String USAGE =
            """
            Usage: xray validate [FILE] [the daemon's options]

            Checks the configuration file, the environment and the options as the daemon does when it starts: keys, values,
            addresses, URLs, memory limit. Without FILE, the file that the daemon would read. Starts nothing, and calls nobody but
            the name server. xray doctor checks the host as well.

            Exit code: 0 the daemon would start with it, 1 it would not, 2 wrong usage.
            """;

    @Override
    public int run(Invocation invocation) {
        List<String> words = new ArrayList<>(invocation.words());
        if (!words.isEmpty() && !words.get(0).startsWith("-")) {
            words.add(0, "-c");
        }
        Flags flags;
        try {
            flags = Flags.parse(words);
        } catch (UsageException e) {
            invocation.err().println(e.getMessage());
            invocation.out().print(USAGE);
            return Invocation.USAGE;
        }
        if (flags.isHelp()) {
            invocation.out().print(USAGE);
            return Invocation.OK;
        }
        Settings settings = Xray.settings(invocation, flags);
        if (settings == null || !Xray.isValid(invocation, settings)) {
            return Invocation.FAILED;
        }
        for (String warning : settings.warnings()) {
            invocation.err().println("warning: " + warning);
        }
        Path file = settings.file();
        invocation.out().println("valid: " + (file == null ? "no file; flags, environment and defaults" : file));
        return Invocation.OK;
    }
}
