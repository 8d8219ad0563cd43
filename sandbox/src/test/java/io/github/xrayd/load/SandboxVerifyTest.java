package io.github.xrayd.load;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.dslplatform.json.DslJson;
import io.github.xrayd.sandbox.Sandbox;
import io.github.xrayd.sandbox.SandboxConfig;
import io.github.xrayd.sandbox.SignatureMode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/**
 * The generator and the real sandbox understand each other; a forwarder that loses and repeats stands in for a daemon.
 */
class SandboxVerifyTest {
    private static final int COUNT = 120;
    private static final long LOST = 17;
    private static final long REPEATED = 99;

    @Test
    void shouldFindWhatTheForwarderLostAndRepeated() throws Exception {
        SandboxConfig config =
                SandboxConfig.builder().signatures(SignatureMode.IGNORE).build();
        try (Sandbox sandbox = Sandbox.start(config);
                CountingReceiver receiver = new CountingReceiver()) {
            CompletableFuture<Void> forwarder = CompletableFuture.runAsync(() -> forward(receiver, sandbox.endpoint()));
            LoadConfig load = LoadConfig.to(receiver.address())
                    .ratePerSecond(1_000)
                    .count(COUNT)
                    .sources(8)
                    .mix()
                    .build();
            StringBuilder output = new StringBuilder();
            LoadOutcome outcome = new LoadSession(load, sandbox.endpoint(), Duration.ofSeconds(2))
                    .run(output, new StringBuilder(), 0);
            forwarder.get();
            VerifyReport verification = outcome.verification();
            assertNotNull(verification);
            assertEquals(LoadOutcome.EXIT_LOSS, outcome.exitCode());
            assertEquals(1, verification.lost());
            assertEquals(List.of(LOST), verification.missing());
            assertEquals(1, verification.duplicated());
            assertEquals(0, verification.outOfRange());
            assertTrue(verification.latency().p50() > 0
                    && verification.latency().max() >= verification.latency().p50());
            assertEquals(COUNT, verification.histogram().orElseThrow().getTotalCount());
            assertEquals(null, sandbox.runs().find(load.runIdHex()));
        }
    }

    private static void forward(CountingReceiver receiver, URI endpoint) {
        try {
            List<CountingReceiver.Arrival> arrivals = receiver.await(COUNT);
            List<String> documents = new ArrayList<>();
            for (CountingReceiver.Arrival arrival : arrivals) {
                int copies = arrival.sequence() == LOST ? 0 : arrival.sequence() == REPEATED ? 2 : 1;
                for (int i = 0; i < copies; i++) {
                    documents.add(arrival.document());
                }
            }
            for (int i = 0; i < documents.size(); i += 50) {
                post(endpoint, documents.subList(i, Math.min(i + 50, documents.size())));
            }
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static void post(URI endpoint, List<String> documents) throws IOException, InterruptedException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        new DslJson<>().serialize(Map.of("TraceSegmentDocuments", documents), body);
        HttpRequest request = HttpRequest.newBuilder(endpoint.resolve("/TraceSegments"))
                .POST(HttpRequest.BodyPublishers.ofByteArray(body.toByteArray()))
                .build();
        HttpResponse<String> response = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .build()
                .send(request, HttpResponse.BodyHandlers.ofString());
        assertEquals(200, response.statusCode(), response.body());
    }
}
