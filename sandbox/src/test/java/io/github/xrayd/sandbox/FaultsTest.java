package io.github.xrayd.sandbox;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.services.xray.XRayClient;
import software.amazon.awssdk.services.xray.model.ThrottledException;
import software.amazon.awssdk.services.xray.model.XRayException;

class FaultsTest {
    private static final String DOCUMENT =
            "{\"trace_id\":\"1-5759e988-bd862e3fe1be46a994272793\",\"id\":\"aaaaaaaaaaaaaaaa\",\"name\":\"n\"}";

    private Sandbox sandbox;

    @BeforeEach
    void start() throws Exception {
        sandbox = Sandbox.start(TestClients.unsigned().build());
    }

    @AfterEach
    void stop() {
        sandbox.close();
    }

    private static String errorType(HttpResponse<String> answer) {
        return answer.headers().firstValue("x-amzn-errortype").orElse("none");
    }

    @Test
    void shouldFailWithTheStatusAsOftenAsTold() throws Exception {
        sandbox.faults().set(Fault.status(503, "ServiceUnavailable").times(2));

        HttpResponse<String> failed = TestClients.put(sandbox, DOCUMENT);
        assertEquals(503, failed.statusCode());
        assertEquals("ServiceUnavailable", errorType(failed));
        assertEquals("{\"message\":\"The sandbox is configured to fail\"}", failed.body());
        assertEquals(503, TestClients.put(sandbox, DOCUMENT).statusCode());
        assertEquals(0, sandbox.arrivals().documents());
        assertEquals(200, TestClients.put(sandbox, DOCUMENT).statusCode());
        assertEquals(1, sandbox.arrivals().documents());
        assertEquals(2, sandbox.stats().requests("PutTraceSegments", 503));
    }

    @Test
    void shouldAnswerAsAGatewayWithNothingOfTheService() throws Exception {
        sandbox.faults().set(Fault.gateway(404));

        HttpResponse<String> refused = TestClients.put(sandbox, DOCUMENT);
        assertEquals(404, refused.statusCode());
        assertEquals("text/html", refused.headers().firstValue("Content-Type").orElse(""));
        assertTrue(
                refused.headers().map().keySet().stream().noneMatch(name -> name.startsWith("x-amzn")),
                refused.headers()::toString);
        assertEquals(0, sandbox.arrivals().documents());
    }

    @Test
    void shouldFailOnlyWhatContainsTheText() throws Exception {
        sandbox.faults().set(Fault.status(400, "InvalidRequestException").containing("poison"));

        assertEquals(200, TestClients.put(sandbox, DOCUMENT).statusCode());
        assertEquals(0, sandbox.faults().struck());
        HttpResponse<String> failed = TestClients.put(sandbox, DOCUMENT.replace("\"n\"", "\"poison\""));
        assertEquals(400, failed.statusCode());
        assertEquals("InvalidRequestException", errorType(failed));
        assertEquals(1, sandbox.faults().struck());
        assertEquals(1, sandbox.arrivals().documents());
    }

    @Test
    void shouldFollowTheScriptOnItsOperationOnly() throws Exception {
        sandbox.faults().script(Fault.status(500, "InternalFailure"), Fault.none(), Fault.expiredCredentials());

        assertEquals(
                200,
                TestClients.send(sandbox, "POST", "/GetSamplingRules", "{}").statusCode());
        assertEquals(500, TestClients.put(sandbox, DOCUMENT).statusCode());
        assertEquals(200, TestClients.put(sandbox, DOCUMENT).statusCode());
        HttpResponse<String> expired = TestClients.put(sandbox, DOCUMENT);
        assertEquals(403, expired.statusCode());
        assertEquals("ExpiredTokenException", errorType(expired));
        assertEquals(200, TestClients.put(sandbox, DOCUMENT).statusCode());
    }

    @Test
    void shouldDropConnections() throws Exception {
        sandbox.faults().script(Fault.dropBefore(), Fault.dropAfter());

        assertThrows(IOException.class, () -> TestClients.put(sandbox, DOCUMENT));
        assertThrows(IOException.class, () -> TestClients.put(sandbox, DOCUMENT));
        assertEquals(0, sandbox.arrivals().documents());
        assertEquals(200, TestClients.put(sandbox, DOCUMENT).statusCode());
        assertEquals(2, sandbox.stats().requests("PutTraceSegments", SandboxStats.NO_ANSWER));
    }

    @Test
    void shouldCountWhatWasStoredAlthoughTheAnswerIsSpoilt() throws Exception {
        sandbox.faults()
                .script(
                        Fault.halfAnswer(),
                        Fault.wrongJson(),
                        Fault.html(),
                        Fault.dropAfter().stored(true));

        assertThrows(IOException.class, () -> TestClients.put(sandbox, DOCUMENT));
        HttpResponse<String> wrong = TestClients.put(sandbox, DOCUMENT);
        assertEquals(200, wrong.statusCode());
        assertThrows(Json.MalformedException.class, () -> Json.parse(wrong.body()));
        HttpResponse<String> html = TestClients.put(sandbox, DOCUMENT);
        assertEquals("text/html", html.headers().firstValue("Content-Type").orElse(""));
        assertThrows(IOException.class, () -> TestClients.put(sandbox, DOCUMENT));
        assertEquals(4, sandbox.arrivals().documents());
    }

    @Test
    void shouldHangAndBeLate() throws Exception {
        sandbox.faults().script(Fault.hang(Duration.ofMillis(150)), Fault.latency(Duration.ofMillis(120)));

        long startNanos = System.nanoTime();
        assertThrows(IOException.class, () -> TestClients.put(sandbox, DOCUMENT));
        assertTrue(System.nanoTime() - startNanos >= 140_000_000);
        startNanos = System.nanoTime();
        assertEquals(200, TestClients.put(sandbox, DOCUMENT).statusCode());
        assertTrue(System.nanoTime() - startNanos >= 110_000_000);
    }

    @Test
    void shouldLeaveSegmentsUnprocessed() throws Exception {
        sandbox.faults()
                .script(
                        Fault.unprocessed("InvalidTraceId", 1),
                        Fault.unprocessed("InternalFailure", 0.5).withNullIds());

        assertEquals(
                "{\"UnprocessedTraceSegments\":[{\"Id\":\"aaaaaaaaaaaaaaaa\",\"ErrorCode\":\"InvalidTraceId\","
                        + "\"Message\":\"The sandbox is configured not to process it\"}]}",
                TestClients.put(sandbox, DOCUMENT).body());
        String[] many = new String[40];
        java.util.Arrays.fill(many, DOCUMENT);
        String body = TestClients.put(sandbox, many).body();
        int unprocessed = body.split("\"Id\":null", -1).length - 1;
        assertTrue(unprocessed > 5 && unprocessed < 35, body);
        assertEquals(40 - unprocessed, sandbox.arrivals().documents());
        assertEquals(1 + unprocessed, sandbox.stats().unprocessed());
    }

    @Test
    void shouldThrottleRequestsAndSegmentsAboveARate() {
        AtomicLong nanos = new AtomicLong();
        Faults faults = new Faults(nanos::get);
        faults.set(Fault.throttleRequests(2));
        int passed = 0;
        for (int ms = 0; ms < 10_000; ms += 10) {
            nanos.set(ms * 1_000_000L);
            passed += faults.decide("PutTraceSegments").fault() == null ? 1 : 0;
        }
        assertEquals(21, passed, 1);

        faults.set(Fault.throttleSegments(100));
        int segments = 0;
        for (int ms = 10_000; ms < 20_000; ms += 10) {
            nanos.set(ms * 1_000_000L);
            segments += faults.throttleFor("PutTraceSegments", 50) == null ? 50 : 0;
        }
        assertEquals(1_100, segments, 50);
    }

    @Test
    void shouldApplyOnlyWithinTheWindow() {
        AtomicLong nanos = new AtomicLong();
        Faults faults = new Faults(nanos::get);
        faults.set(Fault.status(500, "X").between(Duration.ofSeconds(1), Duration.ofSeconds(3)));
        List<Boolean> isFailing = new ArrayList<>();
        for (int seconds = 0; seconds < 5; seconds++) {
            nanos.set(seconds * 1_000_000_000L);
            isFailing.add(faults.decide("PutTraceSegments").fault() != null);
        }
        assertEquals(List.of(false, true, true, false, false), isFailing);
    }

    @Test
    void shouldReplayFromItsSeed() {
        List<List<Object>> runs = new ArrayList<>();
        for (int run = 0; run < 2; run++) {
            Faults faults = new Faults(() -> 0);
            faults.seed(7);
            faults.set(Fault.status(500, "X").share(0.3), Fault.latency(Duration.ofMillis(20), Duration.ofMillis(200)));
            List<Object> decisions = new ArrayList<>();
            for (int i = 0; i < 1_000; i++) {
                decisions.add(faults.decide("PutTraceSegments"));
            }
            runs.add(decisions);
        }
        assertEquals(runs.get(0), runs.get(1));
        long failed = runs.get(0).stream()
                .filter(d -> ((Faults.Decision) d).fault() != null)
                .count();
        assertTrue(failed > 240 && failed < 360, failed + " failed");
        long slow = runs.get(0).stream()
                .filter(d -> ((Faults.Decision) d).holdMs() > 200)
                .count();
        assertTrue(slow > 0 && slow < 20, slow + " slow");
    }

    @Test
    void shouldBeSetByHttp() throws Exception {
        HttpResponse<String> set = TestClients.send(
                sandbox,
                "PUT",
                "/sandbox/faults",
                "{\"seed\":5,\"faults\":[{\"kind\":\"status\",\"status\":429,\"errorCode\":\"ThrottledException\",\"count\":1}],"
                        + "\"script\":[{\"kind\":\"latency\",\"p50Ms\":5}]}");
        assertEquals(200, set.statusCode(), set.body());
        assertEquals(
                set.body(),
                TestClients.send(sandbox, "GET", "/sandbox/faults", "").body());
        assertEquals(200, TestClients.put(sandbox, DOCUMENT).statusCode());
        assertEquals(429, TestClients.put(sandbox, DOCUMENT).statusCode());

        assertEquals(
                "{\"seed\":5,\"faults\":[],\"script\":[]}",
                TestClients.send(sandbox, "DELETE", "/sandbox/faults", "").body());
        for (String bad : List.of(
                "{\"faults\":[{\"kind\":\"explode\"}]}",
                "{\"faults\":[{\"kind\":\"status\",\"share\":2}]}",
                "{\"faults\":[{\"kind\":\"status\",\"speed\":2}]}",
                "{\"faults\":[{\"kind\":\"status\",\"count\":\"two\"}]}",
                "{\"faults\":{}}",
                "{\"folts\":[]}",
                "[")) {
            HttpResponse<String> refused = TestClients.send(sandbox, "PUT", "/sandbox/faults", bad);
            assertEquals(400, refused.statusCode(), bad + " → " + refused.body());
        }
    }

    @Test
    void shouldLookToTheSdkAsTheServiceDoes() throws Exception {
        try (XRayClient client = TestClients.sdk(sandbox)) {
            sandbox.faults()
                    .script(
                            Fault.throttleRequests(1),
                            Fault.expiredCredentials(),
                            Fault.wrongJson(),
                            Fault.dropAfter());
            assertThrows(
                    ThrottledException.class, () -> client.putTraceSegments(put -> put.traceSegmentDocuments("{}")));
            var expired = assertThrows(
                    XRayException.class, () -> client.putTraceSegments(put -> put.traceSegmentDocuments("{}")));
            assertEquals("ExpiredTokenException", expired.awsErrorDetails().errorCode());
            assertThrows(
                    SdkClientException.class, () -> client.putTraceSegments(put -> put.traceSegmentDocuments("{}")));
            assertThrows(
                    SdkClientException.class, () -> client.putTraceSegments(put -> put.traceSegmentDocuments("{}")));
        }
    }
}
