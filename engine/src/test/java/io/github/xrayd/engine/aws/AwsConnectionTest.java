package io.github.xrayd.engine.aws;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.xrayd.engine.client.HttpReply;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class AwsConnectionTest {
    private static HttpCall call(String query) {
        return new HttpCall(
                "POST",
                "/SamplingTargets",
                query,
                Map.of("X-Mesh", List.of("1", "2")),
                "{}".getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void shouldCorrectAWrongClockFromARefusalsDate() throws Exception {
        Clock slow = Clock.offset(Clock.systemUTC(), Duration.ofHours(-3));
        try (ScriptedService service = new ScriptedService().then(403, "{}");
                XRayExporter backend =
                        ExporterFactory.create(Exporters.settings(service.uri()), new ScriptedEnvironment(), slow)) {
            assertEquals(403, backend.connection().send(call("")).status());
            assertTrue(difference(service.awaitCall()).compareTo(Duration.ofHours(2)) > 0);
            assertEquals(200, backend.connection().send(call("")).status());
            ScriptedService.Call second = service.awaitCall();
            assertTrue(difference(second).compareTo(Duration.ofMinutes(1)) < 0);
            assertTrue(Signatures.isValid(second, service.uri(), "us-east-1"));
        }
    }

    private static Duration difference(ScriptedService.Call call) {
        return Duration.between(Signatures.signedAt(call), Instant.now()).abs();
    }

    @Test
    void shouldSendWhatItIsGivenAndReturnWhatCameBack() throws Exception {
        try (ScriptedService service = new ScriptedService().then(299, "caf\u00e9", "X-Answer", "a");
                XRayExporter backend = Exporters.create(service.uri())) {
            HttpReply reply = backend.connection().send(call("b=2&a=%20%2F&c"));
            assertEquals(299, reply.status());
            assertArrayEquals("caf\u00e9".getBytes(StandardCharsets.UTF_8), reply.body());
            assertEquals("a", reply.header("x-answer"));
            ScriptedService.Call call = service.awaitCall();
            assertEquals(List.of("1", "2"), call.headers().get("X-Mesh"));
            assertTrue(call.target().startsWith("/SamplingTargets?b=2&a=%20%2F&c"), call.target());
            assertTrue(Signatures.isValid(call, service.uri(), "us-east-1"), call.toString());
        }
    }
}
