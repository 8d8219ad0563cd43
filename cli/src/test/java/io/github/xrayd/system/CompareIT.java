package io.github.xrayd.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.xrayd.child.DaemonProcess;
import io.github.xrayd.sandbox.Sandbox;
import io.github.xrayd.sandbox.SandboxConfig;
import java.io.File;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * A daemon that sends to X-Ray, OTLP and Kafka at once: {@code xray compare} finds all of them equal, and finds what is
 * then taken away.
 */
@EnabledOnOs(OS.LINUX)
@Timeout(180)
class CompareIT {
    private static final int TRACES = 40;
    private static final String TOPIC = "xray_segments";

    @TempDir
    Path folder;

    /** What the command ended with, and all that it printed. */
    private record Run(int exitCode, String text) {}

    private static List<String> trace(int number) {
        String trace = "\"trace_id\":\"1-5759e988-%024x\"".formatted(number + 1);
        String times = "\"start_time\":1478293361.271,\"end_time\":1478293362.5E0";
        return List.of(
                "{" + trace
                        + ",\"id\":\"000000000000000a\",\"name\":\"shop\",\"start_time\":1478293361.271,\"in_progress\":true}",
                "{" + trace + ",\"id\":\"000000000000000b\",\"type\":\"subsegment\",\"parent_id\":\"000000000000000a\","
                        + "\"name\":\"streamed\",\"namespace\":\"remote\"," + times + "}",
                "{" + trace + ",\"id\":\"000000000000000a\",\"name\":\"shop\"," + times + ",\"annotations\":{\"n\":"
                        + number
                        + "},\"http\":{\"response\":{\"status\":200}},\"unknown\":[1.50,null],\"subsegments\":[{\"id\":"
                        + "\"000000000000000c\",\"name\":\"DynamoDB\",\"namespace\":\"aws\"," + times
                        + ",\"aws\":{\"operation\":\"GetItem\",\"table_name\":\"t\"}}]}");
    }

    private Run compare(String... words) throws Exception {
        List<String> line = new ArrayList<>();
        line.add(Installed.HOME.resolve("bin").resolve("xray").toString());
        line.add("compare");
        line.addAll(List.of(words));
        File text = Files.createTempFile(folder, "compare", ".txt").toFile();
        Process process = new ProcessBuilder(line)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(text)
                .start();
        return new Run(process.waitFor(), Files.readString(text.toPath(), StandardCharsets.UTF_8));
    }

    /** A trace of two services that have moved to OpenTelemetry. */
    private static void sendSpans(URI daemon) throws Exception {
        String span =
                "{\"traceId\":\"5759e988bd862e3fe1be46a994272793\",\"spanId\":\"00000000000000%s\",\"parentSpanId\":\"%s\","
                        + "\"name\":\"%s\",\"kind\":%d,\"startTimeUnixNano\":\"1478293361271000001\",\"endTimeUnixNano\":"
                        + "\"1478293361449000000\",\"attributes\":[{\"key\":\"a\",\"value\":{\"doubleValue\":0.1}}]}";
        String service =
                "{\"resource\":{\"attributes\":[{\"key\":\"service.name\",\"value\":{\"stringValue\":\"%s\"}}]},"
                        + "\"scopeSpans\":[{\"spans\":[%s]}]}";
        String body = "{\"resourceSpans\":["
                + service.formatted(
                        "web",
                        span.formatted("01", "", "GET /", 2) + ","
                                + span.formatted("02", "0000000000000001", "call", 3))
                + ","
                + service.formatted("stock", span.formatted("03", "0000000000000002", "GET /stock", 2))
                + "]}";
        post(daemon.resolve("/v1/traces"), body);
    }

    private static void post(URI uri, String body) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(uri)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
        assertEquals(
                200,
                HttpClient.newHttpClient()
                        .send(request, HttpResponse.BodyHandlers.discarding())
                        .statusCode());
    }

    private static int freePort() throws Exception {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private void assertEqual(int traces, String... words) throws Exception {
        // What is still on its way comes within seconds.
        Run[] last = new Run[1];
        boolean isEqual = Await.isReached(Await.LONG, () -> {
            last[0] = compare(words);
            return last[0].exitCode() == 0 && last[0].text().contains(traces + " traces, ");
        });
        assertTrue(isEqual, () -> last[0].text());
        assertTrue(last[0].text().contains(traces + " traces, " + 3 * traces + " segments"), last[0].text());
    }

    private static void send(Sandbox sandbox, String documents) throws Exception {
        post(sandbox.endpoint().resolve("/sandbox/v1/traces"), "{\"Segments\":[" + documents + "]}");
    }

    @Test
    void shouldProveThatOtlpAndKafkaHaveWhatXRayHas() throws Exception {
        List<String> sent = new ArrayList<>();
        for (int i = 0; i < TRACES; i++) {
            sent.addAll(trace(i));
        }
        Files.write(folder.resolve("sent.json"), sent);
        try (KafkaCluster kafka = KafkaCluster.start(Files.createDirectory(folder.resolve("kafka")), 1);
                Sandbox xray = Sandbox.start(SandboxConfig.builder().build());
                Sandbox otlp = Sandbox.start(SandboxConfig.builder().build());
                Sandbox other = Sandbox.start(SandboxConfig.builder().build())) {
            kafka.createTopic(TOPIC, 3);
            URI spans = otlp.endpoint();
            URI http = URI.create("http://127.0.0.1:" + freePort());
            try (DaemonProcess daemon = Installed.start(
                            xray.endpoint(),
                            "--otlp-endpoint",
                            spans.toString(),
                            "--kafka-output-brokers",
                            kafka.addresses(),
                            "--http-bind",
                            http.getAuthority());
                    Datagrams datagrams = new Datagrams(daemon.udp())) {
                daemon.awaitReady();
                for (String document : sent) {
                    datagrams.sendDocument(document);
                }
                String topic = "kafka://" + kafka.addresses() + "/" + TOPIC;
                assertEqual(TRACES, "sent.json", xray.endpoint().toString());
                assertEqual(TRACES, xray.endpoint().toString(), spans.toString());
                assertEqual(TRACES, spans.toString(), topic, "--memory", "1");
                sendSpans(http);
                assertEqual(TRACES + 1, xray.endpoint().toString(), spans.toString());
                assertEqual(TRACES + 1, topic, xray.endpoint().toString());
            }
            // One document is missing, and one is otherwise.
            sent.remove(5);
            sent.set(7, sent.get(7).replace("\"status\":200", "\"status\":500"));
            send(other, String.join(",", sent));
            Run run = compare(other.endpoint().toString(), spans.toString());
            assertEquals(1, run.exitCode(), run.text());
            assertTrue(
                    run.text().contains("only in B  trace 1-5759e988-bd862e3fe1be46a994272793 (3 segments"),
                    run.text());
            run = compare(spans.toString(), other.endpoint().toString());
            assertEquals(1, run.exitCode(), run.text());
            assertTrue(
                    run.text()
                            .contains("different  segment 1-5759e988-000000000000000000000003 000000000000000a \"shop\""
                                    + "\n           $.http.response.status: 200 in A, 500 in B\n"),
                    run.text());
            assertTrue(run.text().contains("different  segment 1-5759e988-000000000000000000000002"), run.text());
            assertTrue(run.text().contains("in_progress"), run.text());
            assertTrue(
                    run.text().contains("only in A  subsegment 1-5759e988-000000000000000000000002 000000000000000c"),
                    run.text());
            Run missing = compare(spans.toString(), "kafka://" + kafka.addresses() + "/no_such_topic");
            assertEquals(2, missing.exitCode(), missing.text());
            assertTrue(missing.text().contains("the Kafka topic no_such_topic"), missing.text());
        }
    }
}
