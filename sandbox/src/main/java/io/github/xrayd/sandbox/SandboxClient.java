package io.github.xrayd.sandbox;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Asks a running sandbox for traces, by its control API. Thread-safe. */
public final class SandboxClient {
    private static final Duration TIMEOUT = Duration.ofSeconds(30);
    private static final int ANSWER_BYTES_MAX = 256 << 20;
    private static final int ID_LENGTH_MAX = 40;
    private static final int NAME_LENGTH_MAX = 32;

    private final URI sandbox;
    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .proxy(HttpClient.Builder.NO_PROXY)
            .connectTimeout(Duration.ofSeconds(5))
            .build();

    /**
     * @param sandbox its address, such as {@code http://127.0.0.1:3000}
     * @throws IllegalArgumentException when it is no HTTP address
     */
    public SandboxClient(URI sandbox) {
        String scheme = sandbox.getScheme();
        if (sandbox.getHost() == null || (!"http".equals(scheme) && !"https".equals(scheme))) {
            throw new IllegalArgumentException(
                    "\"" + sandbox + "\" is not the address of a sandbox, such as http://127.0.0.1:3000");
        }
        this.sandbox = sandbox;
    }

    /**
     * The newest traces, as the JSON of {@code GET /sandbox/v1/traces}.
     *
     * @param since how far back, or null for all that are kept
     * @param filter a filter expression, or empty
     * @param limit how many at most
     * @throws IllegalArgumentException when the filter is wrong, saying where
     * @throws IOException when the sandbox cannot be reached or fails
     */
    public String traces(@Nullable Duration since, String filter, int limit) throws IOException, InterruptedException {
        String query = "?limit=" + limit
                + (since == null ? "" : "&seconds=" + since.toMillis() / 1e3)
                + (filter.isEmpty() ? "" : "&filter=" + URLEncoder.encode(filter, StandardCharsets.UTF_8));
        return get(AdminHandler.TRACES + query);
    }

    /**
     * A trace, as the JSON of {@code GET /sandbox/v1/traces/ID}: id and documents.
     *
     * @throws IllegalArgumentException when there is no such trace
     * @throws IOException when the sandbox cannot be reached or fails
     */
    public String trace(String id) throws IOException, InterruptedException {
        return get(AdminHandler.TRACES + "/" + URLEncoder.encode(id, StandardCharsets.UTF_8));
    }

    /**
     * Hands over each kept trace, the newest first, as {@link #trace} gives it.
     *
     * @param since traces that ended this long ago or later; null for all
     * @param isWanted tests the id of each trace; the others are not asked for
     * @throws IOException when the sandbox cannot be reached or fails, or drops traces meanwhile
     */
    public void eachTrace(@Nullable Duration since, Predicate<String> isWanted, Consumer<String> traces)
            throws IOException, InterruptedException {
        long before = Long.MAX_VALUE;
        boolean isComplete = false;
        while (!isComplete) {
            Map<String, Object> page = parsed(get(AdminHandler.TRACES + "?limit=" + PageQueries.PAGE_TRACES_MAX
                    + (since == null ? "" : "&seconds=" + since.toMillis() / 1e3)
                    + (before == Long.MAX_VALUE ? "" : "&before=" + before)));
            isComplete = Json.isTrue(page, "isComplete");
            for (Object element : Json.list(page, "traces")) {
                Map<String, Object> row = Json.object(element);
                String id = Json.string(row, "id", "");
                before = Json.whole(row, "created", 0);
                if (isWanted.test(id)) {
                    traces.accept(keptTrace(id));
                }
            }
        }
    }

    private String keptTrace(String id) throws IOException, InterruptedException {
        try {
            return trace(id);
        } catch (IllegalArgumentException e) {
            throw new IOException(
                    "the sandbox at " + sandbox + " dropped traces while it was read: give it more memory with --keep",
                    e);
        }
    }

    /** How many traces the sandbox dropped since its start, because its memory was full. */
    public long evictedTraces() throws IOException, InterruptedException {
        return Json.whole(parsed(get(AdminHandler.PATH + "v" + AdminHandler.VERSION + "/stats")), "evictedTraces", 0);
    }

    private String get(String path) throws IOException, InterruptedException {
        HttpRequest request =
                HttpRequest.newBuilder(sandbox.resolve(path)).timeout(TIMEOUT).build();
        HttpResponse<InputStream> response;
        byte[] body;
        try {
            response = client.send(request, HttpResponse.BodyHandlers.ofInputStream());
            try (InputStream in = response.body()) {
                body = in.readNBytes(ANSWER_BYTES_MAX);
            }
        } catch (IOException e) {
            throw new IOException(
                    "no sandbox answers at " + sandbox + " (" + e
                            + "): start one with xray sandbox, or name its address with --url",
                    e);
        }
        if (response.statusCode() == 200) {
            return new String(body, StandardCharsets.UTF_8);
        }
        String message;
        try {
            message = Json.string(Json.parseObject(body, body.length), "message");
        } catch (Json.MalformedException e) {
            message = null;
        }
        if (message != null && (response.statusCode() == 400 || response.statusCode() == 404)) {
            throw new IllegalArgumentException(message);
        }
        throw new IOException(request.uri() + " was answered with " + response.statusCode()
                + (message == null ? ": is it an xray sandbox of this version?" : ": " + message));
    }

    /** What {@link #traces} returned, a line for each trace, the oldest first; fit for a terminal. */
    public static List<String> lines(String traces, TraceStyle style) throws IOException {
        List<String> lines = new ArrayList<>();
        for (Object element : Json.list(parsed(traces), "traces")) {
            Map<String, Object> row = Json.object(element);
            boolean isFault = Json.isTrue(row, "fault");
            boolean isPartial = Json.isTrue(row, "partial");
            TraceStyle.Problem problem =
                    TraceStyle.Problem.of(isFault, Json.isTrue(row, "throttle"), Json.isTrue(row, "error"), isPartial);
            String name = TerminalText.harmless(Json.string(row, "name", ""), NAME_LENGTH_MAX);
            String call = TraceLine.call(
                    Json.string(row, "method"), Json.string(row, "url"), (int) Json.whole(row, "status", 0));
            double response = Json.number(row, "response");
            String time = Double.isNaN(response) ? "" : TraceLine.duration(response);
            String line = TraceLine.time(Json.number(row, "start"), style.zone()) + "  "
                    + TerminalText.harmless(Json.string(row, "id", ""), ID_LENGTH_MAX)
                    + " ".repeat(Math.max(1, 10 - time.length())) + time
                    + "  " + (problem == null ? "ok" : problem.word)
                    + " ".repeat(problem == null ? 6 : Math.max(0, 8 - problem.word.length()))
                    + "  " + name + "  " + call;
            lines.add(0, style.finish(line, problem));
        }
        return lines;
    }

    /** What {@link #trace} returned, as a tree. */
    public static List<String> tree(String trace, TraceStyle style) throws IOException {
        Map<String, Object> json = parsed(trace);
        return TraceTree.lines(Json.string(json, "Id", ""), TraceImport.documents(json), style);
    }

    private static Map<String, Object> parsed(String json) throws IOException {
        byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
        try {
            return Json.parseObject(bytes, bytes.length);
        } catch (Json.MalformedException e) {
            throw new IOException("the answer is not JSON: " + e.getMessage() + ": is it an xray sandbox?", e);
        }
    }
}
