package io.github.xrayd.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.xrayd.engine.proxy.ProxySettings;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What {@code /healthz} says over HTTP of threads that make no progress: here they rest for an hour, and nobody wakes
 * them.
 */
@Timeout(120)
class StalledThreadTest {
    private static final long REST_MS_MAX = 3_600_000;

    private final HttpClient client = HttpClient.newHttpClient();

    private HttpResponse<String> health(Engine engine) throws Exception {
        int port = Objects.requireNonNull(engine.tcpAddress()).getPort();
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/healthz"))
                .build();
        return client.send(request, BodyHandlers.ofString());
    }

    @Test
    void shouldSayWhichThreadMakesNoProgress() throws Exception {
        EngineConfig config = EngineConfig.builder()
                .udpAddress(new InetSocketAddress("127.0.0.1", 0))
                .memoryLimitBytes(16 << 20)
                .threadsMax(1)
                .proxy(new ProxySettings(new InetSocketAddress("127.0.0.1", 0), List.of("*")))
                .build();
        Engine engine = Engine.start(config, destination -> () -> new CountingExporter(), REST_MS_MAX);
        try {
            assertEquals(200, health(engine).statusCode());
            HttpResponse<String> answer = health(engine);
            long startNs = System.nanoTime();
            while (answer.statusCode() == 200) {
                assertTrue(System.nanoTime() - startNs < 60_000_000_000L, "still healthy");
                LockSupport.parkNanos(100_000_000);
                answer = health(engine);
            }
            assertEquals(503, answer.statusCode());
            assertTrue(
                    answer.body().matches("(?s)The (receiver|uploader) has made no progress for 15 s\\.\\s*"),
                    answer.body());
        } finally {
            engine.shutdown(Duration.ofSeconds(10));
        }
    }
}
