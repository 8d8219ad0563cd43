package io.github.xrayd.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the packaged daemon's most verbose log holds: no credential, and no invisible character. */
class LogSecretsIT {
    private static final String SECRET = "hiddenHIDDENhidden/secret+key";
    private static final String TOKEN = "FwoGZXIvYXdzHIDDENTOKEN/abc+def==";

    @TempDir
    private Path directory;

    @ParameterizedTest
    @ValueSource(strings = {"text", "json"})
    void shouldLeaveCredentialsOutAtEveryLevel(String format) throws Exception {
        AtomicReference<String> authorization = new AtomicReference<>("");
        HttpServer backend = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 64);
        byte[] answer = "{\"UnprocessedTraceSegments\":[]}".getBytes(StandardCharsets.UTF_8);
        backend.createContext("/", exchange -> {
            exchange.getRequestBody().readAllBytes();
            authorization.set(String.valueOf(exchange.getRequestHeaders().getFirst("Authorization")));
            exchange.sendResponseHeaders(200, answer.length);
            exchange.getResponseBody().write(answer);
            exchange.close();
        });
        backend.start();
        int udpPort;
        int tcpPort;
        try (DatagramSocket udp = new DatagramSocket(0, InetAddress.getLoopbackAddress());
                ServerSocket tcp = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            udpPort = udp.getLocalPort();
            tcpPort = tcp.getLocalPort();
        }
        Map<String, String> environment = Map.of("AWS_SECRET_ACCESS_KEY", SECRET, "AWS_SESSION_TOKEN", TOKEN);
        String endpoint = "http://127.0.0.1:" + backend.getAddress().getPort();
        List<String> words = List.of(
                "-o",
                "-n",
                "us-east-1",
                "-l",
                "dev",
                "--log-format",
                format,
                "--endpoint",
                endpoint,
                "-b",
                "127.0.0.1:" + udpPort,
                "-t",
                "127.0.0.1:" + tcpPort);
        try (XrayProcess daemon = XrayProcess.start(directory, environment, words)) {
            daemon.awaitOut("HTTP Proxy server using X-Ray Endpoint");
            send(udpPort, "{\"format\": \"json\", \"version\": 1}\n{}");
            send(udpPort, "bad \u202e\u2066\u200b\u0085\u2028 header\n{}");
            HttpRequest sampling = HttpRequest.newBuilder(
                            URI.create("http://127.0.0.1:" + tcpPort + "/GetSamplingRules"))
                    .POST(HttpRequest.BodyPublishers.ofString("{}"))
                    .build();
            assertEquals(
                    200,
                    HttpClient.newHttpClient()
                            .send(sampling, BodyHandlers.ofString())
                            .statusCode());
            daemon.awaitOut("Successfully sent batch of 1 segments");
            daemon.signal("TERM");
            assertEquals(0, daemon.end());
            String signature = String.valueOf(authorization.get()).replaceFirst(".*Signature=", "");
            assertEquals(64, signature.length(), signature);
            for (String line : daemon.out()) {
                assertTrue(!line.contains(TOKEN) && !line.contains(SECRET) && !line.contains(signature), line);
            }
            assertTrue(daemon.out().stream().anyMatch(line -> line.contains("\\u202e")));
            String all = String.join("", daemon.out());
            for (String each : List.of("\u202e", "\u2066", "\u200b", "\u0085", "\u2028")) {
                assertTrue(!all.contains(each), "character " + (int) each.charAt(0));
            }
        } finally {
            backend.stop(0);
        }
    }

    private static void send(int port, String datagram) throws IOException {
        byte[] bytes = datagram.getBytes(StandardCharsets.UTF_8);
        try (DatagramSocket socket = new DatagramSocket()) {
            socket.send(new DatagramPacket(bytes, bytes.length, InetAddress.getLoopbackAddress(), port));
        }
    }
}
