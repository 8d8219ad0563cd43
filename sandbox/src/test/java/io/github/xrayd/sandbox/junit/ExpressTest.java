package io.github.xrayd.sandbox.junit;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * The two Express applications of docs/examples, one traced by X-Ray's SDK and one by OpenTelemetry, which the README
 * has a newcomer start; where their packages are installed.
 */
class ExpressTest {
    private static final Duration SOON = Duration.ofSeconds(20);
    private static final Duration START = Duration.ofSeconds(60);

    @RegisterExtension
    static final XRayExtension XRAY = new XRayExtension();

    @TempDir
    Path folder;

    @Test
    void shouldShowBothInOneTrace() throws Exception {
        Path modules = Path.of("target/npm/node_modules").toAbsolutePath();
        assumeTrue(
                ExampleProgram.isWorking("node", "--version")
                        && Files.exists(modules.resolve("aws-xray-sdk"))
                        && Files.exists(modules.resolve("@opentelemetry/sdk-node")),
                "the packages of docs/examples/express are not installed (npm install --install-links --prefix"
                        + " sandbox/target/npm ./docs/examples/express)");
        int shopPort = ExampleProgram.freePort();
        int stockPort = ExampleProgram.freePort();
        Map<String, String> stockEnvironment = Map.of(
                "NODE_PATH",
                modules.toString(),
                "PORT",
                Integer.toString(stockPort),
                "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT",
                XRAY.endpoint() + "/v1/traces");
        Map<String, String> shopEnvironment = Map.of(
                "NODE_PATH",
                modules.toString(),
                "PORT",
                Integer.toString(shopPort),
                "STOCK",
                "http://127.0.0.1:" + stockPort,
                "AWS_XRAY_DAEMON_ADDRESS",
                XRAY.daemonAddress());
        String[] stockCommand = {"node", "--require", "./tracing.js", "stock.js"};
        try (ExampleProgram stock =
                        ExampleProgram.start("express", folder.resolve("stock.log"), stockEnvironment, stockCommand);
                ExampleProgram shop = ExampleProgram.start(
                        "express", folder.resolve("shop.log"), shopEnvironment, "node", "shop.js")) {
            stock.await("stock listens", START, () -> ExampleProgram.status(stockPort, "/") == 404);
            shop.await("an answer", START, () -> ExampleProgram.status(shopPort, "/") == 200);
            String trace = XRAY.awaitTrace("edge(\"shop\", \"stock\") { ok } AND root.name = \"shop\"", SOON);
            List<String> tree = XRAY.tree(trace);
            assertTrue(tree.stream().anyMatch(line -> line.contains("GET /stock/42 200")), tree::toString);
        }
    }
}
