package io.github.xrayd.sandbox;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.Keys;

/** The page in a real browser. */
class PageBrowserTest {
    private static final String ROWS = ".traces .row[data-id]";
    private static final String SELECTED = ".waterfall .row.selected";

    private static Browser browser;
    private Sandbox sandbox;

    @TempDir
    Path directory;

    @BeforeAll
    static void startBrowser() {
        browser = Browser.start();
    }

    @AfterAll
    static void stopBrowser() {
        if (browser != null) {
            browser.close();
        }
    }

    @BeforeEach
    void startSandbox() throws Exception {
        sandbox = Sandbox.start(TestClients.unsigned().build());
    }

    @AfterEach
    void stopSandbox() {
        List<String> complaints = browser.complaints();
        sandbox.close();
        assertEquals(
                List.of(),
                complaints.stream()
                        .filter(line -> line.contains("Content Security Policy") || line.contains("Error:"))
                        .toList());
    }

    private void open(String hash) {
        browser.open(sandbox, hash, 1280, 900);
    }

    private void put(Map<String, Object> segment) throws Exception {
        TestClients.put(sandbox, Json.writeText(segment));
    }

    /** Sends documents in requests of the size that a daemon uses. */
    private void put(List<String> documents) throws Exception {
        for (int i = 0; i < documents.size(); i += 25) {
            List<String> batch = documents.subList(i, Math.min(i + 25, documents.size()));
            assertEquals(
                    200, TestClients.put(sandbox, batch.toArray(new String[0])).statusCode());
        }
    }

    private void putDemo(int traces) throws Exception {
        Random random = new Random(3);
        for (int i = 0; i < traces; i++) {
            double start = System.currentTimeMillis() / 1e3 - traces + i;
            put(DemoTrace.documents(random, start));
        }
    }

    @Test
    void shouldShowTracesAsTheyArrive() throws Exception {
        open("map");
        browser.awaitText(".map-canvas", "No service yet");
        open("traces?filter=fault");
        browser.awaitText(".empty", "No trace matches");
        browser.click(".empty button");
        browser.awaitText(".empty", "Waiting for traces");
        browser.awaitText(".empty", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT=" + sandbox.endpoint() + "/v1/traces");
        put(PageDocuments.segment(1, "orders", 0.1));
        browser.awaitCount(ROWS, 1);
        Map<String, Object> growing = PageDocuments.segment(2, "payment", 0.1);
        Object end = growing.remove("end_time");
        growing.put("in_progress", true);
        put(growing);
        browser.awaitCount(ROWS, 2);
        browser.awaitCount(".badge.progress", 1);
        growing.remove("in_progress");
        growing.put("end_time", end);
        growing.put("fault", true);
        put(growing);
        browser.awaitCount(".traces .badge.fault", 1);
        browser.awaitText("#kept", "2 traces");

        browser.click("#live");
        browser.awaitText("#live", "Paused");
        put(PageDocuments.segment(3, "late", 0.1));
        browser.click("#live");
        browser.awaitCount(ROWS, 3);
    }

    @Test
    void shouldShowWhatTheEndpointDidNotTake() throws Exception {
        sandbox.close();
        sandbox = Sandbox.start(
                TestClients.unsigned().documents(DocumentMode.STRICT).build());
        open("traces");
        browser.awaitCount(".refused[hidden]", 1);
        Map<String, Object> endless = PageDocuments.segment(1, "<b>endless</b>", 0.1);
        endless.remove("end_time");
        put(endless);
        browser.awaitText(".refused", "1 document came back unprocessed");
        browser.click(".refused summary");
        browser.awaitText(".refused", "MissingEndTime");
        browser.awaitText(".refused", "<b>endless</b>");
        put(List.of("nonsense", Json.writeText(PageDocuments.segment(2, "fine", 0.1))));
        browser.awaitText(".refused", "2 documents came back unprocessed");
        browser.awaitText(".refused tbody tr", "nonsense");
        browser.awaitCount(ROWS, 1);
        browser.js("[...document.querySelectorAll('.search-bar button')].at(-1).click()");
        browser.awaitCount(".refused[hidden]", 1);
        assertEquals(
                Map.of("total", 0L, "documents", List.of()),
                Json.parse(TestClients.send(sandbox, "GET", "/sandbox/v1/refused", "")
                        .body()));
    }

    @Test
    void shouldFilterAndShowErrorsAtTheirPlace() throws Exception {
        for (int i = 1; i <= 30; i++) {
            Map<String, Object> segment = PageDocuments.segment(i, i % 3 == 0 ? "orders" : "cart", 0.01 * i);
            segment.put("annotations", Map.of("tier", i % 2 == 0 ? "gold" : "sil\"ver", "order", "o-" + i));
            segment.put("fault", i == 30);
            put(segment);
        }
        open("traces");
        browser.awaitText(".summary", "30 traces, 1 with errors");
        assertEquals(0, browser.count("input[data-term^='annotation.order']"));
        browser.enter("#search", "service(\"orders\") AND bogus");
        browser.awaitText("#search-error mark", "bogus");
        browser.enter("#search", "service(\"orders\")");
        browser.awaitText(".summary", "10 traces");
        browser.awaitCount("#search-error[hidden]", 1);
        open("traces?range=yesterday");
        browser.awaitText("#search-error", "range=yesterday, which is no time range: use 60, 300");
        open("map?range=yesterday");
        browser.awaitText(".map-view .summary", "range=yesterday, which is no time range");
        open("traces?range=3600&filter=service(\"orders\")");
        browser.awaitText(".summary", "10 traces");
        browser.awaitCount("#search-error[hidden]", 1);

        browser.click("input[data-term='annotation.tier = \"gold\"']");
        browser.awaitText(".summary", "5 traces");
        assertTrue(browser.hash().contains("service(\"orders\") AND annotation.tier = \"gold\""), browser.hash());
        browser.click("input[data-term='annotation.tier = \"gold\"']");
        browser.awaitText(".summary", "10 traces");
        browser.click("input[data-term='annotation.tier = \"sil\\\\\"ver\"']");
        browser.awaitText(".summary", "5 traces");

        browser.js("location.hash = '#/traces?sort=response'");
        browser.awaitText(".summary", "30 traces");
        browser.awaitText(ROWS + "[data-index='0']", "/path/1");
        browser.click(".head .response button");
        browser.awaitText(ROWS + "[data-index='0']", "/path/30");

        browser.drag(".histogram", 100, 400);
        browser.await("a range of response times", () -> browser.hash().contains("responsetime <= "));
        browser.await("fewer traces", () -> !browser.text(".summary").startsWith("30 "));
        browser.js("history.back()");
        browser.awaitText(".summary", "30 traces");

        String id = sandbox.traces().traceIds().get(6);
        browser.enter("#search", id);
        browser.awaitText(".trace-title h1", "/path/7");
    }

    @Test
    void shouldShowATraceWithAllItsDetails() throws Exception {
        Map<String, Object> segment = PageDocuments.segment(1, "payment", 1);
        double start = PageDocuments.start(segment);
        Map<String, Object> sql = PageDocuments.subsegment("00000000000000a1", "db", start, 0.2);
        sql.put("namespace", "remote");
        sql.put("sql", Map.of("sanitized_query", "SELECT ?", "database_type", "PostgreSQL"));
        Map<String, Object> aws = PageDocuments.subsegment("00000000000000a2", "DynamoDB", start + 0.2, 0.3);
        aws.put("namespace", "aws");
        aws.put("aws", Map.of("operation", "Query", "table_name", "stock", "request_id", "r-1"));
        aws.put("throttle", true);
        Map<String, Object> bank = PageDocuments.subsegment("00000000000000a3", "bank", start + 0.5, 0.4);
        bank.put("fault", true);
        Map<String, Object> frame =
                new LinkedHashMap<>(Map.of("path", "Bank.java", "line", 88, "label", "Bank.charge"));
        bank.put(
                "cause",
                Map.of(
                        "exceptions",
                        List.of(Map.of(
                                "id",
                                "e1",
                                "type",
                                "TimeoutException",
                                "message",
                                "no answer",
                                "stack",
                                List.of(frame)))));
        segment.put("subsegments", List.of(sql, aws, bank));
        segment.put("annotations", Map.of("tier", "gold"));
        segment.put("metadata", Map.of("shop", Map.of("city", "Zürich")));
        segment.put("links", List.of(Map.of("trace_id", PageDocuments.traceId(9), "id", "00000000000000b1")));
        put(segment);
        Map<String, Object> called = PageDocuments.segment(1, "ledger", 0.1);
        called.put("id", "00000000000000c1");
        called.put("parent_id", "00000000000000a1");
        called.put("in_progress", true);
        called.remove("end_time");
        put(called);

        open("trace/" + segment.get("trace_id"));
        browser.awaitCount(".waterfall .row", 5);
        assertTrue(browser.text(".trace-title").contains("2 problems"), browser.text(".trace-title"));
        browser.awaitText(".details", "links".toUpperCase(java.util.Locale.ROOT));
        for (String part :
                List.of("tier", "gold", "Zürich", PageDocuments.traceId(9).substring(11))) {
            browser.awaitText(".details", part);
        }
        assertTrue(browser.count(".critical") >= 3, "critical path");
        browser.keys("e");
        browser.awaitText(".details", "stock");
        browser.awaitText(SELECTED, "throttle");
        browser.keys("e");
        browser.awaitText(".details", "TimeoutException");
        browser.awaitText(".details", "Bank.charge Bank.java:88");
        assertTrue(browser.hash().endsWith("segment=00000000000000a3"), browser.hash());
        browser.keys("/", "sanitized", Keys.ENTER, Keys.ESCAPE);
        browser.awaitText(".details .sql", "SELECT ?");
        browser.awaitText(".waterfall [data-state=progress]", "in progress");

        called.put("end_time", Json.seconds(PageDocuments.start(called) + 0.1));
        called.remove("in_progress");
        put(called);
        browser.awaitCount(".waterfall [data-state=progress]", 0);
        assertTrue(browser.hash().contains("segment=00000000000000a1"), browser.hash());

        String link = String.valueOf(browser.js("return location.href"));
        browser.js(
                "Object.defineProperty(navigator, 'clipboard', {value: {writeText: text => { window.copied = text; }}})");
        browser.keys("c");
        browser.awaitText("#toast", "Trace copied");
        assertTrue(String.valueOf(browser.js("return window.copied")).contains("\"TimeoutException\""));
        browser.js("location.href = 'about:blank'");
        browser.js("location.href = arguments[0]", link);
        browser.awaitText(SELECTED, "db");
    }

    @Test
    void shouldScrollThroughTenThousandSubsegments() throws Exception {
        put(PageDocuments.large(1));
        Object id = sandbox.traces().traceIds().get(0);
        open("trace/" + id);
        browser.awaitText(".trace-title", "10,001 rows");
        assertEquals("101", browser.element(".waterfall").getDomAttribute("aria-rowcount"));
        browser.keys("x");
        browser.await(
                "all rows", () -> "10001".equals(browser.element(".waterfall").getDomAttribute("aria-rowcount")));
        browser.keys(Keys.END);
        browser.awaitText(SELECTED, "item 99-98");
        assertTrue(browser.count(".waterfall .row") < 100, browser.count(".waterfall .row") + " rows as elements");
        for (int group = 5; group < 100; group += 10) {
            browser.keys("e");
            browser.awaitText(SELECTED, "item " + group + "-50");
        }
        browser.keys("E");
        browser.awaitText(SELECTED, "item 85-50");
        browser.keys(Keys.ARROW_LEFT);
        browser.awaitText(SELECTED, "group 85");
        browser.keys(Keys.ARROW_LEFT);
        browser.await("a collapsed group", () -> "9902"
                .equals(browser.element(".waterfall").getDomAttribute("aria-rowcount")));
        browser.awaitText(SELECTED + " .below", "1");
        browser.keys("/", "item 42-7", Keys.ESCAPE);
        browser.awaitText(SELECTED, "item 42-7");
        browser.awaitText(".found", "11 found");
    }

    @Test
    void shouldImportAFile() throws Exception {
        Path file = Files.writeString(
                directory.resolve("trace.json"),
                Json.writeText(Map.of("Segments", List.of(PageDocuments.segment(1, "imported", 0.1)))));
        Path bad = Files.writeString(directory.resolve("bad.json"), "{}");
        open("traces");
        browser.element("#import").sendKeys(bad.toString());
        browser.awaitText("#toast", "bad.json: There is no segment");
        browser.element("#import").sendKeys(file.toString());
        browser.awaitText(".trace-title h1", "/path/1");
    }

    @Test
    void shouldListTheNewestFiveThousandTraces() throws Exception {
        List<String> documents = new ArrayList<>();
        for (int i = 0; i < 5_100; i++) {
            Map<String, Object> segment = PageDocuments.segment(i, "bulk", 0.001 * (i % 500 + 1));
            segment.put("fault", i == 100);
            documents.add(Json.writeText(segment));
        }
        put(documents);
        open("traces");
        browser.awaitText(".summary", "5,000 traces, 1 with errors (the newest 5,000)");
        assertTrue(browser.count(ROWS) < 100, browser.count(ROWS) + " rows as elements");
        browser.keys("e");
        browser.awaitText(ROWS + ".selected", "/path/100");
        put(PageDocuments.segment(5_100, "latest", 0.1));
        browser.awaitText(".facet-box", "latest");
        browser.await(
                "5,000 rows", () -> "5000".equals(browser.element(".traces").getDomAttribute("aria-rowcount")));
        browser.keys("g");
        browser.awaitText(ROWS + ".selected", "/path/5100");
        browser.keys("G", Keys.PAGE_UP, Keys.END);
        browser.awaitText(ROWS + ".selected", "bulk");
        sandbox.traces().clear();
        browser.awaitText(".empty", "Waiting for traces");
    }

    @Test
    void shouldShowHostileDocumentsAsText() throws Exception {
        TestClients.put(sandbox, PageDocuments.hostile(1));
        put(PageDocuments.misshapen(2));
        open("traces");
        browser.awaitCount(ROWS, 2);
        browser.awaitText("#facets", "onerror");
        requireHarmless();
        browser.click(ROWS + "[data-state=fault]");
        browser.awaitText(".details", "onerror");
        browser.js("document.querySelectorAll('.details details').forEach(each => { each.open = true; })");
        browser.awaitText(".details .stack", "onerror");
        requireHarmless();
        browser.click(".details .actions button");
        browser.awaitText(".summary", "1 trace");
        requireHarmless();
        browser.js("location.hash = '#/map'");
        browser.awaitText(".map-canvas", "</script>");
        browser.js("document.querySelectorAll('details').forEach(each => { each.open = true; })");
        requireHarmless();
        browser.js("location.hash = '#/trace/' + encodeURIComponent(arguments[0])", PageDocuments.HOSTILE);
        browser.awaitText("main", "is not kept");
        requireHarmless();
        browser.js("location.hash = '#/traces?filter=' + encodeURIComponent(arguments[0])", PageDocuments.HOSTILE);
        browser.awaitText("#search-error", "onerror");
        requireHarmless();

        open("trace/" + sandbox.traces().traceIds().get(1));
        browser.await("misshapen documents", () -> browser.count(".waterfall .row") > 10);
        for (int i = 0; i < 75; i++) {
            browser.keys("j");
        }
        browser.await("details", () -> browser.count(".details h2") == 1);
    }

    private void requireHarmless() {
        assertEquals(0, browser.count("img, main script, main svg[onload], iframe"));
        assertEquals(null, browser.js("return window.isHacked ?? null"));
    }

    @Test
    void shouldDrawTheMapAndFilterByItsNodes() throws Exception {
        putDemo(40);
        open("map");
        browser.await("nodes", () -> browser.count(".map-canvas .node") >= 8);
        browser.awaitText(".map-canvas .node[aria-label^=orders]", "p99");
        browser.js("document.querySelector('.map-canvas .node[aria-label^=orders]').focus()");
        browser.keys(Keys.ENTER);
        browser.awaitText(".map-body .details", "service(\"orders\")");
        browser.click(".map-body .details .primary");
        browser.await("the list, filtered", () -> browser.hash().equals("#/traces?filter=service(\"orders\")"));
        browser.await("rows", () -> browser.count(ROWS) > 0);
        browser.keys("m");
        browser.awaitText(".map-view .summary", "filter service(\"orders\")");
        browser.js("document.querySelector('.map-canvas .edge[aria-label^=\"orders calls payment\"]').focus()");
        browser.keys(Keys.ENTER);
        browser.awaitText(".map-body .details", "edge(\"orders\", \"payment\")");
        browser.click(".map-as-table summary");
        browser.awaitText(".map-table", "orders → payment");
    }

    @Test
    void shouldShowSegmentsAndSpansAsOneTrace() throws Exception {
        TestClients.put(sandbox, OpenTelemetryTest.front());
        TestClients.put(sandbox, OpenTelemetryTest.transported(OpenTelemetryTest.request()));
        open("traces");
        browser.awaitCount(ROWS, 1);
        browser.awaitText(".facet-box", "stock");
        browser.click(ROWS);
        browser.awaitCount(".waterfall .row", 4);
        browser.awaitText(".waterfall", "503 fault");
        open("map");
        browser.await("the three services and the client", () -> browser.count(".node") == 4);
        browser.awaitText(".map-canvas", "stock@db.test");
    }

    @Test
    void shouldShowWhatTheDaemonTells() throws Exception {
        open("daemon");
        browser.awaitText(".state", "No daemon is known");
        try (ScriptedDaemon daemon = ScriptedDaemon.start()) {
            sandbox.watchDaemon(daemon.address());
            browser.awaitText(".state", "Ready, at " + daemon.address());
            open("traces");
            browser.awaitText(
                    ".empty",
                    "AWS_XRAY_DAEMON_ADDRESS=127.0.0.1:" + daemon.address().getPort());
            open("daemon");
            browser.awaitText(".figures", "1,234");
            browser.awaitText("tbody tr", "east");
            daemon.problem("The last upload failed: <b>away</b>");
            browser.awaitText(".state", "Not ready: The last upload failed: <b>away</b>");
            browser.awaitText("main", "What was wrong");
            daemon.problem("");
            browser.awaitText(".state", "Ready");
            browser.awaitText("main", "The last upload failed: <b>away</b>");
            browser.awaitText("main", "<i>503</i> ServiceUnavailable");
            browser.awaitText("main", "archive <west>");
            browser.click("details summary");
            browser.awaitText("details", "\"limitBytes\": 67108864");
        }
        browser.awaitText(".state", "no daemon answers");
        browser.keys("t");
        browser.awaitText(".empty", "Waiting for traces");
        browser.keys("a");
        browser.awaitText("h1", "Daemon");
    }

    @Test
    void shouldEditSamplingRulesAndSwitchFaults() throws Exception {
        TestClients.send(
                sandbox,
                "POST",
                "/SamplingTargets",
                "{\"SamplingStatisticsDocuments\":[{\"ClientID\":\"c1\",\"RuleName\":\"Default\",\"RequestCount\":7,\"SampledCount\":3,\"BorrowCount\":2}]}");
        open("sampling");
        browser.awaitText(".reports", "c1");
        browser.await("the rule", () -> browser.count(".rules tbody tr") == 1);
        browser.js("document.querySelectorAll('.page .actions button')[1].click()");
        browser.element("tr:nth-child(2) input[name=RuleName]").sendKeys(Keys.chord(Keys.CONTROL, "a"), "slow-api");
        browser.element("tr:nth-child(2) input[name=FixedRate]").sendKeys(Keys.chord(Keys.CONTROL, "a"), "12.5");
        browser.click("#save-rules");
        browser.awaitText("#toast", "Rules saved");
        assertEquals(0.125, sandbox.sampling().rules().get(0).fixedRate());
        assertEquals("slow-api", sandbox.sampling().rules().get(0).name());
        SamplingMatch match = new SamplingMatch("*", "AWS::EC2::Instance", "*", "*", "*", "*", Map.of("tier", "gold"));
        sandbox.sampling().rules(List.of(new SamplingRule("gold", 1, 1, 1, match, null), SamplingRule.everything()));
        open("faults");
        open("sampling");
        browser.await("two rules", () -> browser.count(".rules tbody tr") == 2);
        browser.element("tr:nth-child(1) input[name=FixedRate]").sendKeys(Keys.chord(Keys.CONTROL, "a"), "50");
        browser.click("#save-rules");
        browser.await("half", () -> sandbox.sampling().rules().get(0).fixedRate() == 0.5);
        assertEquals(match, sandbox.sampling().rules().get(0).match());
        browser.element("tr:nth-child(1) input[name=FixedRate]").sendKeys(Keys.chord(Keys.CONTROL, "a"), "120");
        browser.click("#save-rules");
        browser.awaitText(".search-error", "must be 0 to 1");

        sandbox.faults().set(Fault.status(503, "ServiceUnavailable").containing("x"));
        open("faults");
        browser.awaitText("main", "ServiceUnavailable");
        browser.click("label[for=fault-slow]");
        browser.awaitText(".state", "slow");
        browser.click("label[for=fault-failing]");
        browser.awaitText(".state", "failing");
        browser.await("three faults", () -> sandbox.faults().standing().size() == 3);
        browser.click("label[for=fault-slow]");
        browser.await("two faults", () -> sandbox.faults().standing().size() == 2);
        browser.click("#all-well");
        browser.awaitText(".state", "The endpoint works.");
        assertEquals(List.of(), sandbox.faults().standing());
    }

    @Test
    void shouldWorkWithoutAPointer() throws Exception {
        putDemo(30);
        open("traces");
        browser.await("rows", () -> browser.count(ROWS) > 10);
        browser.keys("j", "j", "j", "k");
        browser.await("the second row", () -> browser.count(ROWS + "[data-index='1'].selected") == 1);
        browser.keys("e");
        browser.await("a trace with an error", () -> browser.count(ROWS + ".selected:not([data-state=ok])") == 1);
        String chosen = String.valueOf(browser.js("return document.querySelector('.traces .row.selected').dataset.id"));
        browser.keys(Keys.ENTER);
        browser.await("its trace", () -> browser.hash().startsWith("#/trace/" + chosen));
        browser.await("its rows", () -> browser.count(".waterfall .row.selected") == 1);
        browser.keys("j", "x");
        browser.await("collapsed", () -> browser.count(".waterfall [aria-expanded=false]") > 0);
        browser.keys(Keys.ESCAPE);
        browser.await(
                "the list with its selection", () -> browser.count(ROWS + ".selected[data-id='" + chosen + "']") == 1);
        browser.keys("?");
        browser.await("help", () -> browser.count("#help[open]") == 1);
        browser.keys(Keys.ESCAPE);
        browser.await("no help", () -> browser.count("#help[open]") == 0);
        browser.keys("m");
        browser.await("map", () -> browser.count(".map-canvas .node") > 0);
        browser.keys("j", Keys.ENTER);
        browser.await("a node's details", () -> browser.count(".map-body .details:not([hidden])") == 1);
        browser.keys("s");
        browser.awaitText("h1", "Sampling rules");
        browser.keys("f");
        browser.await("faults", () -> browser.count("#fault-slow") == 1);
        browser.keys("d");
        browser.await("another theme", () -> browser.count("html[data-theme]") == 1);
        browser.js("localStorage.clear()");
        browser.keys("/", "fault", Keys.ENTER);
        browser.await("a filter", () -> browser.hash().equals("#/traces?filter=fault"));
        // Everything that can be clicked can also be reached with Tab, and has a name.
        browser.js("document.body.focus()");
        assertEquals(
                List.of(),
                browser.js("return [...document.querySelectorAll('button, a, input, select, [role=button]')]"
                        + ".filter(e => e.checkVisibility() && (e.tabIndex < 0 || !(e.innerText || e.ariaLabel || e.labels?.length || e.title)))"
                        + ".map(e => e.outerHTML)"));
    }

    @Test
    void shouldFitEveryWidthInLightAndDarkWithEnoughContrast() throws Exception {
        putDemo(60);
        open("traces?filter=fault");
        browser.await("rows", () -> browser.count(ROWS) > 0);
        String id = String.valueOf(browser.js("return document.querySelector('.traces .row[data-id]').dataset.id"));
        try (ScriptedDaemon daemon = ScriptedDaemon.start()) {
            daemon.problem("The last upload failed");
            sandbox.watchDaemon(daemon.address());
            for (String view : List.of("traces", "trace/" + id, "map", "sampling", "faults", "daemon")) {
                open(view);
                browser.await(
                        "content", () -> browser.count(".row[data-state], .node, .rules input, .switch, td.bad") > 0);
                for (int width : List.of(360, 800, 1280, 3840)) {
                    browser.size(width, width == 3840 ? 2160 : 800);
                    browser.await(
                            view + " wider than " + width,
                            () -> Boolean.TRUE.equals(
                                    browser.js(
                                            "return document.documentElement.scrollWidth <= innerWidth && document.body.scrollWidth <= innerWidth")));
                    browser.await(
                            view + " shows nothing at " + width,
                            () -> Boolean.TRUE.equals(
                                    browser.js(
                                            "return [...document.querySelectorAll('.rows, .map-canvas, .page')].every(e => e.clientHeight > 150)")));
                }
                browser.size(1280, 900);
                for (boolean isDark : new boolean[] {false, true}) {
                    browser.dark(isDark);
                    assertEquals(List.of(), browser.lowContrasts(), view + (isDark ? " dark" : " light"));
                }
                assertEquals(
                        0L,
                        browser.js(
                                "return performance.getEntriesByType('resource').filter(e => !e.name.startsWith(location.origin)).length"));
            }
        } finally {
            browser.dark(false);
        }
    }
}
