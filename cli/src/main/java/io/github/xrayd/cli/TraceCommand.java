package io.github.xrayd.cli;

import io.github.xrayd.sandbox.SandboxClient;
import java.io.IOException;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code xray trace ID}: prints a trace of a running sandbox as a tree. */
@CommandLine.Command(
        name = "xray trace",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Prints a trace of a running xray sandbox as a tree. --json prints its documents, as a file that"
                + " the sandbox's page can import.",
        footer = {"", "Exit code: 0 there it is, 1 the sandbox cannot be reached, 2 wrong options or no such trace."})
final class TraceCommand extends PicocliCommand {
    @Parameters(paramLabel = "ID", description = "The trace's id, as 1-5759e988-bd862e3fe1be46a994272793.")
    private String id = "";

    @Mixin
    private SandboxQuery query = new SandboxQuery();

    @Override
    int call(Invocation call) throws IOException, InterruptedException {
        String trace = query.client().trace(id);
        if (query.isJson()) {
            call.out().println(trace);
        } else {
            SandboxClient.tree(trace, TracePrinter.style(call.environment())).forEach(call.out()::println);
        }
        return Invocation.OK;
    }
}
