package io.github.xrayd.engine.health;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * When each kind of loss was first and last seen to grow, to the second; so that somebody who looks later learns since
 * when. One thread looks once a second, any may ask.
 */
final class LossTimes {
    private static final class Times {
        long count;
        long firstMs;
        long lastMs;
    }

    private final Map<String, Times> times = new LinkedHashMap<>();

    /**
     * Looks at what is lost so far.
     *
     * @param losses counts by name; a bounded number of names
     */
    synchronized void look(Map<String, Long> losses, long nowMs) {
        losses.forEach((name, count) -> {
            Times known = times.get(name);
            if (known == null && count > 0) {
                known = new Times();
                known.firstMs = nowMs;
                times.put(name, known);
            }
            if (known != null && count > known.count) {
                known.count = count;
                known.lastMs = nowMs;
            }
        });
    }

    /** First and last time of each kind of loss, in UTC. */
    synchronized Map<String, Object> json() {
        Map<String, Object> json = new LinkedHashMap<>();
        times.forEach((name, known) -> json.put(
                name,
                Map.of(
                        "first",
                        Instant.ofEpochMilli(known.firstMs).toString(),
                        "last",
                        Instant.ofEpochMilli(known.lastMs).toString())));
        return json;
    }
}
