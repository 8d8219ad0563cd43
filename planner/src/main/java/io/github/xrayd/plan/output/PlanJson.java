package io.github.xrayd.plan.output;

import com.dslplatform.json.DslJson;
import com.dslplatform.json.PrettifyOutputStream;
import io.github.xrayd.plan.input.Field;
import io.github.xrayd.plan.input.Workload;
import io.github.xrayd.plan.model.Figure;
import io.github.xrayd.plan.model.Finding;
import io.github.xrayd.plan.model.Plan;
import io.github.xrayd.plan.model.Settings;
import io.github.xrayd.plan.simulation.Estimate;
import io.github.xrayd.plan.simulation.Outcome;
import io.github.xrayd.plan.simulation.Trial;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A plan for machines: numbers in bytes, seconds, segments and shares of one. */
public final class PlanJson {
    private static final DslJson<Object> DSL = new DslJson<>();

    private PlanJson() {}

    /** The document. */
    public static String of(Plan plan) {
        return write(tree(plan));
    }

    /** The document as maps and lists. */
    public static Map<String, Object> tree(Plan plan) {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("workload", workload(plan.workload()));
        document.put("profile", plan.profile().name());
        document.put("isReached", plan.isReached());
        document.put("settings", settings(plan.settings()));
        document.put("flags", Snippets.flags(plan));
        document.put("figures", figures(plan.figures()));
        document.put("findings", findings(plan.findings()));
        document.put("normal", trial(plan.normal()));
        Trial outage = plan.outage();
        document.put("outage", outage == null ? null : trial(outage));
        return document;
    }

    static List<Object> figures(List<Figure> figures) {
        List<Object> entries = new ArrayList<>();
        for (Figure figure : figures) {
            Map<String, Object> entry = new LinkedHashMap<>();
            entry.put("id", figure.id());
            entry.put("title", figure.title());
            put(entry, "value", figure.number());
            entry.put("text", figure.value());
            entry.put("formula", figure.formula());
            entry.put("numbers", figure.numbers());
            entries.add(entry);
        }
        return entries;
    }

    static List<Object> findings(List<Finding> findings) {
        List<Object> entries = new ArrayList<>();
        for (Finding finding : findings) {
            Map<String, Object> entry = new LinkedHashMap<>();
            entry.put("isLimit", finding.isLimit());
            entry.put("text", finding.text());
            entry.put("options", finding.options());
            entries.add(entry);
        }
        return entries;
    }

    private static Map<String, Object> workload(Workload workload) {
        Map<String, Object> json = new LinkedHashMap<>();
        Map<String, Object> given = new LinkedHashMap<>();
        for (Map.Entry<Field, String> entry : workload.input().given().entrySet()) {
            given.put(entry.getKey().word(), entry.getValue());
        }
        json.put("given", given);
        put(json, "rate", workload.traffic().rate());
        json.put("hosts", workload.traffic().hosts());
        put(json, "sizeMean", workload.traffic().sizes().mean());
        put(json, "sizeP99", workload.traffic().sizes().p99());
        json.put("arrivals", workload.traffic().bursts().arrivals().name().toLowerCase(Locale.ROOT));
        put(json, "peak", workload.traffic().bursts().peak());
        put(json, "roundTripP50", workload.backend().roundTripP50());
        put(json, "roundTripP99", workload.backend().roundTripP99());
        put(json, "quota", workload.backend().quota());
        put(json, "outage", workload.backend().outage());
        put(json, "lossMax", workload.target().lossMax());
        put(json, "latencyMax", workload.target().latencyMax());
        json.put("topology", workload.site().topology().name().toLowerCase(Locale.ROOT));
        json.put("cores", workload.site().cores());
        json.put("seed", workload.experiment().seed());
        json.put("runs", workload.experiment().runs());
        return json;
    }

    private static Map<String, Object> settings(Settings settings) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("daemons", settings.daemons());
        json.put("memoryMb", settings.memoryMb());
        json.put("concurrency", settings.concurrency());
        json.put("receivers", settings.receivers());
        json.put("socketBufferBytes", settings.socketBufferBytes());
        json.put("retryMaxAgeSeconds", settings.retryMaxAgeSeconds());
        json.put("spoolBytes", settings.spoolBytes());
        put(json, "cpuCores", settings.cpuCores());
        json.put("containerBytes", settings.containerBytes());
        return json;
    }

    private static Map<String, Object> trial(Trial trial) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("runs", trial.runs());
        json.put("loss", estimate(trial.loss()));
        for (double percentile : new double[] {50, 90, 99, 99.9}) {
            String name =
                    "latencyP" + String.format(Locale.ROOT, "%.1f", percentile).replaceAll("\\.0$|\\.", "");
            json.put(name, estimate(trial.of(run -> run.latencySeconds(percentile))));
        }
        json.put("heldPeak", estimate(trial.of(run -> run.peaks().held())));
        json.put("usedBytesPeak", estimate(trial.of(run -> run.peaks().usedBytes())));
        json.put("spoolBytesPeak", estimate(trial.of(run -> run.peaks().spoolBytes())));
        json.put("callsAtOncePeak", estimate(trial.of(run -> run.peaks().callsInFlight())));
        json.put("throttledCalls", estimate(trial.of(run -> run.calls().throttled())));
        json.put("recoveredSeconds", estimate(trial.of(Outcome::recoveredSeconds)));
        return json;
    }

    private static Map<String, Object> estimate(Estimate estimate) {
        Map<String, Object> json = new LinkedHashMap<>();
        put(json, "mean", estimate.mean());
        put(json, "low", estimate.low());
        put(json, "high", estimate.high());
        return json;
    }

    /** JSON has no infinity: what is not finite is null. */
    private static void put(Map<String, Object> json, String key, double value) {
        @Nullable Object number = Double.isFinite(value) ? value : null;
        json.put(key, number);
    }

    /** Maps, lists, texts and numbers as indented JSON. */
    public static String write(Object value) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            DSL.serialize(value, new PrettifyOutputStream(out));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toString(StandardCharsets.UTF_8) + "\n";
    }
}
