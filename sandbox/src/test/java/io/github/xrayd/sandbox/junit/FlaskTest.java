package io.github.xrayd.sandbox.junit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The Flask application of docs/examples, traced by X-Ray's SDK for Python; where both are installed. */
class FlaskTest {
    private static final int SECONDS_MAX = 60;
    private static final String BROKEN = "service(\"shop\") { fault } AND http.url ENDSWITH \"/broken\"";
    private static final Duration SOON = Duration.ofSeconds(20);

    @RegisterExtension
    static final XRayExtension XRAY = new XRayExtension();

    @TempDir
    Path folder;

    private static boolean isInstalled() throws InterruptedException {
        try {
            Process process = new ProcessBuilder("python3", "-c", "import flask, aws_xray_sdk")
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            return process.waitFor(SECONDS_MAX, TimeUnit.SECONDS) && process.exitValue() == 0;
        } catch (IOException e) {
            return false;
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    @Test
    void shouldTraceTheExample() throws Exception {
        assumeTrue(isInstalled(), "python3 has no flask or no aws_xray_sdk");
        int port = freePort();
        Path log = folder.resolve("flask.log");
        ProcessBuilder flask = new ProcessBuilder(
                        "python3", "-m", "flask", "--app", "shop", "run", "--port", Integer.toString(port))
                .directory(Path.of("../docs/examples/flask").toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile());
        flask.environment().put("AWS_XRAY_DAEMON_ADDRESS", XRAY.daemonAddress());
        flask.environment().put("PYTHONDONTWRITEBYTECODE", "1");
        Process process = flask.start();
        try {
            awaitAnswer(process, port, log);
            String trace = XRAY.awaitTrace("service(\"shop\") { ok } AND http.url ENDSWITH \"/\"", SOON);
            assertTrue(XRAY.documents(trace).get(0).contains("\"name\": \"stock\""), () -> XRAY.documents(trace)
                    .get(0));
            // Until the SDK has the sandbox's rules it samples one request a second.
            long endNs = System.nanoTime() + SOON.toNanos();
            do {
                assertEquals(500, status(port, "/broken"));
                Thread.sleep(100);
            } while (XRAY.sandbox().traceIds(BROKEN).isEmpty() && System.nanoTime() - endNs < 0);
            XRAY.awaitTrace(BROKEN, SOON);
        } finally {
            assertTrue(process.destroyForcibly().waitFor(SECONDS_MAX, TimeUnit.SECONDS));
        }
    }

    private static void awaitAnswer(Process process, int port, Path log) throws Exception {
        long endNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS_MAX);
        while (process.isAlive() && System.nanoTime() - endNs < 0) {
            try {
                if (status(port, "/") == 200) {
                    return;
                }
            } catch (IOException e) {
                // It is not there yet.
                Thread.sleep(50);
            }
        }
        throw new AssertionError("Flask does not answer: " + Files.readString(log));
    }

    private static int status(int port, String path) throws IOException, InterruptedException {
        return HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                                .build(),
                        HttpResponse.BodyHandlers.discarding())
                .statusCode();
    }
}
