package io.github.xrayd.cli.conformance;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * X-Ray, STS, metadata services, forward proxy: whoever a case needs, on one loopback port; keeps what it was asked.
 */
final class StandIn implements AutoCloseable {
    static {
        // The JDK's server reads it once; without it each answer takes 44 ms.
        System.setProperty("sun.net.httpserver.nodelay", "true");
    }

    private static final long DEADLINE_NS = TimeUnit.SECONDS.toNanos(30);

    /** What was asked. */
    record Asked(String method, String target, Map<String, List<String>> headers, String body) {}

    private final HttpServer server;
    private final boolean isTls;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final List<Asked> asked = new ArrayList<>();
    private List<Case.Answer> answers = List.of();
    private final Map<Case.Answer, Integer> given = new HashMap<>();

    StandIn(@Nullable SSLContext tls) throws IOException {
        InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        isTls = tls != null;
        if (tls == null) {
            server = HttpServer.create(address, 0);
        } else {
            HttpsServer https = HttpsServer.create(address, 0);
            https.setHttpsConfigurator(new HttpsConfigurator(tls));
            server = https;
        }
        server.setExecutor(threads);
        server.createContext("/", this::answer);
        server.start();
    }

    synchronized void answers(List<Case.Answer> value) {
        answers = value;
    }

    String url() {
        return (isTls ? "https" : "http") + "://127.0.0.1:"
                + server.getAddress().getPort();
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            Map<String, List<String>> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
            headers.putAll(exchange.getRequestHeaders());
            String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            Case.Answer answer = take(
                    new Asked(
                            exchange.getRequestMethod(),
                            exchange.getRequestURI().toString(),
                            headers,
                            body),
                    exchange.getRequestURI().getPath());
            if (answer.delayMs() > 0) {
                TimeUnit.MILLISECONDS.sleep(answer.delayMs());
            }
            if (answer.isReset()) {
                return;
            }
            Headers to = exchange.getResponseHeaders();
            answer.headers().forEach(to::set);
            byte[] bytes = answer.body().getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(answer.status(), bytes.length == 0 ? -1 : bytes.length);
            exchange.getResponseBody().write(bytes);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized Case.Answer take(Asked request, String path) {
        asked.add(request);
        notifyAll();
        for (Case.Answer answer : answers) {
            boolean isOver = answer.times() > 0 && given.getOrDefault(answer, 0) >= answer.times();
            if (!isOver && (answer.path().isEmpty() || answer.path().equals(path))) {
                given.merge(answer, 1, Integer::sum);
                return answer;
            }
        }
        return new Case.Answer("", 200, Map.of(), "{}", 0, 0, false);
    }

    synchronized List<Asked> asked() {
        return List.copyOf(asked);
    }

    /** Waits until so many requests had that path. */
    synchronized void await(String path, int count) throws InterruptedException {
        long deadlineNs = System.nanoTime() + DEADLINE_NS;
        while (asked.stream().filter(each -> each.target().endsWith(path)).count() < count) {
            long leftMs = (deadlineNs - System.nanoTime()) / 1_000_000;
            if (leftMs <= 0) {
                throw new AssertionError("not " + count + " requests to " + path + " but " + asked);
            }
            wait(leftMs);
        }
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
