package io.github.xrayd.engine.upload;

import java.util.Collections;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Documents the service left unprocessed, by its code. Written by the uploader, read by any thread.
 *
 * <p>The codes are not a closed list, so at most {@value #CODES_MAX} are distinguished; the rest count as
 * {@code other}.
 */
public final class UnprocessedCodes {
    static final int CODES_MAX = 32;
    private static final String OTHER = "other";
    private static final int CODE_LENGTH_MAX = 64;

    private final Map<String, LongAdder> counts = new ConcurrentHashMap<>();

    void add(@Nullable String code) {
        String key = code == null || code.isBlank() ? "none" : code.length() > CODE_LENGTH_MAX ? OTHER : code;
        if (!counts.containsKey(key) && counts.size() >= CODES_MAX) {
            key = OTHER;
        }
        counts.computeIfAbsent(key, k -> new LongAdder()).increment();
    }

    /** The count of each code seen. */
    public Map<String, LongAdder> counts() {
        return Collections.unmodifiableMap(counts);
    }
}
