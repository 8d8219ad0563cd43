package io.github.xrayd.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.dslplatform.json.DslJson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** Dashboard, alerts and runbooks fit each other and the metrics that exist. */
class MonitoringTest {
    static final Path FOLDER = Path.of("../packaging/src/main/monitoring");
    private static final Path RUNBOOKS = Path.of("../docs/runbooks");
    private static final Pattern METRIC = Pattern.compile("\\b(xrayd|process|jvm)_[a-z0-9_]+\\b");
    private static final Pattern ROW = Pattern.compile("\\| `([a-z0-9_]+)` \\| (\\w+) \\|.*");

    private static Set<String> exposed() throws IOException {
        Set<String> names = new TreeSet<>();
        for (String line : Files.readAllLines(Path.of("../docs/METRICS.md"))) {
            Matcher row = ROW.matcher(line);
            if (row.matches()) {
                names.add(row.group(1));
                if (row.group(2).equals("histogram")) {
                    names.add(row.group(1) + "_bucket");
                }
            }
        }
        return names;
    }

    private static List<Map<String, Object>> rules() throws IOException {
        Map<String, Object> file = new Yaml(new SafeConstructor(new LoaderOptions()))
                .load(Files.readString(FOLDER.resolve("xrayd-alerts.yaml")));
        List<Map<String, Object>> rules = new ArrayList<>();
        for (Object group : list(file, "groups")) {
            for (Object rule : list(map(group), "rules")) {
                rules.add(map(rule));
            }
        }
        return rules;
    }

    @SuppressWarnings("unchecked") // keys are texts
    private static Map<String, Object> map(@Nullable Object value) {
        return Objects.requireNonNull((Map<String, Object>) value);
    }

    private static List<?> list(Map<String, Object> from, String name) {
        return from.get(name) instanceof List<?> list ? list : List.of();
    }

    private static void assertMetricsExist(String where, String expression) throws IOException {
        Matcher metric = METRIC.matcher(expression);
        while (metric.find()) {
            assertTrue(exposed().contains(metric.group()), where + " uses " + metric.group() + ", which is no metric");
        }
    }

    @Test
    void shouldAlertOnMetricsThatExist() throws IOException {
        assertTrue(rules().size() > 10);
        for (Map<String, Object> rule : rules()) {
            assertMetricsExist(String.valueOf(rule.get("alert")), String.valueOf(rule.get("expr")));
        }
    }

    @Test
    void shouldHaveARunbookForEachAlertAndNoOther() throws IOException {
        Set<String> alerts = new TreeSet<>();
        for (Map<String, Object> rule : rules()) {
            String alert = String.valueOf(rule.get("alert"));
            alerts.add(alert);
            assertEquals(
                    "docs/runbooks/" + alert + ".md",
                    map(rule.get("annotations")).get("runbook"));
            String page = Files.readString(RUNBOOKS.resolve(alert + ".md"));
            for (String part : List.of(
                    "# " + alert + "\n",
                    "\n" + rule.get("expr") + "\n",
                    "\n## What it means\n",
                    "\n## What to look at\n",
                    "\n## What to do\n")) {
                assertTrue(page.contains(part), alert + ".md lacks " + part.strip());
            }
            assertTrue(Files.readString(RUNBOOKS.resolve("README.md")).contains("](" + alert + ".md)"), alert);
        }
        try (Stream<Path> files = Files.list(RUNBOOKS)) {
            Set<String> pages = files.map(file -> file.getFileName().toString().replace(".md", ""))
                    .filter(name -> !name.equals("README"))
                    .collect(Collectors.toCollection(TreeSet::new));
            assertEquals(alerts, pages);
        }
    }

    @Test
    void shouldShowMetricsThatExist() throws IOException {
        byte[] json = Files.readAllBytes(FOLDER.resolve("xrayd-dashboard.json"));
        Map<?, ?> dashboard = new DslJson<>(new DslJson.Settings<>()).deserialize(Map.class, json, json.length);
        int targets = 0;
        for (Object panel : list(map(dashboard), "panels")) {
            for (Object target : list(map(panel), "targets")) {
                String where = "the panel " + map(panel).get("title");
                assertMetricsExist(where, String.valueOf(map(target).get("expr")));
                targets++;
            }
        }
        assertTrue(targets > 30, targets + " expressions");
    }

    @Test
    void shouldPassPromtool() throws Exception {
        Assumptions.assumeTrue(
                Tool.isThere("promtool"), "promtool is not installed: the alert rules are not checked by it");
        Tool.run(FOLDER, "promtool", "check", "rules", "xrayd-alerts.yaml");
        Tool.run(FOLDER, "promtool", "test", "rules", "xrayd-alerts-test.yaml");
        Tool.run(FOLDER, "promtool", "check", "config", "prometheus.yaml");
    }
}
