package io.github.xrayd.sandbox;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a running daemon says of itself at its TCP port, {@code /readyz} and {@code /metrics}, for the page. It is asked when the page
 * asks. Reasons why it was not ready are remembered, the last ones. Thread-safe.
 */
final class DaemonView {
    /** The most reasons that are remembered. */
    static final int ERRORS_MAX = 20;

    private static final Duration TIMEOUT = Duration.ofSeconds(2);
    private static final int PAGE_BYTES_MAX = 1 << 20;
    private static final int REASON_LENGTH_MAX = 500;

    /** A sample of Prometheus's text format 0.0.4: name, labels, value; a time may follow. */
    private static final Pattern SAMPLE =
            Pattern.compile("([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\\{(.*)})?\\s+(\\S+)(?:\\s+-?\\d+)?");

    private static final Pattern LABEL = Pattern.compile("([a-zA-Z_]\\w*)=\"((?:[^\"\\\\]|\\\\.)*)\"");
    private static final Pattern REQUEST_ID = Pattern.compile("RequestID: [^,\\s]*");
    private static final Pattern HELP = Pattern.compile("# HELP (\\S+) (.*)");

    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .proxy(HttpClient.Builder.NO_PROXY)
            .connectTimeout(TIMEOUT)
            .build();
    private final Deque<Problem> problems = new ArrayDeque<>();
    private @Nullable URI daemon;

    /** Why the daemon was not ready, from when to when it was seen so, in epoch seconds. */
    private record Problem(String reason, double firstSeconds, double lastSeconds) {}

    private record Answer(int status, String body) {}

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
        String problem;
        try {
            Answer ready = get(address, "/readyz");
            problem = ready.status() == 200
                    ? ""
                    : TerminalText.harmless(ready.body().strip(), REASON_LENGTH_MAX);
            Answer metrics = get(address, "/metrics");
            if (metrics.status() != 200) {
                throw new IOException("/metrics is answered with status " + metrics.status());
            }
            addSamples(metrics.body(), json);
            json.put("isReachable", true);
        } catch (IOException e) {
            problem = "no daemon answers at " + address + ": " + e;
            json.put("isReachable", false);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            problem = "interrupted";
            json.put("isReachable", false);
        }
        json.put("isReady", problem.isEmpty());
        json.put("problem", Json.encodable(problem));
        json.put("problems", remembered(problem, System.currentTimeMillis() / 1e3));
        return json;
    }

    private Answer get(URI address, String path) throws IOException, InterruptedException {
        HttpRequest request =
                HttpRequest.newBuilder(address.resolve(path)).timeout(TIMEOUT).build();
        HttpResponse<InputStream> response = client.send(request, HttpResponse.BodyHandlers.ofInputStream());
        try (InputStream in = response.body()) {
            return new Answer(response.statusCode(), new String(in.readNBytes(PAGE_BYTES_MAX), StandardCharsets.UTF_8));
        }
    }

    /** The last reasons with a new one, the newest first; a reason that goes on is one, with its last words. */
    private synchronized List<Object> remembered(String problem, double nowSeconds) {
        Problem last = problems.peekFirst();
        if (!problem.isEmpty()) {
            boolean isSame = last != null && kind(last.reason()).equals(kind(problem));
            if (isSame) {
                problems.removeFirst();
            }
            problems.addFirst(
                    new Problem(problem, isSame && last != null ? last.firstSeconds() : nowSeconds, nowSeconds));
            if (problems.size() > ERRORS_MAX) {
                problems.removeLast();
            }
        }
        List<Object> json = new ArrayList<>(problems.size());
        for (Problem each : problems) {
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

    /** The reason without the id of the request: those of one outage are one. */
    private static String kind(String reason) {
        return REQUEST_ID.matcher(reason).replaceAll("");
    }

    /** Reads Prometheus's text format; lines in another form are passed over. */
    static void addSamples(String text, Map<String, Object> json) {
        List<Object> samples = new ArrayList<>();
        Map<String, Object> help = new LinkedHashMap<>();
        for (String line : text.lines().toList()) {
            Matcher helpLine = HELP.matcher(line);
            Matcher sample = SAMPLE.matcher(line);
            if (helpLine.matches()) {
                help.put(helpLine.group(1), Json.encodable(helpLine.group(2)));
            } else if (sample.matches()) {
                addSample(sample, samples);
            }
        }
        json.put("samples", samples);
        json.put("help", help);
    }

    private static void addSample(Matcher sample, List<Object> samples) {
        double value;
        try {
            value = Double.parseDouble(sample.group(3));
        } catch (NumberFormatException e) {
            return;
        }
        if (!Double.isFinite(value)) {
            return;
        }
        Map<String, Object> labels = new LinkedHashMap<>();
        String given = sample.group(2);
        if (given != null) {
            Matcher label = LABEL.matcher(given);
            while (label.find()) {
                labels.put(label.group(1), Json.encodable(unescaped(label.group(2))));
            }
        }
        samples.add(Map.of("name", sample.group(1), "labels", labels, "value", value));
    }

    private static String unescaped(String text) {
        return text.replace("\\n", "\n").replaceAll("\\\\(.)", "$1");
    }
}
