package io.github.xrayd.sandbox;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Serves the control API, {@code /sandbox/v1/…}: stats, traces, refused documents, telemetry, faults, load runs,
 * sampling rules and their statistics, as JSON, unsigned. Without a version in the path the request is for this one.
 */
final class AdminHandler implements HttpHandler {
    static final String PATH = "/sandbox/";

    /** The version of the API: in the path, and in a header of each answer. */
    static final String VERSION = "1";

    static final String VERSION_HEADER = "Xrayd-Sandbox-Version";
    static final String TRACES = PATH + "v" + VERSION + "/traces";

    private static final String OWN_VERSION = "v" + VERSION + "/";
    private static final Pattern ANY_VERSION = Pattern.compile("v\\d+/.*");
    private static final int TRACES_SHOWN = 50;

    private static final int BODY_BYTES_MAX = 1 << 20;
    private static final int RUN_CAPACITY_DEFAULT = 10_000_000;

    private final Sandbox sandbox;

    AdminHandler(Sandbox sandbox) {
        this.sandbox = sandbox;
    }

    @Override
    public void handle(HttpExchange exchange) throws IOException {
        Exchanges.Body body = new Exchanges.Body();
        exchange.getResponseHeaders().set(VERSION_HEADER, VERSION);
        try {
            String path = withoutVersion(exchange.getRequestURI().getPath().substring(PATH.length()));
            body.read(
                    exchange, path.equals("traces") ? sandbox.config().limits().bodyBytesMax() : BODY_BYTES_MAX);
            Object json = answer(exchange, exchange.getRequestMethod(), path, body);
            Exchanges.answerJson(exchange, json);
        } catch (ApiException e) {
            Exchanges.answerError(exchange, e);
        } catch (Json.MalformedException e) {
            Exchanges.answerError(
                    exchange, new ApiException(400, "SerializationException", String.valueOf(e.getMessage())));
        } catch (IllegalArgumentException e) {
            Exchanges.answerError(exchange, ApiException.invalidRequest(String.valueOf(e.getMessage())));
        }
    }

    private static String withoutVersion(String path) throws ApiException {
        if (path.startsWith(OWN_VERSION)) {
            return path.substring(OWN_VERSION.length());
        }
        if (ANY_VERSION.matcher(path).matches()) {
            throw new ApiException(
                    404,
                    "NotFoundException",
                    "This sandbox has version " + VERSION + " of the control API only, at " + PATH + OWN_VERSION);
        }
        return path;
    }

    private Object answer(HttpExchange exchange, String method, String path, Exchanges.Body body)
            throws ApiException, Json.MalformedException {
        if (path.startsWith("runs/")) {
            return run(exchange, method, path.substring("runs/".length()));
        }
        if (path.startsWith("traces/")) {
            requireGet(method, path);
            return trace(path.substring("traces/".length()));
        }
        return switch (path) {
            case "faults" -> faults(method, body);
            case "sampling-rules" -> samplingRules(method, body);
            case "traces" -> traces(exchange, method, body);
            case "sampling-statistics" -> {
                requireGet(method, path);
                yield Map.of("clients", sandbox.sampling().reportsJson());
            }
            case "refused" -> {
                requireGet(method, path);
                yield sandbox.traces().refusedJson();
            }
            case "stats" -> {
                requireGet(method, path);
                yield sandbox.statsJson();
            }
            case "telemetry" -> {
                requireGet(method, path);
                yield Map.of(
                        "records",
                        sandbox.telemetry().records().stream()
                                .map(TelemetryArrival::toJson)
                                .toList());
            }
            default ->
                throw new ApiException(
                        404,
                        "NotFoundException",
                        "There is no " + TerminalText.harmless(PATH + path, 80)
                                + ": use stats, traces, refused, telemetry, faults, sampling-rules, sampling-statistics or runs/<8 hex digits>");
        };
    }

    private static void requireGet(String method, String path) throws ApiException {
        if (!method.equals("GET")) {
            throw notAllowed(method, path, "GET");
        }
    }

    private static ApiException notAllowed(String method, String path, String allowed) {
        return new ApiException(
                405,
                "MethodNotAllowedException",
                TerminalText.harmless(method, 20) + " is not for " + PATH + path + ": use " + allowed);
    }

    private Map<String, Object> faults(String method, Exchanges.Body body)
            throws ApiException, Json.MalformedException {
        switch (method) {
            case "GET" -> {}
            case "PUT" -> FaultJson.apply(Json.parseObject(body.bytes, body.length), sandbox.faults());
            case "DELETE" -> sandbox.faults().clear();
            default -> throw notAllowed(method, "faults", "GET, PUT or DELETE");
        }
        return FaultJson.toJson(sandbox.faults());
    }

    private Map<String, Object> trace(String id) throws ApiException {
        Trace trace = sandbox.traces().trace(id);
        if (trace == null) {
            throw new ApiException(
                    404, "NotFoundException", "There is no trace " + TerminalText.harmless(id, 60) + " (any more)");
        }
        return TraceQueries.traceJson(trace);
    }

    private Map<String, Object> traces(HttpExchange exchange, String method, Exchanges.Body body)
            throws ApiException, Json.MalformedException {
        switch (method) {
            case "GET" -> {
                Map<String, String> query = Exchanges.query(exchange, "filter", "seconds", "limit", "before");
                double seconds = Exchanges.number(query, "seconds", 0);
                double start = seconds > 0 ? System.currentTimeMillis() / 1e3 - seconds : 0;
                int limit = (int) Exchanges.number(query, "limit", TRACES_SHOWN);
                double before = Exchanges.number(query, "before", Long.MAX_VALUE);
                return sandbox.pageQueries()
                        .newestTraces(query.getOrDefault("filter", ""), start, limit, (long) before);
            }
            case "POST" -> {
                List<String> documents = TraceImport.documents(Json.parseObject(body.bytes, body.length));
                long nowMicros = System.currentTimeMillis() * 1_000;
                documents.forEach(document -> sandbox.traces().add(document, nowMicros));
                Map<String, Object> json = new LinkedHashMap<>();
                json.put("documents", documents.size());
                json.put(
                        "traceIds",
                        documents.stream().map(TraceStore::traceIdOf).distinct().toList());
                return json;
            }
            case "DELETE" -> sandbox.traces().clear();
            default -> throw notAllowed(method, "traces", "GET, POST or DELETE");
        }
        return Map.of();
    }

    private Map<String, Object> samplingRules(String method, Exchanges.Body body)
            throws ApiException, Json.MalformedException {
        switch (method) {
            case "GET" -> {}
            case "PUT" -> {
                sandbox.sampling().rules(SamplingRule.listOf(Json.parseObject(body.bytes, body.length)));
            }
            case "DELETE" -> sandbox.sampling().rules(List.of(SamplingRule.everything()));
            default -> throw notAllowed(method, "sampling-rules", "GET, PUT or DELETE");
        }
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("rules", sandbox.sampling().rulesJson());
        return json;
    }

    private Map<String, Object> run(HttpExchange exchange, String method, String id) throws ApiException {
        LoadRun run =
                switch (method) {
                    case "GET" -> sandbox.runs().find(id);
                    case "PUT" ->
                        sandbox.runs()
                                .register(id, capacity(exchange.getRequestURI().getQuery()));
                    case "DELETE" -> {
                        LoadRun last = sandbox.runs().find(id);
                        sandbox.runs().forget(id);
                        yield last;
                    }
                    default -> throw notAllowed(method, "runs/" + id, "GET, PUT or DELETE");
                };
        if (run == null) {
            throw new ApiException(404, "NotFoundException", "Run " + id + " is not registered: PUT it first");
        }
        return run.toJson();
    }

    private static long capacity(@Nullable String query) {
        if (query == null || query.isEmpty()) {
            return RUN_CAPACITY_DEFAULT;
        }
        if (query.startsWith("capacity=")) {
            try {
                return Long.parseLong(query.substring("capacity=".length()));
            } catch (NumberFormatException e) {
                throw new IllegalArgumentException(
                        "capacity must be a number from 1 to " + LoadRuns.CAPACITY_MAX + ", not \""
                                + TerminalText.harmless(query.substring("capacity=".length()), 40) + "\"",
                        e);
            }
        }
        throw new IllegalArgumentException("Unknown query: use ?capacity=<documents>");
    }
}
