package io.github.xrayd.sandbox.junit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The Flask application of docs/examples, traced by X-Ray's SDK for Python; where both are installed. */
class FlaskTest {
    private static final String BROKEN = "service(\"shop\") { fault } AND http.url ENDSWITH \"/broken\"";
    private static final Duration SOON = Duration.ofSeconds(20);
    private static final Duration START = Duration.ofSeconds(60);

    @RegisterExtension
    static final XRayExtension XRAY = new XRayExtension();

    @TempDir
    Path folder;

    @Test
    void shouldTraceTheExample() throws Exception {
        assumeTrue(
                ExampleProgram.isWorking("python3", "-c", "import flask, aws_xray_sdk"),
                "python3 has no flask or no aws_xray_sdk");
        int port = ExampleProgram.freePort();
        Map<String, String> environment =
                Map.of("AWS_XRAY_DAEMON_ADDRESS", XRAY.daemonAddress(), "PYTHONDONTWRITEBYTECODE", "1");
        String[] command = {"python3", "-m", "flask", "--app", "shop", "run", "--port", Integer.toString(port)};
        try (ExampleProgram flask = ExampleProgram.start("flask", folder.resolve("flask.log"), environment, command)) {
            flask.await("an answer", START, () -> ExampleProgram.status(port, "/") == 200);
            String trace = XRAY.awaitTrace("service(\"shop\") { ok } AND http.url ENDSWITH \"/\"", SOON);
            assertTrue(XRAY.documents(trace).get(0).contains("\"name\": \"stock\""), () -> XRAY.documents(trace)
                    .get(0));
            // Until the SDK has the sandbox's rules it samples one request a second.
            flask.await("a sampled request", SOON, () -> {
                assertEquals(500, ExampleProgram.status(port, "/broken"));
                return !XRAY.sandbox().traceIds(BROKEN).isEmpty();
            });
        }
    }
}
