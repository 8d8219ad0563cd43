package io.github.xrayd.sandbox;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The last documents that came back unprocessed, with the reason, for whoever looks for them. Guarded by its store. */
final class RefusedDocuments {
    /** The most that are kept. */
    static final int KEPT_MAX = 100;

    /** How much of a document is kept, in characters. */
    static final int LENGTH_MAX = 500;

    private static final int LINE_LENGTH_MAX = 160;

    private final Deque<Map<String, Object>> last = new ArrayDeque<>();
    private long total;

    /**
     * Keeps the beginning of one.
     *
     * @param entry the answer's entry for it
     * @param arrivalMicros since the epoch
     */
    void add(String document, Map<String, Object> entry, long arrivalMicros) {
        total++;
        if (last.size() == KEPT_MAX) {
            last.removeLast();
        }
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("time", Json.seconds(arrivalMicros / 1e6));
        json.put("errorCode", Json.string(entry, "ErrorCode", ""));
        json.put("message", Json.encodable(Json.string(entry, "Message", "")));
        json.put(
                "document",
                Json.encodable(document.length() > LENGTH_MAX ? document.substring(0, LENGTH_MAX) + "…" : document));
        last.addFirst(json);
    }

    /** How many there were since the start or the last {@link #clear}. */
    long total() {
        return total;
    }

    void clear() {
        last.clear();
        total = 0;
    }

    /** A line for each, the newest first. */
    List<String> lines() {
        return last.stream()
                .map(each -> each.get("errorCode") + ": " + each.get("message") + ": "
                        + TerminalText.harmless(String.valueOf(each.get("document")), LINE_LENGTH_MAX))
                .toList();
    }

    /** The newest first. */
    Map<String, Object> toJson() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("total", total);
        json.put("documents", List.copyOf(last));
        return json;
    }
}
