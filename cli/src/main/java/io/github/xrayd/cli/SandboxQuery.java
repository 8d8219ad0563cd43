package io.github.xrayd.cli;

import io.github.xrayd.sandbox.SandboxClient;
import java.net.URI;
import picocli.CommandLine.Option;

/** The options of commands that ask a running sandbox. */
final class SandboxQuery {
    @Option(
            names = "--url",
            paramLabel = "URL",
            description = "The sandbox's address, as it prints it (default: ${DEFAULT-VALUE}).")
    private URI url = URI.create("http://127.0.0.1:3000");

    @Option(names = "--json", description = "Print what the sandbox answers, as JSON.")
    private boolean isJson;

    SandboxClient client() {
        return new SandboxClient(url);
    }

    boolean isJson() {
        return isJson;
    }
}
