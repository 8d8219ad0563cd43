package io.github.xrayd.sandbox;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Faults as JSON: {@code {"seed":1,"faults":[{"kind":"latency","p50Ms":20},…],"script":[…]}}; names as in
 * {@link Fault}.
 */
final class FaultJson {
    private static final int FAULTS_MAX = 1_000;
    private static final Set<String> PLAN_KEYS = Set.of("seed", "faults", "script");
    private static final Set<String> FAULT_KEYS = Set.of(
            "kind",
            "operation",
            "share",
            "count",
            "afterMs",
            "forMs",
            "status",
            "errorCode",
            "message",
            "p50Ms",
            "p99Ms",
            "ratePerSecond",
            "segmentShare",
            "hasNullIds",
            "isStored",
            "containing");

    private FaultJson() {}

    /** Replaces everything that was set by what the JSON says. */
    static void apply(Map<String, Object> json, Faults faults) {
        requireKnown(json, PLAN_KEYS, "the fault plan");
        List<Fault> standing = list(json, "faults");
        List<Fault> script = list(json, "script");
        faults.clear();
        faults.seed(Json.whole(json, "seed", Faults.SEED_DEFAULT));
        faults.set(standing);
        faults.script(script);
    }

    static Map<String, Object> toJson(Faults faults) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("seed", faults.seed());
        json.put("faults", faults.standing().stream().map(FaultJson::toJson).toList());
        json.put(
                "script",
                faults.remainingScript().stream().map(FaultJson::toJson).toList());
        return json;
    }

    private static List<Fault> list(Map<String, Object> json, String key) {
        Object value = json.get(key);
        if (value != null && !(value instanceof List<?>)) {
            throw new IllegalArgumentException("\"" + key + "\" must be a list of faults");
        }
        List<Fault> faults = new ArrayList<>();
        for (Object element : Json.list(json, key)) {
            Map<String, Object> fields = Json.object(element);
            if (fields == null) {
                throw new IllegalArgumentException("Each of \"" + key + "\" must be an object with a \"kind\"");
            }
            if (faults.size() == FAULTS_MAX) {
                throw new IllegalArgumentException("\"" + key + "\" has more than " + FAULTS_MAX + " entries");
            }
            faults.add(fault(fields));
        }
        return faults;
    }

    private static Fault fault(Map<String, Object> fields) {
        requireKnown(fields, FAULT_KEYS, "a fault");
        Fault base = Fault.of(kind(Json.string(fields, "kind", "")));
        long p50Ms = whole(fields, "p50Ms", base.delay().p50Ms());
        return new Fault(
                base.kind(),
                new Fault.Scope(
                        Json.string(fields, "operation"),
                        number(fields, "share", 1),
                        whole(fields, "count", -1),
                        whole(fields, "afterMs", 0),
                        whole(fields, "forMs", -1),
                        Json.string(fields, "containing")),
                new Fault.ErrorAnswer(
                        (int) whole(fields, "status", base.error().status()),
                        Json.string(fields, "errorCode", base.error().code()),
                        Json.string(fields, "message", base.error().message())),
                new Fault.Delay(p50Ms, whole(fields, "p99Ms", p50Ms)),
                number(fields, "ratePerSecond", base.ratePerSecond()),
                new Fault.UnprocessedShare(number(fields, "segmentShare", 1), Json.isTrue(fields, "hasNullIds")),
                fields.containsKey("isStored") ? Json.isTrue(fields, "isStored") : base.isStored());
    }

    private static Fault.Kind kind(String name) {
        List<String> names = new ArrayList<>();
        for (Fault.Kind kind : Fault.Kind.values()) {
            if (kind.jsonName().equals(name)) {
                return kind;
            }
            names.add(kind.jsonName());
        }
        throw new IllegalArgumentException("Unknown fault kind \"" + TerminalText.harmless(name, 40) + "\": use one of "
                + String.join(", ", names));
    }

    private static long whole(Map<String, Object> fields, String key, long otherwise) {
        return fields.containsKey(key) ? Math.round(number(fields, key, 0)) : otherwise;
    }

    private static double number(Map<String, Object> fields, String key, double otherwise) {
        if (!fields.containsKey(key)) {
            return otherwise;
        }
        double value = Json.number(fields, key);
        if (Double.isNaN(value)) {
            throw new IllegalArgumentException("A fault's \"" + key + "\" must be a number");
        }
        return value;
    }

    private static void requireKnown(Map<String, Object> fields, Set<String> known, String where) {
        for (String key : fields.keySet()) {
            if (!known.contains(key)) {
                throw new IllegalArgumentException("Unknown name \"" + TerminalText.harmless(key, 40) + "\" in " + where
                        + ": use " + String.join(", ", known.stream().sorted().toList()));
            }
        }
    }

    private static Map<String, Object> toJson(Fault fault) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("kind", fault.kind().jsonName());
        if (fault.scope().operation() != null) {
            json.put("operation", fault.scope().operation());
        }
        json.put("share", fault.scope().share());
        json.put("count", fault.scope().count());
        json.put("afterMs", fault.scope().afterMs());
        json.put("forMs", fault.scope().forMs());
        json.put("status", fault.error().status());
        json.put("errorCode", fault.error().code());
        json.put("message", fault.error().message());
        json.put("p50Ms", fault.delay().p50Ms());
        json.put("p99Ms", fault.delay().p99Ms());
        json.put("ratePerSecond", fault.ratePerSecond());
        json.put("segmentShare", fault.unprocessed().share());
        json.put("hasNullIds", fault.unprocessed().hasNullIds());
        json.put("isStored", fault.isStored());
        if (fault.scope().containing() != null) {
            json.put("containing", fault.scope().containing());
        }
        return json;
    }
}
