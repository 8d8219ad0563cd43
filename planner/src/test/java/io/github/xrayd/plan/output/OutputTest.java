package io.github.xrayd.plan.output;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.dslplatform.json.DslJson;
import io.github.xrayd.plan.Plans;
import io.github.xrayd.plan.model.Plan;
import io.github.xrayd.plan.model.Sweeps;
import io.github.xrayd.plan.report.HtmlReport;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.xml.sax.InputSource;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

class OutputTest {
    private static final String SPOOLED = "rate=2000 outage=5m memory-max=64M quota=0 spool-max=4G round-trip-p50=2s"
            + " round-trip-p99=3s latency=10s";

    private static Iterable<Object> yaml(String text) {
        return new Yaml(new SafeConstructor(new LoaderOptions())).loadAll(text);
    }

    private static Map<?, ?> json(String text) throws IOException {
        return Objects.requireNonNull(new DslJson<>()
                .deserialize(Map.class, new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8))));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "rate=500 topology=sidecar",
                "rate=500",
                "host-rate=2 hosts=500 topology=collector cores=4 outage=0s",
                SPOOLED
            })
    void shouldBeReadableInEveryForm(String flags) throws IOException {
        Plan plan = Plans.plan(flags);
        Map<?, ?> config = (Map<?, ?>) yaml(Snippets.config(plan)).iterator().next();
        assertEquals(plan.settings().memoryMb(), config.get("TotalBufferSizeMB"));
        for (Object document : yaml(Snippets.kubernetes(plan))) {
            assertTrue(document instanceof Map || document instanceof List, String.valueOf(document));
        }
        Map<?, ?> ecs = json(Snippets.ecs(plan));
        assertEquals(
                plan.settings().containerBytes() >> 20,
                ((Number) Objects.requireNonNull(ecs.get("memory"))).longValue());
        boolean isSidecar = flags.contains("sidecar");
        List<?> command = (List<?>) Objects.requireNonNull(ecs.get("command"));
        assertEquals(
                isSidecar ? 0 : 2,
                command.stream().filter("0.0.0.0:2000"::equals).count(),
                command::toString);
        for (String line : Snippets.systemd(plan).split("\n", -1)) {
            assertTrue(
                    line.isEmpty() || line.startsWith("#") || line.equals("[Service]") || line.matches("[A-Z]\\w+=.*"),
                    line);
        }
        Map<?, ?> document = json(PlanJson.of(plan));
        assertEquals(plan.isReached(), document.get("isReached"));
        assertEquals(plan.figures().size(), ((List<?>) Objects.requireNonNull(document.get("figures"))).size());
        assertTrue(Snippets.flags(plan).startsWith("xray -m " + plan.settings().memoryMb()));
    }

    @Test
    void shouldBindWhatSendersReachAndLetItBeProbed() {
        String collector = "host-rate=2 hosts=500 topology=collector cores=4 outage=0s";
        assertTrue(Snippets.flags(Plans.plan(collector)).endsWith(" -b 0.0.0.0:2000 -t 0.0.0.0:2000"));
        assertTrue(Snippets.systemd(Plans.plan(collector)).contains(" -b 0.0.0.0:2000 -t 0.0.0.0:2000\n"));
        assertFalse(Snippets.flags(Plans.plan("rate=500")).contains("0.0.0.0"));
        String sidecar = Snippets.kubernetes(Plans.plan("rate=500 topology=sidecar"));
        assertFalse(sidecar.contains("0.0.0.0") || sidecar.contains("httpGet"), sidecar);
        assertTrue(sidecar.contains("exec: {command: [bash, -c, ") && sidecar.contains("/readyz"), sidecar);
        for (String remote : List.of("rate=500", collector)) {
            String manifest = Snippets.kubernetes(Plans.plan(remote));
            assertTrue(manifest.contains("\"-b\", \"0.0.0.0:2000\", \"-t\", \"0.0.0.0:2000\""), manifest);
            assertTrue(manifest.contains("httpGet: {path: /readyz, port: 2000}"), manifest);
            assertTrue(manifest.contains("docker build"), manifest);
        }
        assertTrue(Snippets.kubernetes(Plans.plan(SPOOLED)).contains("emptyDir"));
    }

    @Test
    void shouldNameTheSpoolOnlyWhereThereIsOne() {
        assertTrue(Snippets.config(Plans.plan(SPOOLED)).contains("SpoolLimit"));
        assertTrue(Snippets.flags(Plans.plan(SPOOLED)).contains("--spool-dir"));
        assertFalse(Snippets.config(Plans.plan("rate=10")).contains("Spool"));
    }

    @Test
    void shouldSayLimitsBeforeAnythingIsSet() {
        String text = PlanText.of(Plans.plan("rate=5000"));
        assertTrue(text.indexOf("The quota is too low") < text.indexOf("\nSet\n"), text);
        assertTrue(text.contains("or: ask AWS"));
    }

    @Test
    void shouldMakeAPageThatNeedsNothingElse() throws Exception {
        Plan plan = Plans.plan("rate=3000 outage=30s");
        String html = HtmlReport.of(plan, Sweeps.memoryAndCalls(plan), Sweeps.rateAndRoundTrip(plan));
        // Written as XHTML, so that a parser tells whether every element is closed.
        DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new InputSource(new StringReader(html.replace("<!DOCTYPE html>", ""))));
        assertFalse(html.contains("href="));
        assertFalse(html.contains("src="));
        assertFalse(html.contains("url("));
        assertTrue(html.contains("Does not fit."));
        assertEquals(7, html.split("<svg xmlns", -1).length);
        assertTrue(html.contains("@media print"));
    }
}
