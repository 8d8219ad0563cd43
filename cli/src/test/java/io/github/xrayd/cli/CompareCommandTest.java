package io.github.xrayd.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.xrayd.sandbox.Sandbox;
import io.github.xrayd.sandbox.SandboxConfig;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CompareCommandTest {
    private static final String TRACE = "1-5759e988-bd862e3fe1be46a994272793";
    private static final String SHOP = "{\"trace_id\":\"" + TRACE + "\",\"id\":\"70de5b6f19ff9a0a\",\"name\":\"shop\","
            + "\"start_time\":1478293361.271,\"end_time\":1478293361.449}";
    private static final String CART =
            SHOP.replace("70de5b6f19ff9a0a", "70de5b6f19ff9a0b").replace("shop", "cart");

    @TempDir
    Path directory;

    private void write(String name, String... lines) throws IOException {
        Files.writeString(directory.resolve(name), String.join("\n", lines) + "\n");
    }

    private Call compare(String words) {
        return Call.of(directory, ("compare " + words).split(" "));
    }

    private static int post(Sandbox sandbox, String path, String body) throws Exception {
        URI uri = sandbox.endpoint().resolve(path);
        HttpRequest request = HttpRequest.newBuilder(uri)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
        return HttpClient.newHttpClient()
                .send(request, HttpResponse.BodyHandlers.discarding())
                .statusCode();
    }

    @Test
    void shouldExitWithZeroForEqualAndOneForDifferentFiles() throws IOException {
        write("a.json", "{\"format\": \"json\", \"version\": 1}", SHOP, "", CART);
        write("b.json", CART, SHOP);
        Call equal = compare("a.json b.json");
        assertEquals(0, equal.exitCode(), equal.err());
        assertEquals("", equal.err());
        assertEquals(
                List.of(
                        "A: 1 traces, 2 segments and subsegments in 2 documents",
                        "B: 1 traces, 2 segments and subsegments in 2 documents",
                        "equal: 2 segments and subsegments are the same, 0 differ, 0 only in A, 0 only in B"),
                equal.out().lines().toList());
        write("c.json", SHOP.replace("shop", "shoe"));
        Call different = compare("a.json c.json");
        assertEquals(1, different.exitCode());
        assertEquals(
                List.of(
                        "only in A  segment " + TRACE + " 70de5b6f19ff9a0b \"cart\"",
                        "different  segment " + TRACE + " 70de5b6f19ff9a0a \"shop\"",
                        "           $.name: \"shop\" in A, \"shoe\" in B",
                        "A: 1 traces, 2 segments and subsegments in 2 documents",
                        "B: 1 traces, 1 segments and subsegments in 1 documents",
                        "not equal: 0 segments and subsegments are the same, 1 differ, 1 only in A, 0 only in B"),
                different.out().lines().toList());
    }

    @Test
    void shouldPrintJsonAndCountWhatItDoesNotPrint() throws Exception {
        write("a.json", SHOP, CART, "nonsense");
        write("b.json", SHOP.replace("shop", "shoe"));
        Call call = compare("a.json b.json --json --limit 1");
        assertEquals(1, call.exitCode());
        Map<String, Object> json = JsonInput.read(call.out());
        assertEquals(false, json.get("equal"));
        assertEquals(2L, json.get("found"));
        assertTrue(
                call.out()
                        .contains(
                                "\"differences\":[{\"kind\":\"onlyInA\",\"traceId\":\"" + TRACE
                                        + "\",\"id\":\"70de5b6f19ff9a0b\",\"type\":\"segment\",\"name\":\"cart\",\"spans\":1,\"places\":[]}]"),
                call.out());
        assertTrue(call.out().contains("\"unreadable\":1"), call.out());
        assertTrue(compare("a.json b.json --limit 1").out().contains("… 1 more differences (--limit)"));
        // What no one can read is no proof.
        write("c.json", SHOP, CART);
        assertEquals(1, compare("a.json c.json").exitCode());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "a.json no.json                   | there is no file no.json; give a file, the address of a sandbox",
                "a.json .                         | . is a directory",
                "a.json http://127.0.0.1:1        | no sandbox answers at http://127.0.0.1:1",
                "a.json kafka://127.0.0.1:1       | is no topic: give kafka://HOST:PORT,HOST:PORT/TOPIC",
                "a.json kafka://127.0.0.1:1/xray  | no Kafka broker answers at 127.0.0.1:1: Connection refused",
                "a.json                           | Missing required parameter: 'B'",
                "a.json a.json --memory 0         | --memory must be 1 to 65536 megabytes, not 0",
                "a.json a.json --limit -1         | --limit must not be negative",
                "a.json a.json --since 1m         | there is nothing to compare: neither has a document within the time range (1",
                "empty.json empty.json            | there is nothing to compare",
                "a.json a.json --kafka-properties no | there is no such file",
                "a.json kafka://a/b --kafka-properties bad.properties | Kafka's consumer has no property no.such",
            })
    void shouldExitWithTwoWhenThereIsNoResult(String words, String message) throws IOException {
        write("a.json", SHOP);
        write("empty.json", "");
        write("bad.properties", "no.such=1");
        Call call = compare(words);
        assertEquals(2, call.exitCode(), call.out());
        assertTrue(call.err().contains(message), call.err());
        assertEquals("", call.out());
    }

    @Test
    void shouldReadAllOfASandboxAndItsTraceFiles() throws Exception {
        List<String> documents = IntStream.range(0, 6_000)
                .mapToObj(i -> SHOP.replace(TRACE, "1-5759e988-%024x".formatted(i + 1)))
                .toList();
        try (Sandbox sandbox = Sandbox.start(SandboxConfig.builder().build())) {
            for (int i = 0; i < documents.size(); i += 2_000) {
                String segments = String.join(",", documents.subList(i, i + 2_000));
                assertEquals(200, post(sandbox, "/sandbox/v1/traces", "{\"Segments\":[" + segments + "]}"));
            }
            Files.write(directory.resolve("a.json"), documents);
            Call call = compare("a.json " + sandbox.endpoint() + " --memory 2");
            assertEquals(0, call.exitCode(), call.out() + call.err());
            assertTrue(call.out().contains("equal: 6,000 segments"), call.out());
        }
    }

    @Test
    void shouldCompareXRayWithOtlp() throws Exception {
        try (Sandbox xray = Sandbox.start(SandboxConfig.builder().build());
                Sandbox otlp = Sandbox.start(SandboxConfig.builder().build())) {
            assertEquals(200, post(xray, "/sandbox/v1/traces", "{\"Segments\":[" + SHOP + "]}"));
            String spans = "{\"resourceSpans\":[{\"resource\":{\"attributes\":[{\"key\":\"service.name\",\"value\":{"
                    + "\"stringValue\":\"shop\"}}]},\"scopeSpans\":[{\"spans\":[{\"traceId\":\"5759e988bd862e3fe1be46a994272793\","
                    + "\"spanId\":\"70de5b6f19ff9a0a\",\"name\":\"shop\",\"kind\":2,\"startTimeUnixNano\":\"1478293361271000000\","
                    + "\"endTimeUnixNano\":\"1478293361449000000\"}]}]}]}";
            assertEquals(200, post(otlp, "/v1/traces", spans));
            write("otlp.json", spans);
            Call same = compare("otlp.json " + otlp.endpoint());
            assertEquals(0, same.exitCode(), same.out() + same.err());
            Call call = compare(xray.endpoint() + " " + otlp.endpoint());
            assertEquals(1, call.exitCode(), call.out());
            assertTrue(call.out().contains("different  segment " + TRACE + " 70de5b6f19ff9a0a \"shop\""), call.out());
        }
    }

    @Test
    void shouldRefuseASandboxThatDroppedTraces() throws Exception {
        String large = SHOP.replace("}", ",\"user\":\"" + "x".repeat(300_000) + "\"}");
        try (Sandbox sandbox =
                Sandbox.start(SandboxConfig.builder().memoryBytesMax(1 << 20).build())) {
            for (int i = 1; i < 4; i++) {
                String document = large.replace(TRACE, "1-5759e988-%024x".formatted(i));
                assertEquals(200, post(sandbox, "/sandbox/v1/traces", "{\"Segments\":[" + document + "]}"));
            }
            Files.write(directory.resolve("a.json"), SHOP.getBytes(StandardCharsets.UTF_8));
            Call call = compare("a.json " + sandbox.endpoint());
            assertEquals(2, call.exitCode(), call.out());
            assertTrue(call.err().contains("--keep"), call.err());
        }
    }
}
