package io.github.xrayd.sandbox;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;

/** The pages of a daemon's TCP port, with figures of our own. */
final class ScriptedDaemon implements AutoCloseable {
    private static final String METRICS =
            """
            # HELP process_start_time_seconds when the process started, epoch seconds
            # TYPE process_start_time_seconds gauge
            process_start_time_seconds 1.79582365131E9
            # HELP process_cpu_seconds_total processor time used, seconds
            # TYPE process_cpu_seconds_total counter
            process_cpu_seconds_total 1.52
            jvm_memory_used_bytes{area="heap"} 2.4279624E7
            # HELP xrayd_received_total datagrams read from the socket
            # TYPE xrayd_received_total counter
            xrayd_received_total 1234.0
            xrayd_received_bytes_total 1234567.0
            xrayd_memory_limit_bytes 6.709248E7
            xrayd_held{destination="east"} 34.0
            xrayd_held{destination="archive, \\"west\\""} 234.0
            xrayd_delivered_total{destination="east"} 1200.0
            xrayd_delivered_total{destination="archive, \\"west\\""} 990.0
            xrayd_refused_total{destination="archive, \\"west\\""} 10.0
            xrayd_destination_ready{destination="east"} 1.0
            xrayd_destination_ready{destination="archive, \\"west\\""} 0.0
            xrayd_calls_total{destination="east"} 24.0
            xrayd_calls_total{destination="archive, \\"west\\""} 30.0
            xrayd_calls_ended_total{destination="east",result="delivered"} 24.0
            xrayd_calls_ended_total{destination="archive, \\"west\\"",result="delivered"} 20.0
            xrayd_calls_ended_total{destination="archive, \\"west\\"",result="transient"} 10.0
            xrayd_call_errors_total{destination="archive, \\"west\\"",kind="http_5xx"} 10.0
            xrayd_rejected_total{reason="no_header"} 3.0
            xrayd_dropped_total{reason="memory_full"} 0.0
            xrayd_proxy_requests_total{path="/GetSamplingRules",status="200"} 7.0
            not a sample
            xrayd_nothing NaN
            """;

    private final HttpServer server;
    private volatile String problem = "";

    private ScriptedDaemon(HttpServer server) {
        this.server = server;
    }

    static ScriptedDaemon start() throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        ScriptedDaemon daemon = new ScriptedDaemon(server);
        server.createContext("/metrics", exchange -> answer(exchange, 200, METRICS));
        server.createContext(
                "/readyz", exchange -> answer(exchange, daemon.problem.isEmpty() ? 200 : 503, daemon.problem + "\n"));
        server.start();
        return daemon;
    }

    private static void answer(HttpExchange exchange, int status, String text) throws IOException {
        byte[] body = text.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
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
