package io.github.xrayd.sandbox;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;

/** The page {@code /status} of a daemon's TCP port, with figures of our own. */
final class ScriptedDaemon implements AutoCloseable {
    private static final String STATUS =
            """
            {"version":"0.1.0","uptimeSeconds":61.5,"live":true,"ready":%s,"problem":%s,"received":1234,"receivedBytes":1234567,
             "rejected":{"noHeader":3},"dropped":{},"kernelDrops":null,
             "memory":{"limitBytes":67108864,"arenaBytes":33554432,"arenaUsedBytes":1048576},
             "destinations":[
              {"name":"east","ready":true,"problem":null,"lastDelivery":"2026-11-28T00:04:30Z","lastError":null,"admitted":1234,"recovered":0,
               "delivered":1200,"unprocessed":0,"refused":0,"spooled":0,"dropped":0,"abandoned":{},"held":34,"resent":0,
               "oldestHeldSeconds":0.4,"poolUsedBytes":524288,
               "calls":{"inFlight":1,"limit":8,"started":25,"delivered":24,"throttled":0,"transient":0,"refused":0,"denied":0}},
              {"name":"archive <west>","ready":false,"problem":"its calls fail","lastDelivery":null,
               "lastError":"<i>503</i> ServiceUnavailable","admitted":1234,"recovered":10,"delivered":990,"unprocessed":0,"refused":10,
               "spooled":0,"dropped":0,"abandoned":{"tooOld":10},"held":234,"resent":50,"oldestHeldSeconds":12.5,"poolUsedBytes":1048576,
               "calls":{"inFlight":2,"limit":4,"started":32,"delivered":20,"throttled":2,"transient":8,"refused":0,"denied":0}}]}""";

    private final HttpServer server;
    private volatile String problem = "";

    private ScriptedDaemon(HttpServer server) {
        this.server = server;
    }

    static ScriptedDaemon start() throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        ScriptedDaemon daemon = new ScriptedDaemon(server);
        server.createContext("/status", exchange -> answer(exchange, 200, daemon.status()));
        server.start();
        return daemon;
    }

    private static void answer(HttpExchange exchange, int status, String text) throws IOException {
        byte[] body = text.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    private String status() {
        return STATUS.formatted(problem.isEmpty(), problem.isEmpty() ? "null" : Json.writeText(problem));
    }

    /** Why it is not ready; empty: it is. */
    void problem(String reason) {
        problem = reason;
    }

    URI address() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
