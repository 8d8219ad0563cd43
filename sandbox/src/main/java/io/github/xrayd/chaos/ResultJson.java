package io.github.xrayd.chaos;

import com.dslplatform.json.DslJson;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Results as JSON: {@code {"seed":1,…,"rows":[{"fault":"refused","sent":24000,…},…]}}. */
final class ResultJson {
    private static final DslJson<Object> JSON = new DslJson<>();

    private ResultJson() {}

    static void write(List<Result> results, long seed, boolean isQuick, OutputStream out) throws IOException {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("seed", seed);
        json.put("isQuick", isQuick);
        json.put("isAsExpected", results.stream().allMatch(Result::isAsExpected));
        json.put("java", System.getProperty("java.version"));
        json.put("processors", Runtime.getRuntime().availableProcessors());
        List<Object> rows = new ArrayList<>();
        results.forEach(result -> rows.add(row(result)));
        json.put("rows", rows);
        JSON.serialize(json, out);
        out.write('\n');
    }

    private static Map<String, Object> row(Result result) {
        Map<String, Object> row = new LinkedHashMap<>();
        Scenario scenario = result.scenario();
        row.put("fault", scenario.name());
        row.put("what", scenario.fault());
        row.put("expectation", scenario.expectation().message());
        row.put("ratePerSecond", scenario.plan().ratePerSecond());
        row.put("disruptionMs", scenario.plan().disruption().toMillis());
        row.put("isAsExpected", result.isAsExpected());
        row.put("verdict", result.verdict());
        row.put("violations", result.violations());
        row.put("command", result.command());
        if (result.skipped() != null) {
            row.put("skipped", result.skipped());
        }
        Observation seen = result.seen();
        if (seen != null) {
            row.put("sent", seen.sent());
            row.put("besides", seen.background());
            row.put("arrived", seen.arrivals().distinct());
            row.put("duplicated", seen.arrivals().duplicated());
            row.put("received", seen.ledger().received());
            row.put("delivered", seen.ledger().delivered());
            row.put("resent", seen.ledger().resent());
            row.put("notDelivered", seen.ledger().lostByReason());
            row.put("heldPeak", seen.arrivals().heldPeak());
            row.put("recoveryMs", seen.recovery().toMillis());
            row.put("shutdownMs", seen.end().duration().toMillis());
            row.put("struck", seen.struck());
            row.put("exitCode", seen.end().exitCode());
        }
        return row;
    }
}
