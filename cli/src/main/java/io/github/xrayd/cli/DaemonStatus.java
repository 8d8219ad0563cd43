package io.github.xrayd.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a daemon said of itself at one moment: the object of its page {@code /status}, read without demanding that
 * everything is there, because another version may have made it.
 */
record DaemonStatus(Map<String, Object> values) {
    /** A number; 0 when it is not there. */
    double number(String name) {
        return number(values, name);
    }

    static double number(Map<String, Object> from, String name) {
        return from.get(name) instanceof Number number ? number.doubleValue() : 0;
    }

    /** A text, or null. */
    @Nullable
    String text(String name) {
        return text(values, name);
    }

    static @Nullable String text(Map<String, Object> from, String name) {
        Object value = from.get(name);
        return value == null ? null : value.toString();
    }

    boolean isTrue(String name) {
        return Boolean.TRUE.equals(values.get(name));
    }

    /** An object; empty when it is not there. */
    Map<String, Object> object(String name) {
        return object(values, name);
    }

    @SuppressWarnings("unchecked") // an object's names are texts
    static Map<String, Object> object(Map<String, Object> from, String name) {
        return from.get(name) instanceof Map<?, ?> map ? (Map<String, Object>) map : Map.of();
    }

    /** The destinations, in the daemon's order. */
    @SuppressWarnings("unchecked") // an object's names are texts
    List<Map<String, Object>> destinations() {
        List<Map<String, Object>> all = new ArrayList<>();
        if (values.get("destinations") instanceof List<?> list) {
            for (Object each : list) {
                if (each instanceof Map<?, ?> map) {
                    all.add((Map<String, Object>) map);
                }
            }
        }
        return all;
    }

    /** The destination of that name, or an empty object. */
    Map<String, Object> destination(String name) {
        for (Map<String, Object> each : destinations()) {
            if (name.equals(each.get("name"))) {
                return each;
            }
        }
        return Map.of();
    }

    static double total(Map<String, Object> counts) {
        double total = 0;
        for (Object count : counts.values()) {
            total += count instanceof Number number ? number.doubleValue() : 0;
        }
        return total;
    }

    /**
     * Everything lost so far, by kind and reason, as {@code dropped memoryFull}; reasons of one destination begin with
     * its name when there are several.
     */
    Map<String, Double> losses() {
        Map<String, Double> losses = new LinkedHashMap<>();
        add(losses, "rejected ", object("rejected"));
        add(losses, "dropped ", object("dropped"));
        if (number("kernelDrops") > 0) {
            losses.put("dropped kernel", number("kernelDrops"));
        }
        List<Map<String, Object>> all = destinations();
        for (Map<String, Object> each : all) {
            String prefix = all.size() == 1 ? "" : text(each, "name") + ": ";
            Map<String, Object> abandoned = new LinkedHashMap<>(object(each, "abandoned"));
            // No loss: their topic gives them again.
            abandoned.remove("toSource");
            add(losses, prefix + "abandoned ", abandoned);
            add(losses, prefix + "unprocessed ", object(each, "unprocessedByCode"));
            for (String kind : List.of("refused", "dropped")) {
                if (number(each, kind) > 0) {
                    losses.put(prefix + kind, number(each, kind));
                }
            }
        }
        return losses;
    }

    private static void add(Map<String, Double> losses, String prefix, Map<String, Object> counts) {
        counts.forEach((reason, count) -> {
            if (count instanceof Number number && number.doubleValue() > 0) {
                losses.put(prefix + reason, number.doubleValue());
            }
        });
    }

    /**
     * A quantile of durations that were counted between two moments, in seconds, interpolated within its bucket; NaN
     * without any.
     *
     * @param before the earlier histogram, or an empty object for the daemon's start
     * @param share 0 to 1
     */
    static double quantile(Map<String, Object> before, Map<String, Object> now, double share) {
        List<?> bounds = now.get("bounds") instanceof List<?> list ? list : List.of();
        List<?> counts = now.get("counts") instanceof List<?> list ? list : List.of();
        List<?> earlier = before.get("counts") instanceof List<?> list ? list : List.of();
        double total = 0;
        double[] grown = new double[counts.size()];
        for (int i = 0; i < grown.length; i++) {
            grown[i] = value(counts, i) - value(earlier, i);
            total += grown[i];
        }
        double rank = total * share;
        double below = 0;
        double sum = 0;
        for (int i = 0; i < grown.length && total > 0; i++) {
            double bound = value(bounds, i);
            if (bound == 0 || sum + grown[i] >= rank) {
                // The last bucket has no bound: at least this long.
                return bound == 0 ? below : below + (bound - below) * (grown[i] == 0 ? 0 : (rank - sum) / grown[i]);
            }
            sum += grown[i];
            below = bound;
        }
        return Double.NaN;
    }

    private static double value(List<?> list, int index) {
        return index < list.size() && list.get(index) instanceof Number number ? number.doubleValue() : 0;
    }
}
