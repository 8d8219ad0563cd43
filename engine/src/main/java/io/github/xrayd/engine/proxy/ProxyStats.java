package io.github.xrayd.engine.proxy;

import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/** The values of every {@link ProxyCounter}. Thread-safe; many threads add. */
public final class ProxyStats {
    private final Map<ProxyCounter, LongAdder> values = new EnumMap<>(ProxyCounter.class);

    public ProxyStats() {
        for (ProxyCounter counter : ProxyCounter.values()) {
            values.put(counter, new LongAdder());
        }
    }

    void increment(ProxyCounter counter) {
        adder(counter).increment();
    }

    /** The current value. */
    public long get(ProxyCounter counter) {
        return adder(counter).sum();
    }

    private LongAdder adder(ProxyCounter counter) {
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
