package io.github.xrayd.cli;

import io.github.xrayd.engine.StartException;
import org.jspecify.annotations.Nullable;

/** The {@code xray} command: a sub-command when the first word names one, else the daemon. */
final class Xray {
    private Xray() {}

    /**
     * Runs one call to its end.
     *
     * @return the exit code
     */
    static int run(Invocation invocation) {
        if (!invocation.arguments().isEmpty()) {
            String first = invocation.arguments().get(0);
            if (!first.startsWith("-")) {
                CommandName name = CommandName.of(first);
                if (name == null) {
                    return unknownCommand(invocation, first);
                }
                return name.open().run(invocation.rest());
            }
        }
        return daemon(invocation);
    }

    static int unknownCommand(Invocation invocation, String word) {
        invocation
                .err()
                .println("unknown command \"" + word + "\": the commands are " + CommandName.names()
                        + "; the daemon itself takes flags only. Try 'xray --help'.");
        return Invocation.USAGE;
    }

    private static int daemon(Invocation invocation) {
        Flags flags = flags(invocation);
        if (flags == null) {
            return Invocation.USAGE;
        }
        if (flags.isHelp()) {
            HelpText.print(invocation.out());
            return Invocation.OK;
        }
        if (flags.isVersion()) {
            invocation.out().print(flags.isVersionLong() ? Version.lines() : Version.line());
            return Invocation.OK;
        }
        Settings settings = settings(invocation, flags);
        return settings == null ? Invocation.FAILED : new Daemon(settings, invocation).run();
    }

    /** The flags, or null after what is wrong with them was said. */
    static @Nullable Flags flags(Invocation invocation) {
        try {
            return Flags.parse(invocation.arguments());
        } catch (UsageException e) {
            invocation.err().println(e.getMessage());
            HelpText.print(invocation.out());
            return null;
        }
    }

    /** The settings, or null after what is wrong with them was said. */
    static @Nullable Settings settings(Invocation invocation, Flags flags) {
        try {
            return Settings.load(flags, invocation.environment(), invocation.directory());
        } catch (ConfigException e) {
            Flags.Given file = flags.given(Setting.LOG_FILE);
            ErrorLine.print(
                    String.valueOf(e.getMessage()),
                    invocation.err(),
                    file == null || file.text().isEmpty()
                            ? null
                            : invocation.directory().resolve(file.text()));
            return null;
        }
    }

    /** Whether the engine takes the settings; what it does not take is said as the daemon says it. */
    static boolean isValid(Invocation invocation, Settings settings) {
        try {
            EngineSettings.of(settings, EngineSettings.memory(settings).megabytes());
            DiagnosticsDirectory reports = DiagnosticsDirectory.of(settings);
            if (reports != null) {
                reports.check();
            }
            return true;
        } catch (StartException e) {
            ErrorLine.print(String.valueOf(e.getMessage()), invocation.err(), null);
            return false;
        }
    }
}
