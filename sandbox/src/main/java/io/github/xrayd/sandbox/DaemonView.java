package io.github.xrayd.sandbox;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a running daemon says of itself at its TCP port, at {@code /status}, for the page. It is asked when the page
 * asks. Its problems and the last errors of its destinations are remembered, the last ones. Thread-safe.
 */
final class DaemonView {
    /** The most reasons that are remembered. */
    static final int ERRORS_MAX = 20;

    private static final Duration TIMEOUT = Duration.ofSeconds(2);
    private static final int PAGE_BYTES_MAX = 1 << 20;
    private static final int REASON_LENGTH_MAX = 500;

    private static final Pattern REQUEST_ID = Pattern.compile("RequestID: [^,\\s]*");

    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .proxy(HttpClient.Builder.NO_PROXY)
            .connectTimeout(TIMEOUT)
            .build();
    private final Deque<SeenProblem> problems = new ArrayDeque<>();
    private @Nullable URI daemon;

    /** What was wrong, from when to when it was seen so, in epoch seconds. */
    private record SeenProblem(String reason, double firstSeconds, double lastSeconds) {}

    synchronized void watch(URI address) {
        daemon = address;
        problems.clear();
    }

    Map<String, Object> toJson() {
        URI address;
        synchronized (this) {
            address = daemon;
        }
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("address", address == null ? null : address.toString());
        if (address == null) {
            return json;
        }
        String problem = "";
        Map<String, Object> status = null;
        try {
            status = status(address);
        } catch (IOException e) {
            problem = "no daemon answers at " + address + ": " + e;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            problem = "interrupted";
        }
        json.put("status", status);
        json.put("problem", Json.encodable(problem));
        json.put("problems", remembered(problems(problem, status), System.currentTimeMillis() / 1e3));
        return json;
    }

    private Map<String, Object> status(URI address) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(address.resolve("/status"))
                .timeout(TIMEOUT)
                .build();
        HttpResponse<InputStream> response = client.send(request, HttpResponse.BodyHandlers.ofInputStream());
        try (InputStream in = response.body()) {
            byte[] body = in.readNBytes(PAGE_BYTES_MAX);
            if (response.statusCode() != 200) {
                throw new IOException("/status is answered with " + response.statusCode()
                        + ": is it an xrayd of this version or later?");
            }
            return Json.parseObject(body, body.length);
        } catch (Json.MalformedException e) {
            throw new IOException("/status is no JSON object: " + e.getMessage(), e);
        }
    }

    private static List<String> problems(String problem, @Nullable Map<String, Object> status) {
        Set<String> problems = new LinkedHashSet<>();
        problems.add(problem);
        problems.add(Json.string(status, "problem", ""));
        for (Object element : Json.list(status, "destinations")) {
            Map<String, Object> destination = Json.object(element);
            problems.add(Json.string(destination, "problem", ""));
            problems.add(Json.string(destination, "lastError", ""));
        }
        problems.remove("");
        return problems.stream()
                .map(each -> TerminalText.harmless(each, REASON_LENGTH_MAX))
                .toList();
    }

    /**
     * The last problems with what is wrong now, the newest first; one that goes on stands once, with its last words.
     */
    private synchronized List<Object> remembered(List<String> now, double nowSeconds) {
        for (String problem : now) {
            double firstSeconds = nowSeconds;
            for (Iterator<SeenProblem> each = problems.iterator(); each.hasNext(); ) {
                SeenProblem known = each.next();
                if (kind(known.reason()).equals(kind(problem))) {
                    firstSeconds = known.firstSeconds();
                    each.remove();
                }
            }
            problems.addFirst(new SeenProblem(problem, firstSeconds, nowSeconds));
            if (problems.size() > ERRORS_MAX) {
                problems.removeLast();
            }
        }
        List<Object> json = new ArrayList<>(problems.size());
        for (SeenProblem each : problems) {
            json.add(Map.of(
                    "reason",
                    Json.encodable(each.reason()),
                    "first",
                    Json.seconds(each.firstSeconds()),
                    "last",
                    Json.seconds(each.lastSeconds())));
        }
        return json;
    }

    /** The reason without the id of the request: those of one kind are one. */
    private static String kind(String reason) {
        return REQUEST_ID.matcher(reason).replaceAll("");
    }
}
