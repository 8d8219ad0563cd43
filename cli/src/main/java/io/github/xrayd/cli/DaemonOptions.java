package io.github.xrayd.cli;

import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Unmatched;

/** The daemon's own options, taken by a sub-command beside its own: flags, environment and configuration file as the daemon reads them. */
final class DaemonOptions {
    @Unmatched
    private List<String> words = new ArrayList<>();

    /**
     * The settings that the daemon would have.
     *
     * @throws IllegalArgumentException when a flag is wrong
     * @throws ConfigException when the file or the environment is wrong
     */
    Settings settings(Invocation invocation) throws ConfigException {
        try {
            return Settings.load(Flags.parse(words), invocation.environment(), invocation.directory());
        } catch (UsageException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }
}
