package io.github.xrayd.sandbox.junit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.amazonaws.xray.AWSXRayRecorder;
import com.amazonaws.xray.AWSXRayRecorderBuilder;
import com.amazonaws.xray.config.DaemonConfiguration;
import com.amazonaws.xray.emitters.Emitter;
import com.amazonaws.xray.entities.Namespace;
import com.amazonaws.xray.entities.Segment;
import com.amazonaws.xray.entities.Subsegment;
import com.amazonaws.xray.strategy.sampling.AllSamplingStrategy;
import io.github.xrayd.sandbox.Sandbox;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The extension as an application's test uses it: with X-Ray's own SDK, which needs no daemon then. */
class XRayExtensionTest {
    private static final Duration SOON = Duration.ofSeconds(10);
    private static final Duration AT_ONCE = Duration.ofMillis(100);

    @RegisterExtension
    static final XRayExtension XRAY = new XRayExtension();

    private static AWSXRayRecorder recorder() throws IOException {
        DaemonConfiguration daemon = new DaemonConfiguration();
        daemon.setDaemonAddress(XRAY.daemonAddress());
        return AWSXRayRecorderBuilder.standard()
                .withEmitter(Emitter.create(daemon))
                .withSamplingStrategy(new AllSamplingStrategy())
                .build();
    }

    private static void trace(String name, boolean isFault) throws IOException {
        AWSXRayRecorder recorder = recorder();
        Segment segment = recorder.beginSegment(name);
        segment.setFault(isFault);
        Subsegment call = recorder.beginSubsegment("bank");
        call.setNamespace(Namespace.REMOTE.toString());
        recorder.endSubsegment();
        recorder.endSegment();
    }

    @Test
    void shouldHearWhatAnSdkSends() throws IOException {
        trace("shop", true);
        String id = XRAY.awaitTrace("service(\"shop\") { fault } AND edge(\"shop\", \"bank\")", SOON);
        assertEquals(1, XRAY.documents(id).size());
        assertTrue(XRAY.tree(id).get(1).endsWith("[fault]"), XRAY.tree(id)::toString);
    }

    @Test
    void shouldBeginEmpty(Sandbox sandbox, XRayExtension extension) {
        assertEquals(XRAY, extension);
        assertEquals(List.of(), sandbox.traces().traceIds());
        AssertionError nothing = assertThrows(AssertionError.class, () -> XRAY.awaitTrace("fault", AT_ONCE));
        assertTrue(String.valueOf(nothing.getMessage()).contains("0 instead of 1 traces match fault"));
        assertThrows(IllegalArgumentException.class, () -> XRAY.awaitTrace("nonsense", AT_ONCE));
    }

    @Test
    void shouldShowWhatArrivedInstead() throws IOException {
        trace("shop", false);
        XRAY.awaitTraces(1, "", SOON);
        AssertionError other = assertThrows(AssertionError.class, () -> XRAY.awaitTrace("fault", AT_ONCE));
        assertTrue(String.valueOf(other.getMessage()).contains("└─ bank"), other.getMessage());
    }

    @Test
    void shouldServeTheSdksSamplingCalls() throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://" + XRAY.daemonAddress() + "/GetSamplingRules"))
                .POST(HttpRequest.BodyPublishers.ofString("{}"))
                .build();
        String rules = HttpClient.newHttpClient()
                .send(request, HttpResponse.BodyHandlers.ofString())
                .body();
        assertTrue(rules.contains("\"FixedRate\":1.0"), rules);
    }

    @Test
    void shouldTakeSegmentsOnlyAsADaemonAndTheServiceDo() throws Exception {
        String good =
                "{\"trace_id\":\"1-5759e988-bd862e3fe1be46a994272793\",\"id\":\"aaaaaaaaaaaaaaaa\",\"name\":\"n\","
                        + "\"start_time\":1,\"end_time\":2}";
        String header = "{\"format\": \"json\", \"version\": 1}\n";
        try (DatagramSocket socket = new DatagramSocket()) {
            for (String datagram : List.of(
                    good,
                    "{\"format\": \"xml\", \"version\": 1}\n" + good,
                    header + good.replace(",\"end_time\":2", ""),
                    header + good.replace("aaaa", "bbbb"))) {
                byte[] bytes = datagram.getBytes(StandardCharsets.UTF_8);
                socket.send(new DatagramPacket(
                        bytes,
                        bytes.length,
                        new InetSocketAddress(
                                XRAY.endpoint().getHost(), XRAY.endpoint().getPort())));
            }
        }
        String id = XRAY.awaitTrace("", SOON);
        assertEquals(List.of(good.replace("aaaa", "bbbb")), XRAY.documents(id));
        assertEquals(1, XRAY.sandbox().stats().unprocessed());
        AssertionError inVain = assertThrows(AssertionError.class, () -> XRAY.awaitTrace("fault", AT_ONCE));
        assertTrue(
                String.valueOf(inVain.getMessage())
                        .contains("refused: MissingEndTime: Invalid segment: neither end_time nor in_progress: {"),
                inVain.getMessage());
    }

    /** A user's class path has what this module's has, less JUnit and the SDKs of these tests. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "io.github.xrayd.engine.Engine",
                "com.lmax.disruptor.Sequence",
                "org.apache.kafka.clients.producer.KafkaProducer",
                "net.jpountz.lz4.LZ4Factory",
                "com.github.luben.zstd.Zstd",
                "org.xerial.snappy.Snappy"
            })
    void shouldBringNeitherTheEngineNorKafkasClients(String name) {
        assertThrows(ClassNotFoundException.class, () -> Class.forName(name));
    }
}
