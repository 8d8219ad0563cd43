package io.github.xrayd.cli;

import io.github.xrayd.engine.StartException;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/**
 * {@code xray healthcheck}: asks the running daemon whether it works. Loads little, because an image runs it every few
 * seconds.
 */
final class HealthcheckCommand extends SettingsCommand {
    private static final String READY = "--ready";

    HealthcheckCommand() {
        super(CommandName.HEALTHCHECK);
    }

    @Override
    String description() {
        return """
                Asks the daemon's page /healthz, or /readyz with --ready, and prints the answer. The daemon is the one that has the
                same settings (flags, environment, configuration file): it is asked at --admin-bind, else at --bind-tcp; at loopback
                when it listens on all addresses.

                Exit code: 0 it works, 1 it does not, or nobody answers within 5 s; 2 wrong usage.
                """;
    }

    @Override
    List<OwnOption> options() {
        return List.of(new OwnOption(READY, "", "Ask whether it can deliver, not only whether it works."));
    }

    @Override
    int run(Invocation invocation, Settings settings, Map<String, String> given) throws StartException, IOException {
        AdminClient.Page page = AdminClient.of(settings).get(given.containsKey(READY) ? "/readyz" : "/healthz");
        boolean isWell = page.status() == 200;
        (isWell ? invocation.out() : invocation.err()).println(page.body().strip());
        return isWell ? Invocation.OK : Invocation.FAILED;
    }
}
