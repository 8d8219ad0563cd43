package io.github.xrayd.sandbox;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Serves the sandbox's page: its files at {@code /} and {@code /page/…}, and its data as JSON at {@code /page/api/…}.
 * Called by the server's threads.
 */
final class PageHandler implements HttpHandler {
    static final String PATH = "/page/";

    /** Every file of the page. Nothing else is read from the class path, whatever a request names. */
    static final Set<String> FILES = Set.of(
            "index.html",
            "app.css",
            "app.js",
            "daemon.js",
            "dom.js",
            "expression.js",
            "faults.js",
            "format.js",
            "histogram.js",
            "icon.svg",
            "map.js",
            "model.js",
            "range.js",
            "rows.js",
            "sampling.js",
            "details.js",
            "trace.js",
            "traces.js",
            "vendor/dagre.esm.js",
            "vendor/dagre.esm.js.LEGAL.txt");

    /** Scripts and styles come from here only; document text cannot become markup ({@code trusted-types}). */
    private static final String POLICY =
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self';"
                    + " base-uri 'none'; form-action 'none'; frame-ancestors 'none';"
                    + " require-trusted-types-for 'script'; trusted-types 'none'";

    private static final String API = "api/";
    private static final String FILTER = "filter";

    private final TraceQueries traces;
    private final PageQueries queries;
    private final PageEvents events;
    private final DaemonView daemon;

    PageHandler(TraceQueries traces, PageQueries queries, PageEvents events, DaemonView daemon) {
        this.traces = traces;
        this.queries = queries;
        this.events = events;
        this.daemon = daemon;
    }

    @Override
    public void handle(HttpExchange exchange) throws IOException {
        setHeaders(exchange.getResponseHeaders());
        try {
            Exchanges.drain(exchange);
            String path = exchange.getRequestURI().getPath();
            String name = path.equals("/") ? "index.html" : path.substring(PATH.length());
            if (!Set.of("GET", "HEAD").contains(exchange.getRequestMethod())) {
                throw new ApiException(405, "MethodNotAllowedException", "The page takes GET only");
            }
            if (name.equals(API + "events")) {
                events.open(exchange);
            } else if (name.startsWith(API)) {
                Exchanges.answerJson(exchange, data(exchange, name.substring(API.length())));
            } else {
                file(exchange, name);
            }
        } catch (ApiException e) {
            Exchanges.answer(exchange, e.status(), "application/json", Json.write(errorJson(e)), e.code());
        } catch (IllegalArgumentException e) {
            Exchanges.answerError(exchange, ApiException.invalidRequest(String.valueOf(e.getMessage())));
        }
    }

    private static void setHeaders(Headers headers) {
        headers.set("Content-Security-Policy", POLICY);
        headers.set("X-Content-Type-Options", "nosniff");
        headers.set("Referrer-Policy", "no-referrer");
        headers.set("Cross-Origin-Opener-Policy", "same-origin");
        headers.set("Cross-Origin-Resource-Policy", "same-origin");
        headers.set("Cache-Control", "no-store");
    }

    private static Map<String, Object> errorJson(ApiException e) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("message", Json.encodable(e.text()));
        json.put("position", e.position());
        return json;
    }

    private Object data(HttpExchange exchange, String name) throws ApiException {
        return switch (name) {
            case "traces" -> {
                Map<String, String> query = Exchanges.query(exchange, "since", FILTER);
                yield queries.changedTraces((long) Exchanges.number(query, "since", 0), query.getOrDefault(FILTER, ""));
            }
            case "trace" -> {
                String id = Exchanges.query(exchange, "id").getOrDefault("id", "");
                yield traces.batchGetTraces(Map.of("TraceIds", List.of(id)));
            }
            case "daemon" -> daemon.toJson();
            case "graph" -> {
                Map<String, String> query = Exchanges.query(exchange, "start", FILTER);
                yield queries.graph(Exchanges.number(query, "start", 0), query.getOrDefault(FILTER, ""));
            }
            default ->
                throw new ApiException(
                        404, "NotFoundException", "There is no " + TerminalText.harmless(PATH + API + name, 80));
        };
    }

    private void file(HttpExchange exchange, String name) throws IOException, ApiException {
        if (!FILES.contains(name)) {
            throw new ApiException(404, "NotFoundException", "There is no " + TerminalText.harmless(PATH + name, 80));
        }
        Exchanges.answer(exchange, 200, contentType(name), read(name), null);
    }

    static byte[] read(String name) throws IOException {
        try (InputStream in = PageHandler.class.getResourceAsStream("page/" + name)) {
            if (in == null) {
                throw new FileNotFoundException("page/" + name + " is not in the class path");
            }
            return in.readAllBytes();
        }
    }

    private static String contentType(String name) {
        return switch (name.substring(name.lastIndexOf('.') + 1)) {
            case "html" -> "text/html; charset=utf-8";
            case "css" -> "text/css; charset=utf-8";
            case "js" -> "text/javascript; charset=utf-8";
            case "svg" -> "image/svg+xml";
            default -> "text/plain; charset=utf-8";
        };
    }
}
