package io.github.xrayd.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.amazonaws.xray.AWSXRayRecorder;
import com.amazonaws.xray.AWSXRayRecorderBuilder;
import com.amazonaws.xray.config.DaemonConfiguration;
import com.amazonaws.xray.emitters.Emitter;
import com.amazonaws.xray.entities.Segment;
import com.amazonaws.xray.entities.Subsegment;
import com.amazonaws.xray.strategy.sampling.AllSamplingStrategy;
import com.amazonaws.xray.strategy.sampling.CentralizedSamplingStrategy;
import com.amazonaws.xray.strategy.sampling.SamplingRequest;
import com.amazonaws.xray.strategy.sampling.SamplingResponse;
import io.github.xrayd.child.DaemonProcess;
import io.github.xrayd.child.ProcFs;
import io.github.xrayd.sandbox.SamplingRule;
import io.github.xrayd.sandbox.Sandbox;
import io.github.xrayd.sandbox.SandboxConfig;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/**
 * The real X-Ray SDK for Java against the daemon's two ports: what it sends arrives byte for byte, and its sampling
 * works.
 */
@EnabledOnOs(OS.LINUX)
@Timeout(90)
class RealSdkIT {
    private static final int REQUESTS = 100;
    private static final String ODD_TEXT =
            "Z\u00fcrich \u5927\u962a \ud83d\ude9a \u2028\u2029 \"quoted\" back\\slash \u0001\u001f\u007f\t\r\n </script>";
    private static final List<String> OPERATIONS = List.of("GetSamplingRules", "GetSamplingTargets");

    @Test
    void shouldDeliverEachDocumentOfTheSdkByteForByte() throws Exception {
        try (Sandbox sandbox = Sandbox.start(SandboxConfig.builder().build());
                DaemonProcess daemon = Installed.start(sandbox.endpoint())) {
            Arrived arrived = Arrived.at(sandbox);
            RecordingEmitter emitter = new RecordingEmitter(configurationFor(daemon));
            AWSXRayRecorder recorder = AWSXRayRecorderBuilder.standard()
                    .withEmitter(emitter)
                    .withSamplingStrategy(new AllSamplingStrategy())
                    .build();
            for (int i = 0; i < REQUESTS; i++) {
                handleRequest(recorder, i);
                // Some tens of datagrams each, well within the smallest socket buffer.
                int port = daemon.udp().getPort();
                Await.until("the daemon reads its socket", Await.LONG, () -> ProcFs.queuedBytes(port) == 0);
            }
            List<String> sent = emitter.sent();
            assertTrue(sent.size() > REQUESTS, "the SDK streamed no subsegments");
            String all = String.join("", sent);
            for (String part :
                    List.of("\"sql\"", "\"http\"", "\"cause\"", "\"annotations\"", "\ud83d\ude9a", "\u2028")) {
                assertTrue(all.contains(part), () -> "the SDK sent no " + part);
            }
            arrived.assertSame(sent, daemon);
            System.out.printf("RealSdkIT: %d documents, %d characters%n", sent.size(), all.length());
            assertEquals(sent.size(), daemon.stop().delivered());
        }
    }

    private static DaemonConfiguration configurationFor(DaemonProcess daemon) {
        DaemonConfiguration configuration = new DaemonConfiguration();
        configuration.setDaemonAddress(addressOf(daemon));
        return configuration;
    }

    /** As in {@code AWS_XRAY_DAEMON_ADDRESS}. */
    private static String addressOf(DaemonProcess daemon) {
        return "tcp:127.0.0.1:" + daemon.tcp().getPort() + " udp:127.0.0.1:"
                + daemon.udp().getPort();
    }

    /** What an instrumented service does for a request; every tenth has so many parts that the SDK streams them. */
    private static void handleRequest(AWSXRayRecorder recorder, int number) {
        Segment segment = recorder.beginSegment("shop-" + ODD_TEXT.substring(0, 6));
        segment.putHttp("request", Map.of("method", "POST", "url", "https://shop.example.com/o?q=" + ODD_TEXT));
        segment.putHttp("response", Map.of("status", 200 + number, "content_length", -1L));
        segment.putAnnotation("city", ODD_TEXT);
        segment.putAnnotation("number", number);
        segment.putAnnotation("ratio", 1.0 / (number + 1));
        segment.putAnnotation("is_gift", number % 2 == 0);
        segment.putMetadata("basket", Map.of("items", List.of(ODD_TEXT, number, Map.of(ODD_TEXT, "\u0000"))));
        segment.setUser(ODD_TEXT);
        int parts = number % 10 == 0 ? 150 : 3;
        for (int part = 0; part < parts; part++) {
            call(recorder, part);
        }
        if (number % 3 == 0) {
            segment.setFault(true);
            segment.addException(
                    new IllegalStateException(ODD_TEXT, new NullPointerException("cause of request " + number)));
        }
        recorder.endSegment();
    }

    private static void call(AWSXRayRecorder recorder, int part) {
        Subsegment call = recorder.beginSubsegment(part % 3 == 0 ? "orders@db.example.com" : "stock.example.com");
        switch (part % 3) {
            case 0 -> {
                call.setNamespace("remote");
                call.putSql("url", "jdbc:postgresql://db.example.com:5432/orders");
                call.putSql("sanitized_query", "SELECT \"id\" FROM orders WHERE city = '" + ODD_TEXT + "'");
            }
            case 1 -> {
                call.setNamespace("aws");
                call.putAllAws(Map.of("operation", "GetItem", "table_name", "orders"));
                Subsegment attempt = recorder.beginSubsegment("attempt");
                attempt.setThrottle(true);
                recorder.endSubsegment();
            }
            default -> {
                call.putHttp("request", Map.of("method", "GET", "url", "https://stock.example.com/v2"));
                call.addException(new IllegalArgumentException(ODD_TEXT));
                call.setError(true);
            }
        }
        recorder.endSubsegment();
    }

    @Test
    void shouldServeTheSdksSamplingSigned() throws Exception {
        try (Sandbox sandbox = Sandbox.start(SandboxConfig.builder().build());
                DaemonProcess daemon = Installed.start(sandbox.endpoint())) {
            sandbox.sampling()
                    .rules(List.of(
                            new SamplingRule("never", 1, 0, 0, "*", "quiet.example.com", "*", "*"),
                            new SamplingRule("always", 2, 1, 0, "*", "shop.example.com", "*", "*"),
                            SamplingRule.defaultRule()));
            // The strategy reads its address from the environment or this property only.
            System.setProperty(DaemonConfiguration.DAEMON_ADDRESS_SYSTEM_PROPERTY_KEY, addressOf(daemon));
            CentralizedSamplingStrategy strategy = new CentralizedSamplingStrategy();
            try {
                Await.until("the SDK uses the service's rules", Await.LONG, () -> ask(strategy, "shop.example.com")
                        .getRuleName()
                        .equals(Optional.of("always")));
                assertTrue(ask(strategy, "shop.example.com").isSampled());
                SamplingResponse never = ask(strategy, "quiet.example.com");
                assertEquals(Optional.of("never"), never.getRuleName());
                assertFalse(never.isSampled());
                // The SDK reports its statistics every 10 s.
                Await.until("the SDK asks for targets", Await.LONG, () -> {
                    assertFalse(ask(strategy, "quiet.example.com").isSampled());
                    return OPERATIONS.stream()
                            .allMatch(operation -> sandbox.stats().requests(operation, 200) > 0);
                });
            } finally {
                strategy.shutdown();
                System.clearProperty(DaemonConfiguration.DAEMON_ADDRESS_SYSTEM_PROPERTY_KEY);
            }
            for (String operation : OPERATIONS) {
                long accepted = sandbox.stats().requests(operation, 200);
                assertTrue(accepted > 0, operation);
                assertEquals(sandbox.stats().requests(operation), accepted, operation + " with a refused signature");
            }
            daemon.stop();
        }
    }

    private static SamplingResponse ask(CentralizedSamplingStrategy strategy, String host) {
        return strategy.shouldTrace(new SamplingRequest("shop", host, "/orders", "GET", "AWS::EC2::Instance"));
    }

    /** The SDK's own emitter, with a record of what it was given to serialize. */
    private static final class RecordingEmitter extends Emitter {
        private final Emitter udp;
        private final List<String> sent = new ArrayList<>();
        private final Map<String, Integer> refused = new HashMap<>();

        RecordingEmitter(DaemonConfiguration configuration) throws IOException {
            udp = Emitter.create(configuration);
        }

        @Override
        public synchronized boolean sendSegment(Segment segment) {
            sent.add(segment.serialize());
            return udp.sendSegment(segment) || refuse(segment.getName());
        }

        @Override
        public synchronized boolean sendSubsegment(Subsegment subsegment) {
            sent.add(subsegment.streamSerialize());
            return udp.sendSubsegment(subsegment) || refuse(subsegment.getName());
        }

        private boolean refuse(String name) {
            refused.merge(name, 1, Integer::sum);
            return false;
        }

        synchronized List<String> sent() {
            assertEquals(Map.of(), refused, "the SDK could not send");
            return List.copyOf(sent);
        }
    }
}
