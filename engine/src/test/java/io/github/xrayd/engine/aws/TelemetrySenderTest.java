package io.github.xrayd.engine.aws;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.dslplatform.json.DslJson;
import io.github.xrayd.engine.client.Transport;
import io.github.xrayd.engine.telemetry.TelemetryRecord;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(60)
class TelemetrySenderTest {
    private static final List<TelemetryRecord> RECORDS = List.of(
            new TelemetryRecord(1_795_239_608_805L, 30, 20, 3, 2, new TelemetryRecord.CallErrors(1, 4, 5, 6, 7, 8)));
    private static final String ARN = "arn:aws:ec2:us-east-1:123456789012:instance/i-1";

    private static Map<?, ?> json(String text) throws IOException {
        Map<?, ?> map =
                new DslJson<>().deserialize(Map.class, new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)));
        return map == null ? Map.of() : map;
    }

    @Test
    void shouldPostRecordsAsTheReferenceDoes() throws Exception {
        try (ScriptedService service = new ScriptedService().then(200, "{}");
                XRayExporter backend = Exporters.create(
                        Exporters.settings(service.uri()),
                        new ScriptedEnvironment()
                                .variable("AWS_HOSTNAME", "host-1")
                                .variable("AWS_INSTANCE_ID", "i-1234"))) {
            assertTrue(backend.sink(ARN).send(RECORDS));
            ScriptedService.Call call = service.awaitCall();
            assertEquals("POST", call.method());
            assertEquals("/TelemetryRecords", call.target());
            assertTrue(Signatures.isValid(call, service.uri(), "us-east-1"));
            assertTrue(Signatures.signedHeaders(call).contains("x-amzn-xray-timestamp"));
            Map<?, ?> body = json(call.body());
            assertEquals("i-1234", body.get("EC2InstanceId"));
            assertEquals("host-1", body.get("Hostname"));
            assertEquals(ARN, body.get("ResourceARN"));
            List<?> records = assertInstanceOf(List.class, body.get("TelemetryRecords"));
            assertEquals(
                    json(
                            """
                            {"Timestamp":1795239608.805,"SegmentsReceivedCount":30,"SegmentsSentCount":20,
                             "SegmentsSpilloverCount":3,"SegmentsRejectedCount":2,
                             "BackendConnectionErrors":{"TimeoutCount":1,"ConnectionRefusedCount":4,"HTTPCode4XXCount":5,
                             "HTTPCode5XXCount":6,"UnknownHostCount":7,"OtherCount":8}}"""),
                    records.get(0));
        }
    }

    @ParameterizedTest
    @CsvSource({"500,false", "429,false", "403,false", "400,true"})
    void shouldSayWhatIsToBeSentAgain(int status, boolean isDone) throws Exception {
        try (ScriptedService service = new ScriptedService().then(status, "{}", "x-amzn-RequestId", "1");
                XRayExporter backend = Exporters.create(service.uri())) {
            assertEquals(isDone, backend.sink(null).send(RECORDS));
            assertEquals("", json(service.awaitCall().body()).get("Hostname"));
        }
    }

    @Test
    void shouldAskInstanceMetadataOnceForHostAndInstanceButNotInLocalMode() throws Exception {
        try (ScriptedService imds = new ScriptedService().always(call -> switch (call.target()) {
                    case "/latest/api/token" ->
                        ScriptedService.Script.of(200, "token", "x-aws-ec2-metadata-token-ttl-seconds", "21600");
                    case "/latest/meta-data/instance-id" -> ScriptedService.Script.of(200, "i-0abc");
                    case "/latest/meta-data/hostname" -> ScriptedService.Script.of(200, "ip-10-0-0-1");
                    default -> ScriptedService.Script.of(404, "");
                });
                ScriptedService service = new ScriptedService()) {
            ScriptedEnvironment environment = new ScriptedEnvironment()
                    .variable("AWS_EC2_METADATA_SERVICE_ENDPOINT", imds.uri().toString());
            AwsSettings onInstance = new AwsSettings(
                    "us-east-1",
                    service.uri(),
                    null,
                    false,
                    "1",
                    new Transport(null, true, null, Duration.ofSeconds(2), 8));
            try (XRayExporter backend = Exporters.create(onInstance, environment)) {
                var sink = backend.sink(null);
                assertTrue(sink.send(RECORDS));
                assertTrue(sink.send(RECORDS));
            }
            Map<?, ?> body = json(service.awaitCall().body());
            assertEquals("i-0abc", body.get("EC2InstanceId"));
            assertEquals("ip-10-0-0-1", body.get("Hostname"));
            assertEquals(3, imds.calls.size());

            try (XRayExporter backend = Exporters.create(Exporters.settings(service.uri()), environment)) {
                assertTrue(backend.sink(null).send(RECORDS));
            }
            assertEquals(3, imds.calls.size());
            assertFalse(service.calls.isEmpty());
        }
    }
}
