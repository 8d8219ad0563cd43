package io.github.xrayd.connectors.otlp;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.github.xrayd.connectors.otlp.convert.OtlpDocuments;
import io.github.xrayd.engine.http.Response;
import io.github.xrayd.engine.intake.Submission;
import io.github.xrayd.engine.intake.UnreadableException;
import io.github.xrayd.engine.telemetry.Counter;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceResponse;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class OtlpIntakeTest {
    private static final String PROTOBUF = "application/x-protobuf";
    private static final String JSON = "application/json";

    private final OtlpIntake intake = new OtlpIntake();

    private static Span span(int id) {
        return Span.newBuilder()
                .setTraceId(ByteString.copyFrom(new byte[] {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16}))
                .setSpanId(ByteString.copyFrom(new byte[] {0, 0, 0, 0, 0, 0, 0, (byte) id}))
                .setName("span " + id)
                .build();
    }

    private static ExportTraceServiceRequest request(Span... spans) {
        return ExportTraceServiceRequest.newBuilder()
                .addResourceSpans(ResourceSpans.newBuilder()
                        .addScopeSpans(ScopeSpans.newBuilder().addAllSpans(List.of(spans))))
                .build();
    }

    private static String text(Response answer) {
        return new String(answer.body(), StandardCharsets.UTF_8);
    }

    @Test
    void shouldTakeProtobufAsItIs() throws Exception {
        ExportTraceServiceRequest request = request(span(1), span(2));
        Submission taken = intake.read(PROTOBUF, request.toByteArray());
        byte[] document = taken.documents().get(0);
        assertEquals("T1S", new String(document, 0, 3, StandardCharsets.US_ASCII));
        assertArrayEquals(request.toByteArray(), OtlpDocuments.decode(document, document.length));
        assertEquals(200, taken.answer().status());
        assertEquals(List.of(PROTOBUF), taken.answer().headers().get("Content-Type"));
        assertEquals(0, taken.answer().body().length);
        assertEquals(List.of(), taken.turnedAway());
    }

    @Test
    void shouldTakeJsonAndAnswerInIt() throws Exception {
        String json = "{\"resourceSpans\":[{\"scopeSpans\":[{\"spans\":["
                + "{\"traceId\":\"0102030405060708090a0b0c0d0e0f10\",\"spanId\":\"0000000000000001\",\"name\":\"span 1\"},"
                + "{\"traceId\":\"\",\"spanId\":\"0000000000000001\",\"name\":\"bad\"}]}]}]}";
        Submission taken = intake.read(JSON, json.getBytes(StandardCharsets.UTF_8));
        byte[] document = taken.documents().get(0);
        ExportTraceServiceRequest read =
                ExportTraceServiceRequest.parseFrom(OtlpDocuments.decode(document, document.length));
        assertEquals(span(1), read.getResourceSpans(0).getScopeSpans(0).getSpans(0));
        assertEquals(
                "{\"partialSuccess\":{\"rejectedSpans\":\"1\",\"errorMessage\":"
                        + "\"1 spans have no valid trace id and span id\"}}",
                text(taken.answer()));
        assertEquals(List.of(JSON), taken.answer().headers().get("Content-Type"));
        assertEquals(Counter.REJECTED_ID, taken.turnedAway().get(0).reason());
        Submission empty = intake.read(JSON, "{}".getBytes(StandardCharsets.UTF_8));
        assertEquals("{}", text(empty.answer()));
        assertEquals(List.of(), empty.documents());
    }

    @Test
    void shouldSayWhatIsNotTaken() throws Exception {
        Span tooLong = span(3).toBuilder().setName("x".repeat(64_000)).build();
        Submission taken = intake.read(
                PROTOBUF,
                request(span(1), span(2).toBuilder().clearTraceId().build(), tooLong)
                        .toByteArray());
        ExportTraceServiceResponse response =
                ExportTraceServiceResponse.parseFrom(taken.answer().body());
        assertEquals(2, response.getPartialSuccess().getRejectedSpans());
        assertEquals(
                "1 spans have no valid trace id and span id; 1 spans are longer than an X-Ray document of 64000 bytes holds",
                response.getPartialSuccess().getErrorMessage());
        assertEquals(1, taken.documents().size());
        assertEquals(
                List.of(Counter.REJECTED_ID, Counter.REJECTED_TOO_LARGE),
                taken.turnedAway().stream().map(Submission.TurnedAway::reason).toList());
    }

    @Test
    void shouldSayWhyNothingCanBeTaken() {
        UnreadableException protobuf = assertThrows(
                UnreadableException.class, () -> intake.read(PROTOBUF, "{}".getBytes(StandardCharsets.UTF_8)));
        assertEquals(400, protobuf.status());
        assertTrue(String.valueOf(protobuf.getMessage())
                .startsWith("The body is not an ExportTraceServiceRequest in protobuf: "));
        for (String bad : List.of("[]", "x", "{\"resourceSpans\":[", "[".repeat(1_000_000))) {
            UnreadableException json = assertThrows(
                    UnreadableException.class, () -> intake.read(JSON, bad.getBytes(StandardCharsets.UTF_8)));
            assertEquals(400, json.status());
        }
        UnreadableException large = assertThrows(
                UnreadableException.class, () -> intake.read(JSON, new byte[OtlpIntake.JSON_BYTES_MAX + 1]));
        assertEquals(413, large.status());
    }

    /** What is rehearsed is read in whole: a request that breaks off would load half of the classes. */
    @Test
    void shouldRehearseWithWhatItTakes() throws Exception {
        intake.rehearse();
        Submission taken = intake.read(PROTOBUF, OtlpIntake.REHEARSED);
        assertEquals(1, taken.documents().size());
        assertEquals(1, taken.turnedAway().get(0).count());
        taken = intake.read(JSON, OtlpIntake.REHEARSED_JSON);
        assertEquals(1, taken.documents().size());
        assertEquals(1, taken.turnedAway().get(0).count());
    }

    @Test
    void shouldRefuseInTheFormOfTheRequest() {
        Response json = intake.refusal(JSON, 429, "full");
        assertEquals("{\"code\":8,\"message\":\"full\"}", text(json));
        Response protobuf = intake.refusal(PROTOBUF, 400, "bad");
        assertArrayEquals(new byte[] {8, 3, 18, 3, 'b', 'a', 'd'}, protobuf.body());
        assertEquals(List.of(PROTOBUF), protobuf.headers().get("Content-Type"));
    }
}
