package io.github.xrayd.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.xrayd.results.JsonFiles;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The report over made-up folders: all sets, some, none. */
class ReportTest {
    private static final List<String> PARTS = List.of(
            "headline",
            "throughput",
            "footprint",
            "latency",
            "outage",
            "start",
            "receivers",
            "sizes",
            "sources",
            "burst",
            "receive",
            "jmh",
            "comparisons",
            "folders");

    @TempDir
    private Path root;

    private Path home = Path.of("");

    @BeforeEach
    void write() throws Exception {
        home = Files.createDirectories(root.resolve("perf-results"));
        StringBuilder text = new StringBuilder("# Results\n");
        PARTS.forEach(part -> text.append("<!-- report ")
                .append(part)
                .append(" -->\n<!-- end ")
                .append(part)
                .append(" -->\n"));
        Files.writeString(home.resolve("README.md"), text);
        Files.createDirectories(root.resolve("docs"));
        Files.writeString(root.resolve("docs/PERFORMANCE.md"), "<!-- report model --><!-- end model -->");
    }

    private String make() throws Exception {
        ByteArrayOutputStream output = new ByteArrayOutputStream();
        Report.make(root, new PrintStream(output, true, StandardCharsets.UTF_8));
        return output.toString(StandardCharsets.UTF_8);
    }

    private String readme() throws Exception {
        return Files.readString(home.resolve("README.md"));
    }

    private void folder(String name, String set, String java, String time, List<Map<String, Object>> runs)
            throws Exception {
        Path folder = Files.createDirectories(home.resolve(name));
        JsonFiles.write(
                folder.resolve("environment.json"),
                Map.of(
                        "set",
                        set,
                        "time",
                        time,
                        "javaMajor",
                        Integer.valueOf(java),
                        "cores",
                        2,
                        "subjects",
                        List.of(Map.of("label", "xrayd", "java", java + ".0.1"))));
        JsonFiles.write(folder.resolve("runs.json"), Map.of("runs", runs));
    }

    private static Map<String, Object> run(String caseName, Map<String, Object> figures) {
        Map<String, Object> run = new LinkedHashMap<>(Map.of("subject", "xrayd", "case", caseName, "round", 1));
        run.putAll(figures);
        return run;
    }

    private static List<Map<String, Object>> rates(double cpu) {
        List<Map<String, Object>> runs = new ArrayList<>();
        for (int rate : new int[] {1_000, 10_000, 80_000}) {
            runs.add(run(
                    "rate-" + rate,
                    Map.of(
                            "rate",
                            rate,
                            "sent",
                            100,
                            "delivered",
                            90,
                            "lost",
                            10,
                            "cpuMicrosPerSegment",
                            cpu,
                            "rssPeakBytes",
                            100 << 20)));
        }
        return runs;
    }

    @Test
    void shouldSayWhatIsMissing() throws Exception {
        make();
        for (String set : List.of("headline", "rates", "latency", "outage", "start", "receivers", "receive", "sizes")) {
            assertTrue(readme().contains("--set " + set + "\""), set);
        }
        assertTrue(Files.readString(root.resolve("docs/PERFORMANCE.md")).contains("--set model"));
        assertEquals("", make());
    }

    @Test
    void shouldTakeTheNewestOfEachJava() throws Exception {
        folder("a", "rates", "17", "2026-01-01T00:00:00Z", rates(91));
        folder("b", "rates", "17", "2026-01-02T00:00:00Z", rates(12.5));
        folder("c", "rates", "25", "2026-01-03T00:00:00Z", rates(11.25));
        make();
        String text = readme();
        assertTrue(text.contains("xrayd, Java 17: lost") && text.contains("xrayd, Java 25: lost"), text);
        assertTrue(text.contains("12.5") && text.contains("11.3") && !text.contains("91"), text);
        String plot = Files.readString(home.resolve("plots/cpu.svg"));
        assertTrue(
                plot.startsWith("<svg") && plot.contains("xrayd, Java 25") && plot.contains("least C program"), plot);
    }

    @Test
    void shouldTakeStartsFromTheNewerStartSet() throws Exception {
        Map<String, Object> old = Map.of("listeningMs", 170, "firstDeliveryMs", 660);
        folder(
                "a",
                "headline",
                "17",
                "2026-01-01T00:00:00Z",
                List.of(run("start-1", old), run("idle", Map.of("idleCpuPercent", 0.07))));
        folder(
                "b",
                "start",
                "17",
                "2026-01-02T00:00:00Z",
                List.of(
                        run("start-1", Map.of("listeningMs", 131, "firstDeliveryMs", 601, "memoryMb", 64)),
                        run("start-10", Map.of("listeningMs", 133, "firstDeliveryMs", 603)),
                        run("idle", Map.of("idleCpuPercent", 0.09))));
        make();
        String text = readme();
        assertTrue(text.contains("| start to bound port, ms | -m 64 | 132 (131–133) |"), text);
        assertTrue(text.contains("| CPU when idle, % of a core |  | 0.0700 |"), text);
    }

    @Test
    void shouldFitTheModelAndCheckIt() throws Exception {
        CostModel truth = new CostModel(2e-6, 5e-9, 150e-6, 0.004);
        List<Map<String, Object>> runs = new ArrayList<>();
        for (int i = 0; i < 9; i++) {
            int datagrams = 5_000 << i % 4;
            int bytes = datagrams * (300 + 900 * i);
            CostModel.Load load = new CostModel.Load("", datagrams, bytes, datagrams / 40.0, 10, 1);
            runs.add(run(
                    i < 7 ? "fit-" + i : "check-" + i,
                    Map.of(
                            "delivered",
                            datagrams,
                            "sent",
                            datagrams,
                            "sentBytes",
                            bytes,
                            "requests",
                            datagrams / 40.0,
                            "windowSeconds",
                            10,
                            "cpuSeconds",
                            truth.cpuSeconds(load))));
        }
        folder("m", "model", "17", "2026-01-01T00:00:00Z", runs);
        make();
        String text = Files.readString(root.resolve("docs/PERFORMANCE.md"));
        assertTrue(text.contains("| check-8 | **not fitted** |"), text);
        assertTrue(text.contains("| 64 |") && text.contains("| 1,000,000 | 10 | 10,000,000 |"), text);
        assertFalse(text.contains("NaN"), text);
    }

    @Test
    void shouldShowEverySet() throws Exception {
        Map<String, Object> latency = Map.of("p50", 5_000, "p99", 9_000, "p999", 11_000, "max", 20_000);
        Map<String, Object> load = new LinkedHashMap<>(rates(12).get(0));
        load.put("latencyMicros", latency);
        load.put("latencyPercentiles", Map.of("50.0", 5_000, "99.0", 9_000, "100.0", 20_000));
        load.put("backendMs", 20);
        load.put("memoryMb", 64);
        load.put("heldSegments", 61_000);
        load.put("rssOutageBytes", 120 << 20);
        load.put("listeningMs", 130.5);
        load.put("firstDeliveryMs", 800);
        load.put("rssIdleBytes", 70 << 20);
        load.put("idleCpuPercent", 0.08);
        load.put("receivedPerSecond", 400_000);
        load.put("cpuNanosPerDatagram", 900);
        load.put("losslessRate", 90_000);
        for (String set : List.of(
                "headline", "latency", "outage", "start", "receivers", "receive", "sizes", "sources", "burst")) {
            List<Map<String, Object>> runs = new ArrayList<>();
            for (String name :
                    List.of("start-1", "start-2", "idle", "receivers-1", "receivers-1-lossless", "rate-10000")) {
                Map<String, Object> run = new LinkedHashMap<>(load);
                run.put("case", name);
                runs.add(run);
            }
            folder("x-" + set, set, "17", "2026-01-01T00:00:00Z", runs);
        }
        Path jmh = Files.createDirectories(home.resolve("x-jmh"));
        JsonFiles.write(jmh.resolve("environment.json"), Map.of("set", "jmh", "javaMajor", 17));
        JsonFiles.write(
                jmh.resolve("results.json"),
                List.of(Map.of(
                        "benchmark",
                        "a.b.RingBenchmark.oneByOne",
                        "mode",
                        "avgt",
                        "primaryMetric",
                        Map.of("score", 53.2, "scoreError", 1.5, "scoreUnit", "ns/op"),
                        "secondaryMetrics",
                        Map.of("gc.alloc.rate.norm", Map.of("score", 0.0004)))));
        JsonFiles.write(
                jmh.resolve("ratios-a-b.json"),
                Map.of(
                        "first",
                        "a",
                        "second",
                        "b",
                        "ratios",
                        Map.of("rate", Map.of("cpu", Map.of("median", 0.4, "min", 0.3, "max", 0.5, "count", 3)))));
        make();
        String text = readme();
        assertTrue(text.contains("| rate | cpu | 0.400 | 0.300 | 0.500 | 3 |"), text);
        assertEquals(2, text.split("Not measured yet", -1).length - 1, text);
        assertTrue(text.contains("| RingBenchmark.oneByOne |  | 53.2 | 1.50 | ns/op | 0.000400 |"), text);
        assertTrue(text.contains("| 64 | xrayd, Java 17 | 100 | 61,000"), text);
        for (String plot : List.of("latency", "outage", "start", "receivers")) {
            assertTrue(Files.readString(home.resolve("plots/" + plot + ".svg")).startsWith("<svg"), plot);
        }
    }
}
