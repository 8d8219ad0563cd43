package io.github.xrayd.sandbox.junit;

import static org.junit.jupiter.api.Assertions.assertEquals;
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
 * The Lambda function of docs/examples, called as Lambda's runtime calls it, traced by X-Ray's SDK for Node.js in its
 * mode for Lambda; where both are installed.
 */
class LambdaTest {
    private static final Duration SOON = Duration.ofSeconds(20);

    @RegisterExtension
    static final XRayExtension XRAY = new XRayExtension();

    @TempDir
    Path folder;

    private String call(String item) throws Exception {
        Path modules = Path.of("target/npm/node_modules").toAbsolutePath();
        assumeTrue(
                ExampleProgram.isWorking("node", "--version") && Files.exists(modules.resolve("aws-xray-sdk-core")),
                "aws-xray-sdk-core is not installed (npm install --prefix sandbox/target/npm aws-xray-sdk-core)");
        Map<String, String> environment =
                Map.of("AWS_XRAY_DAEMON_ADDRESS", XRAY.daemonAddress(), "NODE_PATH", modules.toString());
        try (ExampleProgram lambda =
                ExampleProgram.start("lambda", folder.resolve(item + ".log"), environment, "node", "call.js", item)) {
            return lambda.output();
        }
    }

    @Test
    void shouldShowWhatTheFunctionSendsAsAPartialTrace() throws Exception {
        String[] said = call("42").split(" ", 2);
        assertEquals("{\"item\":42,\"left\":3}", said[1]);
        String trace = XRAY.awaitTrace("partial AND ok AND annotation.item = 42", SOON);
        assertEquals(said[0], trace);
        List<String> tree = XRAY.tree(trace);
        assertTrue(tree.stream().anyMatch(line -> line.contains("look up stock")), tree::toString);
    }

    @Test
    void shouldMarkWhatFailed() throws Exception {
        String said = call("-1");
        String trace = XRAY.awaitTrace("annotation.item = -1 AND fault", SOON);
        assertEquals(trace + " RangeError: there is no item -1", said);
        assertTrue(XRAY.tree(trace).stream().anyMatch(line -> line.contains("RangeError")), () -> XRAY.tree(trace)
                .toString());
    }
}
