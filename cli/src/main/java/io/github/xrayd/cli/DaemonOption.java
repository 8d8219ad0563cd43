package io.github.xrayd.cli;

import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The option of commands that start daemons: which one. */
final class DaemonOption {
    @Option(
            names = "--xray",
            paramLabel = "FILE",
            description = "The daemon's command, where one is started (default: the one of this installation).")
    private @Nullable Path xray;

    /**
     * The daemon's command.
     *
     * @throws IllegalArgumentException when it cannot be started
     */
    Path command() {
        Path command = xray == null ? installed() : xray.toAbsolutePath();
        if (!Files.isExecutable(command)) {
            throw new IllegalArgumentException(
                    command + " is not a command that can be started: give the daemon's with --xray FILE");
        }
        return command;
    }

    /** The launcher beside the folder this class was loaded from. */
    private static Path installed() {
        try {
            Path jar = Path.of(DaemonOption.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
            return Objects.requireNonNull(jar.getParent()).resolveSibling("bin").resolve("xray");
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }
}
