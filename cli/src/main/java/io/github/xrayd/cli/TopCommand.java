package io.github.xrayd.cli;

import io.github.xrayd.engine.StartException;
import io.github.xrayd.engine.json.JsonText;
import java.io.IOException;
import java.io.PrintStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** {@code xray top}: the running daemon, redrawn each second; plain lines in a pipe. */
final class TopCommand extends SettingsCommand {
    private static final String ONCE = "--once";
    private static final String INTERVAL = "--interval";
    private static final String COUNT = "--count";
    private static final long INTERVAL_MS_MIN = 100;
    private static final String HOME_AND_CLEAR = "\033[H\033[J";
    private static final String CLEAR = "\033[2J";

    TopCommand() {
        super(CommandName.TOP);
    }

    @Override
    String description() {
        return """
                Shows the daemon that has the same settings, anew each second until Ctrl-C: rates, memory, destinations, calls and
                how long they take, what is lost, why, since when and what to do. Where standard output is no terminal, one line
                for each interval. Colours are used on terminals only, and not with NO_COLOR.

                Exit code: 0, 1 nobody answers, 2 wrong usage, 130 ended by Ctrl-C.
                """;
    }

    @Override
    List<OwnOption> options() {
        return List.of(
                new OwnOption(ONCE, "", "Watch for one interval, print it and end."),
                new OwnOption(INTERVAL, "D", "How often, as 500ms or 5s (1s)."),
                new OwnOption(COUNT, "N", "End after so many."),
                new OwnOption("--json", "", "Print one JSON object for each: the page /status, with rates."));
    }

    @Override
    int run(Invocation invocation, Settings settings, Map<String, String> given)
            throws StartException, IOException, InterruptedException {
        try {
            long intervalMs = Math.max(INTERVAL_MS_MIN, SettingKind.millis(given.getOrDefault(INTERVAL, "1s")));
            long count = given.containsKey(ONCE) ? 1 : Long.parseLong(given.getOrDefault(COUNT, "0"));
            watch(invocation, AdminClient.of(settings), given, intervalMs, count <= 0 ? Long.MAX_VALUE : count);
            return Invocation.OK;
        } catch (BadValueException | NumberFormatException e) {
            return invocation.wrongUsage(title(), String.valueOf(e.getMessage()));
        }
    }

    private static void watch(
            Invocation invocation, AdminClient client, Map<String, String> given, long intervalMs, long count)
            throws IOException, InterruptedException {
        boolean isJson = given.containsKey(OwnOption.JSON.name());
        boolean isOnce = given.containsKey(ONCE);
        boolean isScreen = !isJson && (isOnce || Terminal.isOutTerminal());
        StatusScreen screen = new StatusScreen(Terminal.isColoured(invocation.environment()));
        DaemonStatus before = new DaemonStatus(JsonInput.read(StatusCommand.page(client)));
        if (isScreen && !isOnce) {
            invocation.out().print(CLEAR);
        }
        for (long shown = 0; shown < count; shown++) {
            TimeUnit.MILLISECONDS.sleep(intervalMs);
            DaemonStatus now = new DaemonStatus(JsonInput.read(StatusCommand.page(client)));
            // A daemon that was started anew begins at zero.
            DaemonStatus earlier = now.number("uptimeSeconds") < before.number("uptimeSeconds") ? null : before;
            show(invocation.out(), isJson ? null : screen, isScreen, isOnce, earlier, now);
            before = now;
        }
    }

    private static void show(
            PrintStream out,
            @Nullable StatusScreen screen,
            boolean isScreen,
            boolean isOnce,
            @Nullable DaemonStatus before,
            DaemonStatus now) {
        if (screen == null) {
            Map<String, Object> all = new LinkedHashMap<>(now.values());
            all.put("rates", StatusScreen.rates(before, now));
            out.println(JsonText.of(all));
        } else if (isScreen) {
            out.print((isOnce ? "" : HOME_AND_CLEAR) + screen.render(before, now));
            out.flush();
        } else {
            out.println(StatusScreen.line(before, now));
        }
    }
}
