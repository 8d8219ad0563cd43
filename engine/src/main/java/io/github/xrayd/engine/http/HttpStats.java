package io.github.xrayd.engine.http;

import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/** The values of every {@link HttpCounter}. Thread-safe; many threads add. */
public final class HttpStats {
    private final Map<HttpCounter, LongAdder> values = new EnumMap<>(HttpCounter.class);

    public HttpStats() {
        for (HttpCounter counter : HttpCounter.values()) {
            values.put(counter, new LongAdder());
        }
    }

    public void increment(HttpCounter counter) {
        adder(counter).increment();
    }

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
