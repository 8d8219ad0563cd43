package io.github.xrayd.cli;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code xray cds}: makes the class-data archive of the installation that it belongs to. */
final class CdsCommand implements Command {
    private static final String USAGE =
            """
            Usage: xray cds

            Starts the daemon on loopback ports, leads it through what a daemon does, and keeps the classes it loaded in
            lib/xray-VERSION.jsa of this installation: later starts with the same Java are faster. Takes about ten seconds.

            Exit code: 0 made, 1 not made (the daemon works without, it only starts slower), 2 wrong usage.
            """;

    @Override
    public int run(Invocation invocation) {
        List<String> words = invocation.arguments();
        if (!words.isEmpty()) {
            boolean isHelp = List.of("-h", "-help", "--help").contains(words.get(0));
            if (!isHelp) {
                return invocation.wrongUsage("xray cds", "unexpected word \"" + words.get(0) + "\"");
            }
            invocation.out().print(USAGE);
            return Invocation.OK;
        }
        Path home = home();
        if (home == null) {
            invocation
                    .err()
                    .println("No class-data archive was made: this is not an installation with bin/xray and lib");
            return Invocation.FAILED;
        }
        try {
            return CdsArchive.make(home, invocation.out(), invocation.err()) ? Invocation.OK : Invocation.FAILED;
        } catch (IOException e) {
            invocation.err().println("No class-data archive was made, starts will be slower: " + e);
            return Invocation.FAILED;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Invocation.FAILED;
        }
    }

    /** The folder above the one with this class's jar, when it is an installation; else null. */
    private static @Nullable Path home() {
        try {
            Path jar = Path.of(CdsCommand.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
            Path lib = jar.getParent();
            Path home = lib == null ? null : lib.getParent();
            return home != null && Files.isRegularFile(jar) && Files.isExecutable(home.resolve("bin/xray"))
                    ? home
                    : null;
        } catch (URISyntaxException e) {
            return null;
        }
    }
}
