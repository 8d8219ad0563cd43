package io.github.xrayd.engine.http;

import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/** The values of every {@link HttpCounter}. Thread-safe; many threads add. */
public final class HttpStats {
    /** Stands for every path that the port does not serve. */
    public static final String OTHER = "other";

    /** Kinds of answers that are distinguished; the rest count by the hundred of their status. */
    private static final int ANSWERS_MAX = 256;

    private final Map<Answered, LongAdder> answers = new ConcurrentHashMap<>();
    private final Map<HttpCounter, LongAdder> values = new EnumMap<>(HttpCounter.class);

    public HttpStats() {
        for (HttpCounter counter : HttpCounter.values()) {
            values.put(counter, new LongAdder());
        }
    }

    public void increment(HttpCounter counter) {
        adder(counter).increment();
    }

    /**
     * Counts an answer.
     *
     * @param path the request's path when it is one that the port serves, else {@link #OTHER}
     * @param status the HTTP status
     */
    public void answered(String path, int status) {
        Answered key = new Answered(path, status);
        if (!answers.containsKey(key) && answers.size() >= ANSWERS_MAX) {
            key = new Answered(OTHER, status / 100 * 100);
        }
        answers.computeIfAbsent(key, k -> new LongAdder()).increment();
    }

    /** How many answers there were, by path and status. */
    public Map<Answered, LongAdder> answers() {
        return Collections.unmodifiableMap(answers);
    }

    /**
     * A kind of answer.
     *
     * @param path the request's path, or {@link #OTHER}
     * @param status the HTTP status
     */
    public record Answered(String path, int status) {}

    /** The current value. */
    public long get(HttpCounter counter) {
        return adder(counter).sum();
    }

    private LongAdder adder(HttpCounter counter) {
        LongAdder adder = values.get(counter);
        if (adder == null) {
            throw new IllegalStateException("no such counter: " + counter);
        }
        return adder;
    }

    @Override
    public String toString() {
        return values.toString();
    }
}
