package io.github.xrayd.engine.aws;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/** An HTTP service on loopback that answers from a script and keeps what it was asked. */
public final class ScriptedService implements AutoCloseable {
    static {
        // The JDK's server reads this once per process; without it each answer takes 44 ms on loopback.
        System.setProperty("sun.net.httpserver.nodelay", "true");
    }

    /** What was asked. */
    public record Call(String method, String target, Map<String, List<String>> headers, String body) {
        public String header(String name) {
            List<String> values = headers.get(name);
            return values == null || values.isEmpty() ? "" : values.get(0);
        }
    }

    /** What to answer. */
    public record Script(int status, String body, Map<String, String> headers) {
        public static Script of(int status, String body, String... namesAndValues) {
            Map<String, String> headers = new TreeMap<>();
            for (int i = 0; i < namesAndValues.length; i += 2) {
                headers.put(namesAndValues[i], namesAndValues[i + 1]);
            }
            return new Script(status, body, headers);
        }
    }

    /** Answers a call as it likes. */
    public interface Handler {
        Script answer(Call call) throws IOException, InterruptedException;
    }

    private final HttpServer server;
    private final String scheme;
    private final ExecutorService executor = Executors.newCachedThreadPool();
    private final BlockingQueue<Script> scripts = new LinkedBlockingQueue<>();
    public final List<Call> calls = new CopyOnWriteArrayList<>();
    private final BlockingQueue<Call> arrived = new LinkedBlockingQueue<>();
    private volatile Handler handler;

    public ScriptedService() throws IOException {
        this(null);
    }

    public ScriptedService(@Nullable SSLContext tls) throws IOException {
        InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        if (tls == null) {
            server = HttpServer.create(address, 0);
            scheme = "http";
        } else {
            HttpsServer https = HttpsServer.create(address, 0);
            https.setHttpsConfigurator(new HttpsConfigurator(tls));
            server = https;
            scheme = "https";
        }
        Script fallback = Script.of(200, "{\"UnprocessedTraceSegments\":[]}");
        handler = call -> {
            Script script = scripts.poll();
            return script == null ? fallback : script;
        };
        server.setExecutor(executor);
        server.createContext("/", this::handle);
        server.start();
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            Map<String, List<String>> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
            headers.putAll(exchange.getRequestHeaders());
            String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            Call call = new Call(
                    exchange.getRequestMethod(), exchange.getRequestURI().toString(), headers, body);
            calls.add(call);
            arrived.add(call);
            Script script = handler.answer(call);
            Headers response = exchange.getResponseHeaders();
            script.headers().forEach(response::set);
            byte[] bytes = script.body().getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(script.status(), bytes.length == 0 ? -1 : bytes.length);
            if (bytes.length > 0) {
                exchange.getResponseBody().write(bytes);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Answers the next unanswered call so; then the next. */
    public ScriptedService then(int status, String body, String... namesAndValues) {
        scripts.add(Script.of(status, body, namesAndValues));
        return this;
    }

    /** Answers every call so. */
    public ScriptedService always(Handler value) {
        handler = value;
        return this;
    }

    /** Waits for the next call. */
    public Call awaitCall() throws InterruptedException {
        Call call = arrived.poll(10, TimeUnit.SECONDS);
        if (call == null) {
            throw new AssertionError("no call within 10 s");
        }
        return call;
    }

    public URI uri() {
        return URI.create(scheme + "://127.0.0.1:" + server.getAddress().getPort());
    }

    @Override
    public void close() {
        server.stop(0);
        executor.shutdownNow();
    }
}
