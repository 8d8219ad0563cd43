package io.github.xrayd.cli;

import io.github.xrayd.sandbox.SandboxClient;
import java.io.IOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code xray traces}: lists the newest traces of a running sandbox, the newest last. */
@CommandLine.Command(
        name = "xray traces",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Lists the newest traces of a running xray sandbox, the newest last.",
        footer = {"", "Exit code: 0 the sandbox answered, 1 it cannot be reached, 2 wrong options or filter."})
final class TracesCommand extends PicocliCommand {
    @Option(
            names = "--since",
            paramLabel = "D",
            description = "Traces that ended this long ago or later, as 30s or 30m (default: all that are kept).")
    private @Nullable Duration since;

    @Option(
            names = "--filter",
            paramLabel = "EXPRESSION",
            description = "An X-Ray filter expression, as 'service(\"orders\") { fault } AND duration > 1'.")
    private String filter = "";

    @Option(
            names = "--limit",
            paramLabel = "N",
            description = "The most traces to list, 1 to 5000 (default: ${DEFAULT-VALUE}).")
    private int limit = 50;

    @Mixin
    private SandboxQuery query = new SandboxQuery();

    @Override
    int call(Invocation call) throws IOException, InterruptedException {
        String traces = query.client().traces(since, filter, limit);
        if (query.isJson()) {
            call.out().println(traces);
        } else {
            SandboxClient.lines(traces, TracePrinter.style(call.environment())).forEach(call.out()::println);
        }
        return Invocation.OK;
    }
}
