package io.github.xrayd.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What one scrape of {@code /metrics} said: a value for each series, which is a name with its labels as they were
 * written.
 */
record Scrape(String text, Map<String, Double> values) {
    private static final Pattern SERIES = Pattern.compile("^([a-zA-Z_:][a-zA-Z0-9_:]*)(\\{.*})? (\\S+)$");
    private static final HttpClient CLIENT =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    /** Scrapes the page at a port of the loopback address. */
    static Scrape of(int port) throws IOException, InterruptedException {
        URI uri = URI.create("http://127.0.0.1:" + port + "/metrics");
        HttpResponse<String> page =
                CLIENT.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
        assertEquals(200, page.statusCode());
        return parse(page.body());
    }

    static Scrape parse(String text) {
        Map<String, Double> values = new LinkedHashMap<>();
        text.lines().filter(line -> !line.startsWith("#")).forEach(line -> {
            Matcher series = SERIES.matcher(line);
            assertTrue(series.matches(), line);
            String labels = series.group(2) == null ? "" : series.group(2);
            assertEquals(null, values.put(series.group(1) + labels, number(series.group(3))), "twice: " + line);
        });
        return new Scrape(text, values);
    }

    private static double number(String text) {
        return text.equals("+Inf") ? Double.POSITIVE_INFINITY : Double.parseDouble(text);
    }

    /** The sum over all series of a name whose labels have a part, which may be empty. */
    double sum(String name, String label) {
        double sum = 0;
        boolean isThere = false;
        for (Map.Entry<String, Double> series : values.entrySet()) {
            String key = series.getKey();
            if ((key.equals(name) || key.startsWith(name + "{")) && key.contains(label)) {
                sum += series.getValue();
                isThere = true;
            }
        }
        assertTrue(isThere, () -> "no " + name + " with " + label + " in\n" + text);
        return sum;
    }

    /** The names of the families that it has. */
    Set<String> families() {
        Set<String> families = new TreeSet<>();
        text.lines().filter(line -> line.startsWith("# TYPE ")).forEach(line -> families.add(line.split(" ", -1)[2]));
        return families;
    }

    /** Asserts that the ledger balances in both halves, for one destination. */
    void assertBalanced(String destination) {
        assertEquals(
                sum("xrayd_received_total", ""),
                sum("xrayd_rejected_total", "") + sum("xrayd_dropped_total", "") + sum("xrayd_admitted", ""),
                text);
        String label = "destination=\"" + destination + "\"";
        double settled = 0;
        for (String name : new String[] {
            "xrayd_held",
            "xrayd_delivered_total",
            "xrayd_unprocessed_total",
            "xrayd_refused_total",
            "xrayd_spool_documents",
            "xrayd_abandoned_total",
            "xrayd_skipped_total"
        }) {
            settled += sum(name, label);
        }
        assertEquals(sum("xrayd_admitted", "") + sum("xrayd_recovered_total", label), settled, text);
        assertTrue(sum("xrayd_held", label) >= 0, text);
    }
}
