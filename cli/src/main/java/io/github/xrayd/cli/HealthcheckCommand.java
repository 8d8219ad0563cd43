package io.github.xrayd.cli;

import io.github.xrayd.engine.StartException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** {@code xray healthcheck}: asks the running daemon whether it works. Loads little, because an image runs it every few seconds. */
final class HealthcheckCommand implements Command {
    private static final String READY = "--ready";
    private static final String USAGE =
            """
            Usage: xray healthcheck [--ready] [the daemon's options]

            Asks the daemon's page /healthz, or /readyz with --ready, and prints the answer. The daemon is the one that has the
            same settings (flags, environment, configuration file): it is asked at --admin-bind, else at --bind-tcp; at loopback
            when it listens on all addresses.

            Exit code: 0 it works, 1 it does not, or nobody answers within 5 s; 2 wrong usage.
            """;

    @Override
    public int run(Invocation invocation) {
        List<String> words = new ArrayList<>(invocation.words());
        boolean isReady = words.removeIf(word -> word.equals(READY) || word.equals("-ready"));
        Flags flags;
        try {
            flags = Flags.parse(words);
        } catch (UsageException e) {
            return invocation.wrongUsage("xray healthcheck", String.valueOf(e.getMessage()));
        }
        if (flags.isHelp()) {
            invocation.out().print(USAGE);
            return Invocation.OK;
        }
        Settings settings = Xray.settings(invocation, flags);
        if (settings == null) {
            return Invocation.FAILED;
        }
        try {
            AdminClient.Page page = AdminClient.of(settings).get(isReady ? "/readyz" : "/healthz");
            boolean isWell = page.status() == 200;
            (isWell ? invocation.out() : invocation.err()).println(page.body().strip());
            return isWell ? Invocation.OK : Invocation.FAILED;
        } catch (StartException | IOException e) {
            invocation.err().println("xray healthcheck: " + e.getMessage());
            return Invocation.FAILED;
        }
    }
}
