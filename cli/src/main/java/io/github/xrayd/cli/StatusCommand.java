package io.github.xrayd.cli;

import io.github.xrayd.engine.StartException;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/** {@code xray status}: one screen of the running daemon. */
final class StatusCommand extends SettingsCommand {
    StatusCommand() {
        super(CommandName.STATUS);
    }

    @Override
    String description() {
        return """
                Shows the daemon that has the same settings: whether it is ready and why not, rates since its start, memory, each
                destination with its calls, and what was lost, why and what to do. --json prints the page /status.

                Exit code: 0 it is ready, 1 it is not, or nobody answers; 2 wrong usage.
                """;
    }

    @Override
    List<OwnOption> options() {
        return List.of(OwnOption.JSON);
    }

    @Override
    int run(Invocation invocation, Settings settings, Map<String, String> given) throws StartException, IOException {
        String page = page(AdminClient.of(settings));
        DaemonStatus status = new DaemonStatus(JsonInput.read(page));
        invocation
                .out()
                .println(
                        given.containsKey(OwnOption.JSON.name())
                                ? page
                                : new StatusScreen(Terminal.isColoured(invocation.environment()))
                                        .render(null, status)
                                        .stripTrailing());
        return status.isTrue("live") && status.isTrue("ready") ? Invocation.OK : Invocation.FAILED;
    }

    /**
     * The page {@code /status}.
     *
     * @throws IOException when nobody answers, or what answers has no such page
     */
    static String page(AdminClient client) throws IOException {
        AdminClient.Page page = client.get("/status");
        if (page.status() != 200) {
            throw new IOException(client + " has no page /status (HTTP " + page.status()
                    + "): no xrayd, or its pages are elsewhere (--admin-bind)");
        }
        return page.body().strip();
    }
}
