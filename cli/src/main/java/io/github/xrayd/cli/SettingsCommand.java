package io.github.xrayd.cli;

import io.github.xrayd.engine.StartException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A sub-command that works with the daemon's settings: it takes the daemon's options (flags, environment, configuration
 * file) beside its own. Reads them without picocli, which would take longer than most of these commands do.
 */
abstract class SettingsCommand implements Command {
    private final CommandName name;

    SettingsCommand(CommandName name) {
        this.name = name;
    }

    /** What it does, in sentences, for its help and its man page; the exit codes come last. */
    abstract String description();

    /** What it takes besides options, as {@code [FILE]}; empty for nothing. */
    String arguments() {
        return "";
    }

    /** Its own options. */
    List<OwnOption> options() {
        return List.of();
    }

    /**
     * Does it.
     *
     * @param settings the effective settings
     * @param given its own options that were given, with their values; empty for a switch
     * @return the exit code
     * @throws StartException when the settings do not allow it
     * @throws IOException when the daemon or a file does not allow it; either message is printed, and the exit code is
     *     1
     */
    abstract int run(Invocation invocation, Settings settings, Map<String, String> given)
            throws StartException, IOException, InterruptedException;

    /** Brings the words into a form that holds options only. */
    List<String> prepared(List<String> words) {
        return words;
    }

    String title() {
        return "xray " + name.word();
    }

    @Override
    public int run(Invocation invocation) {
        Map<String, String> given = new LinkedHashMap<>();
        Flags flags;
        try {
            flags = Flags.parse(take(prepared(invocation.arguments()), given));
        } catch (UsageException e) {
            return invocation.wrongUsage(title(), String.valueOf(e.getMessage()));
        }
        if (flags.isHelp()) {
            invocation.out().print(usage());
            return Invocation.OK;
        }
        Settings settings = Xray.settings(invocation, flags);
        if (settings == null) {
            return Invocation.FAILED;
        }
        try {
            return run(invocation, settings, given);
        } catch (StartException | IOException e) {
            invocation.err().println(title() + ": " + e.getMessage());
            return Invocation.FAILED;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            invocation.err().println(title() + ": interrupted");
            return Invocation.INTERRUPTED;
        }
    }

    /** Takes its own options; what is left is the daemon's. */
    private List<String> take(List<String> words, Map<String, String> given) throws UsageException {
        List<String> rest = new ArrayList<>();
        for (int i = 0; i < words.size(); i++) {
            String word = words.get(i);
            int equals = word.indexOf('=');
            String flag = equals < 0 ? word : word.substring(0, equals);
            OwnOption option = option(flag);
            if (option == null || (equals >= 0 && !option.hasValue())) {
                rest.add(word);
            } else if (!option.hasValue()) {
                given.put(option.name(), "");
            } else if (equals >= 0) {
                given.put(option.name(), word.substring(equals + 1));
            } else if (i + 1 < words.size()) {
                i++;
                given.put(option.name(), words.get(i));
            } else {
                throw new UsageException("flag needs an argument: " + flag);
            }
        }
        return rest;
    }

    private @Nullable OwnOption option(String flag) {
        String name = flag.startsWith("--") ? flag : "-" + flag;
        for (OwnOption option : options()) {
            if (flag.startsWith("-") && option.name().equals(name)) {
                return option;
            }
        }
        return null;
    }

    /** The help text. */
    final String usage() {
        StringBuilder text = new StringBuilder("Usage: ").append(title());
        if (!arguments().isEmpty()) {
            text.append(' ').append(arguments());
        }
        for (OwnOption option : options()) {
            text.append(" [").append(option.usage()).append(']');
        }
        text.append(" [the daemon's options]\n\n")
                .append(description().stripTrailing())
                .append('\n');
        if (!options().isEmpty()) {
            text.append("\nOptions beside the daemon's (xray options):\n");
        }
        for (OwnOption option : options()) {
            String usage = option.usage();
            text.append("  ")
                    .append(usage)
                    .append(" ".repeat(Math.max(2, 20 - usage.length())))
                    .append(option.help())
                    .append('\n');
        }
        return text.toString();
    }
}
