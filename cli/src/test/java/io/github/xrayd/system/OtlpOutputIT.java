package io.github.xrayd.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.xrayd.child.DaemonProcess;
import io.github.xrayd.load.LoadConfig;
import io.github.xrayd.sandbox.Sandbox;
import io.github.xrayd.sandbox.SandboxConfig;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * The packaged daemon with an OTLP endpoint, beside X-Ray and without it. The endpoint is a sandbox, which makes
 * documents of the spans again: they must be equal, as JSON, to those that were sent.
 */
@EnabledOnOs(OS.LINUX)
@Timeout(120)
class OtlpOutputIT {
    private static final String TRACE = "\"trace_id\":\"1-5759e988-bd862e3fe1be46a994272793\"";

    private static final List<String> DOCUMENTS = List.of(
            "{" + TRACE + ",\"id\":\"0000000000000001\",\"name\":\"shop\",\"start_time\":1478293361.271,"
                    + "\"end_time\":1478293361.449,\"http\":{\"request\":{\"method\":\"GET\",\"url\":\"http://a.example/\"},"
                    + "\"response\":{\"status\":200,\"content_length\":5}},\"annotations\":{\"paid\":true,\"n\":7},"
                    + "\"metadata\":{\"default\":{\"a\":[1,{\"b\":null}]}},\"unknown\":{\"c\":\"d\"}}",
            "{" + TRACE + ",\"id\":\"0000000000000002\",\"name\":\"cart\",\"start_time\":1478293361.5,"
                    + "\"end_time\":1478293362.25,\"fault\":true,\"cause\":{\"exceptions\":[{\"id\":\"00000000000000aa\","
                    + "\"type\":\"E\",\"message\":\"no\"}]},\"subsegments\":[{\"id\":\"0000000000000003\",\"name\":\"DynamoDB\","
                    + "\"start_time\":1478293361.5,\"end_time\":1478293361.75,\"namespace\":\"aws\","
                    + "\"aws\":{\"operation\":\"GetItem\",\"table_name\":\"t\"}}]}");

    @TempDir
    Path folder;

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static String get(DaemonProcess daemon, String path) {
        URI uri = URI.create("http://127.0.0.1:" + daemon.tcp().getPort() + path);
        return HttpClient.newHttpClient()
                .sendAsync(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString())
                .join()
                .body();
    }

    /** Documents of real SDKs, from the folder that {@code -Dxrayd.corpus} names; none where it is not there. */
    private static List<String> corpus() throws IOException {
        Path captured = Path.of(System.getProperty("xrayd.corpus", "../../shared/corpus"))
                .resolve("captured");
        List<String> documents = new ArrayList<>();
        if (Files.isDirectory(captured)) {
            try (DirectoryStream<Path> files = Files.newDirectoryStream(captured, "*.bin")) {
                for (Path file : files) {
                    String datagram = Files.readString(file);
                    int newline = datagram.indexOf('\n');
                    if (newline >= 0 && newline + 1 < datagram.length()) {
                        documents.add(datagram.substring(newline + 1));
                    }
                }
            }
        }
        return documents;
    }

    private static boolean isCompleteSegment(String document) {
        return document.startsWith("{") && document.contains("\"trace_id\"") && !document.contains("\"in_progress\"");
    }

    private static double value(String metrics, String name, String destination) {
        return metrics.lines()
                .filter(line -> line.startsWith(name + "{") && line.contains("destination=\"" + destination + "\""))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
                .sum();
    }

    private static double delivered(DaemonProcess daemon, String destination) {
        return value(get(daemon, "/metrics"), "xrayd_delivered_total", destination);
    }

    @Test
    void shouldGiveBothOutputsEverything() throws Exception {
        List<String> sent = new ArrayList<>(DOCUMENTS);
        sent.addAll(corpus());
        List<String> segments =
                sent.stream().filter(OtlpOutputIT::isCompleteSegment).toList();
        sent.add("not a segment");
        sent.add("T1U=");
        try (Sandbox xray = Sandbox.start(SandboxConfig.builder().build());
                Sandbox otlp = Sandbox.start(SandboxConfig.builder().build());
                DaemonProcess daemon = Installed.start(
                        xray.endpoint(),
                        "--otlp-endpoint",
                        otlp.endpoint().toString(),
                        "--otlp-headers",
                        "x-tenant=a",
                        "--dead-letter-dir",
                        folder.resolve("dead").toString());
                Datagrams datagrams = new Datagrams(daemon.udp())) {
            daemon.awaitReady();
            Arrived documents = Arrived.at(xray);
            Arrived spans = Arrived.at(otlp);
            for (String document : sent) {
                datagrams.sendDocument(document);
            }
            documents.assertSame(sent, daemon);
            spans.awaitEqual(segments, daemon);
            // The daemon reads the answer after the endpoint has counted what it answers.
            Await.until("all is delivered", Await.LONG, () -> delivered(daemon, "xray") == sent.size());
            String metrics = get(daemon, "/metrics");
            assertTrue(metrics.contains("Unsampled"), metrics);
            assertTrue(metrics.contains("NotJson"), metrics);
            assertTrue(daemon.stop().isBalanced(), daemon::output);
            try (DirectoryStream<Path> letters =
                    Files.newDirectoryStream(folder.resolve("dead/otlp"), "*NotJson.dead")) {
                assertTrue(Files.readString(letters.iterator().next()).endsWith("not a segment"));
            }
        }
    }

    @Test
    void shouldLoseNothingForXRayWhileTheEndpointIsAwayAndSpoolForIt() throws Exception {
        long count = 5_000;
        Path spool = folder.resolve("spool");
        String away = "http://127.0.0.1:" + freePort();
        try (Sandbox xray = Sandbox.start(
                        SandboxConfig.builder().keepDocuments(false).build());
                DaemonProcess daemon = Installed.start(
                        xray.endpoint(), "-m", "16", "--spool-dir", spool.toString(), "--otlp-endpoint", away)) {
            daemon.awaitLine(line -> line.contains("Sending spans to the OTLP endpoint " + away + "/v1/traces"));
            Load result = Load.run(
                    xray,
                    LoadConfig.to(daemon.udp())
                            .ratePerSecond(2_000)
                            .count(count)
                            .sources(8)
                            .build(),
                    Duration.ofSeconds(8));
            assertEquals(count, result.verification().arrived(), () -> result + daemon.output());
            assertTrue(get(daemon, "/readyz").startsWith("otlp: The last upload failed: OTLP request to " + away));
            assertEquals(count, daemon.stop().total("spooled"), daemon::output);
        }
        try (Sandbox otlp =
                Sandbox.start(SandboxConfig.builder().keepDocuments(false).build())) {
            Process replay = new ProcessBuilder(
                            Installed.HOME.resolve("bin/xray").toString(),
                            "spool",
                            "replay",
                            "--spool-dir",
                            spool.resolve("otlp").toString(),
                            "--otlp-endpoint",
                            otlp.endpoint().toString())
                    .redirectErrorStream(true)
                    .start();
            String output = new String(replay.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertEquals(0, replay.waitFor(), output);
            assertTrue(output.contains(count + " documents found, " + count + " delivered"), output);
        }
    }

    @Test
    void shouldWorkWithoutXRayAndStillServeSamplingCalls() throws Exception {
        long seconds = System.currentTimeMillis() / 1_000;
        String document = "{" + TRACE.replace("5759e988", Long.toHexString(seconds))
                + ",\"id\":\"0000000000000001\",\"name\":\"shop\",\"start_time\":" + seconds + ".5,\"end_time\":"
                + seconds + ".75}";
        try (Sandbox sandbox = Sandbox.start(SandboxConfig.builder().build());
                DaemonProcess daemon = Installed.start(
                        sandbox.endpoint(),
                        "--xray-output",
                        "off",
                        "--otlp-endpoint",
                        sandbox.endpoint() + "/v1/traces",
                        "--otlp-auth",
                        "aws");
                Datagrams datagrams = new Datagrams(daemon.udp())) {
            daemon.awaitReady();
            Arrived spans = Arrived.at(sandbox);
            datagrams.sendDocument(document);
            spans.awaitEqual(List.of(document), daemon);
            assertEquals(0, sandbox.stats().requests("PutTraceSegments"));
            URI uri = URI.create("http://127.0.0.1:" + daemon.tcp().getPort() + "/GetSamplingRules");
            HttpResponse<String> rules = HttpClient.newHttpClient()
                    .send(
                            HttpRequest.newBuilder(uri)
                                    .POST(HttpRequest.BodyPublishers.ofString("{}"))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString());
            assertEquals(200, rules.statusCode(), rules.body() + daemon.output());
            assertTrue(rules.body().contains("SamplingRuleRecords"), rules.body());
            assertEquals(1, daemon.stop().delivered(), daemon::output);
        }
    }

    @Test
    void shouldServeTwoEndpointsOfTheList() throws Exception {
        try (Sandbox xray = Sandbox.start(SandboxConfig.builder().build());
                Sandbox west = Sandbox.start(SandboxConfig.builder().build());
                Sandbox east = Sandbox.start(SandboxConfig.builder().build())) {
            Path config = Files.writeString(
                    folder.resolve("cfg.yaml"),
                    """
                    Version: 2
                    Xrayd:
                      Destinations:
                        - Name: xray
                          Endpoint: "%s"
                        - Name: west
                          OtlpEndpoint: "%s"
                          OtlpCompression: none
                          OtlpHeaders:
                            authorization: Bearer a,b
                        - Name: east
                          OtlpEndpoint: "%s"
                    """
                            .formatted(xray.endpoint(), west.endpoint(), east.endpoint()));
            try (DaemonProcess daemon = Installed.start(xray.endpoint(), "-c", config.toString());
                    Datagrams datagrams = new Datagrams(daemon.udp())) {
                daemon.awaitReady();
                Arrived documents = Arrived.at(xray);
                Arrived first = Arrived.at(west);
                Arrived second = Arrived.at(east);
                for (String document : DOCUMENTS) {
                    datagrams.sendDocument(document);
                }
                documents.assertSame(DOCUMENTS, daemon);
                first.awaitEqual(DOCUMENTS, daemon);
                second.awaitEqual(DOCUMENTS, daemon);
                assertEquals(3L * DOCUMENTS.size(), daemon.stop().delivered(), daemon::output);
            }
        }
    }

    /** The classes that a daemon loads, by the JVM's own log. */
    private List<String> loadedClasses(String... flags) throws Exception {
        Path log = folder.resolve("classes-" + flags.length);
        try (Sandbox sandbox = Sandbox.start(SandboxConfig.builder().build());
                DaemonProcess daemon = Installed.start(
                        new Installed.Host(
                                Installed.HOME, List.of(), Map.of("XRAY_JAVA_OPTS", "-Xlog:class+load:file=" + log)),
                        sandbox.endpoint(),
                        flags);
                Datagrams datagrams = new Datagrams(daemon.udp())) {
            daemon.awaitReady();
            Arrived documents = Arrived.at(sandbox);
            datagrams.sendDocument(DOCUMENTS.get(0));
            documents.assertSame(DOCUMENTS.subList(0, 1), daemon);
            daemon.stop();
        }
        return Files.readAllLines(log).stream()
                .filter(line -> line.contains(" io.github.xrayd.connectors")
                        || line.contains(" com.google.protobuf")
                        || line.contains(" org.apache.kafka"))
                .toList();
    }

    @Test
    void shouldLoadNoClassOfOtlpOrKafkaWithoutThem() throws Exception {
        assertEquals(List.of(), loadedClasses());
        // So the look at the log is worth something.
        assertFalse(loadedClasses("--otlp-endpoint", "http://127.0.0.1:" + freePort())
                .isEmpty());
    }
}
