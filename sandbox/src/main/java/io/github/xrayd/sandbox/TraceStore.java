package io.github.xrayd.sandbox;

import com.dslplatform.json.JsonReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The last traces within a bound of memory; the oldest are evicted and counted. Documents that name no trace are kept
 * as opaque ones, within the same bound. Thread-safe.
 */
public final class TraceStore {
    /** Memory counted for each document beside its text: the object headers and its place in the list, in bytes. */
    static final int DOCUMENT_OVERHEAD_BYTES = 96;

    /** Memory counted for each trace beside its documents, in bytes. */
    static final int TRACE_OVERHEAD_BYTES = 256;

    private static final Pattern UNDASHED_ID = Pattern.compile("[0-9a-fA-F]{32}");

    private final long bytesMax;
    private final Map<String, Kept> kept = new LinkedHashMap<>();
    private final RefusedDocuments refused = new RefusedDocuments();
    private long bytes;
    private long evictedTraces;
    private long evictedDocuments;
    private long opaqueSequence;
    private long sequence;

    TraceStore(long bytesMax) {
        this.bytesMax = bytesMax;
    }

    /** Documents of one trace, or one opaque document. */
    private static final class Kept {
        final @Nullable String traceId;
        final long arrivalMicros;
        final List<String> documents = new ArrayList<>(1);
        final long createdSequence;
        long changedSequence;
        long bytes = TRACE_OVERHEAD_BYTES;

        Kept(@Nullable String traceId, long arrivalMicros, long createdSequence) {
            this.traceId = traceId;
            this.arrivalMicros = arrivalMicros;
            this.createdSequence = createdSequence;
        }
    }

    /**
     * A trace that got documents.
     *
     * @param createdSequence the change with which it came
     */
    record Change(String id, long createdSequence) {}

    /**
     * What changed since an earlier change.
     *
     * @param sequence the last change; each document that came is one
     * @param oldest the change with which the oldest kept trace came; traces that came earlier are no longer kept
     * @param kept how many traces are kept
     * @param bytes as {@link #bytes()}
     * @param refused documents that came back unprocessed
     * @param traces the changed traces, in the order in which they came
     */
    record Changes(long sequence, long oldest, int kept, long bytes, long refused, List<Change> traces) {}

    void add(String document, long arrivalMicros) {
        String traceId = traceIdOf(document);
        // A string of Latin-1 text takes a byte per character, any other two; two is the bound that always holds.
        long size = 2L * document.length() + DOCUMENT_OVERHEAD_BYTES;
        synchronized (this) {
            String key = traceId == null ? "opaque " + opaqueSequence++ : traceId;
            Kept entry = kept.get(key);
            if (entry == null) {
                entry = new Kept(traceId, arrivalMicros, sequence + 1);
                kept.put(key, entry);
                bytes += TRACE_OVERHEAD_BYTES;
            }
            entry.documents.add(document);
            entry.changedSequence = ++sequence;
            entry.bytes += size;
            bytes += size;
            evict();
            notifyAll();
        }
    }

    /** Notes a document that came back unprocessed; the entry is the answer's. */
    synchronized void refuse(String document, Map<String, Object> entry, long arrivalMicros) {
        refused.add(document, entry, arrivalMicros);
        sequence++;
        notifyAll();
    }

    /** The last documents that came back unprocessed, the newest first: why, and how they begin. */
    public synchronized List<String> refused() {
        return refused.lines();
    }

    /** The last documents that came back unprocessed, and how many there were. */
    synchronized Map<String, Object> refusedJson() {
        return refused.toJson();
    }

    private void evict() {
        Iterator<Kept> oldest = kept.values().iterator();
        while (bytes > bytesMax && oldest.hasNext()) {
            Kept entry = oldest.next();
            oldest.remove();
            bytes -= entry.bytes;
            evictedDocuments += entry.documents.size();
            evictedTraces++;
        }
    }

    /**
     * The trace id that a document names at its top level (or its first element's), in the dashed form, or null when it
     * is opaque.
     */
    static @Nullable String traceIdOf(String document) {
        if (document.isEmpty()
                || (document.charAt(0) != '{' && document.charAt(0) != '[' && document.charAt(0) > ' ')) {
            return null;
        }
        byte[] bytes = document.getBytes(StandardCharsets.UTF_8);
        try {
            JsonReader<Object> reader = Json.newReader();
            reader.process(bytes, bytes.length);
            byte token = reader.getNextToken();
            if (token == '[') {
                token = reader.getNextToken();
            }
            if (token != '{') {
                return null;
            }
            token = reader.getNextToken();
            while (token == '"') {
                String key = reader.readKey();
                if (key.equals("trace_id")) {
                    return reader.last() == '"' ? dashed(reader.readString()) : null;
                }
                token = reader.skip();
                if (token == ',') {
                    token = reader.getNextToken();
                }
            }
            return null;
        } catch (IOException | RuntimeException | StackOverflowError e) {
            return null;
        }
    }

    /** The id in the service's form; W3C ids come as 32 hex digits without dashes. */
    static String dashed(String traceId) {
        return UNDASHED_ID.matcher(traceId).matches()
                ? "1-" + traceId.substring(0, 8) + "-" + traceId.substring(8)
                : traceId;
    }

    /** The ids of the kept traces, oldest first. */
    public synchronized List<String> traceIds() {
        List<String> ids = new ArrayList<>();
        for (Kept entry : kept.values()) {
            if (entry.traceId != null) {
                ids.add(entry.traceId);
            }
        }
        return ids;
    }

    /** The documents of a trace in the order of arrival, duplicates included; empty when the trace is not kept. */
    public synchronized List<String> documents(String traceId) {
        Kept entry = kept.get(dashed(traceId));
        return entry == null ? List.of() : List.copyOf(entry.documents);
    }

    /** All kept documents: trace by trace, oldest first, opaque ones between them. */
    public synchronized List<String> documents() {
        List<String> all = new ArrayList<>();
        kept.values().forEach(entry -> all.addAll(entry.documents));
        return all;
    }

    /** The kept documents that name no trace, oldest first. */
    public synchronized List<String> opaqueDocuments() {
        List<String> opaque = new ArrayList<>();
        for (Kept entry : kept.values()) {
            if (entry.traceId == null) {
                opaque.addAll(entry.documents);
            }
        }
        return opaque;
    }

    /** Forgets everything kept; the counts stay. */
    public synchronized void clear() {
        kept.clear();
        refused.clear();
        bytes = 0;
        sequence++;
        notifyAll();
    }

    /** The traces that changed after this change; 0: all. */
    synchronized Changes changesSince(long since) {
        List<Change> changed = new ArrayList<>();
        long oldest = sequence + 1;
        int traces = 0;
        for (Kept entry : kept.values()) {
            if (entry.traceId != null) {
                oldest = Math.min(oldest, entry.createdSequence);
                traces++;
                if (entry.changedSequence > since) {
                    changed.add(new Change(entry.traceId, entry.createdSequence));
                }
            }
        }
        return new Changes(sequence, oldest, traces, bytes, refused.total(), changed);
    }

    /** Waits until something changed after this change, or for this long; returns the last change. */
    synchronized long awaitChange(long since, long timeoutMs) throws InterruptedException {
        long deadlineNanos = System.nanoTime() + timeoutMs * 1_000_000;
        while (sequence == since) {
            long leftMs = (deadlineNanos - System.nanoTime()) / 1_000_000;
            if (leftMs <= 0) {
                break;
            }
            wait(leftMs);
        }
        return sequence;
    }

    /** Memory counted for what is kept, in bytes; never above the bound. */
    public synchronized long bytes() {
        return bytes;
    }

    /** Traces and opaque documents that had to go. */
    public synchronized long evictedTraces() {
        return evictedTraces;
    }

    /** Documents that had to go. */
    public synchronized long evictedDocuments() {
        return evictedDocuments;
    }

    @Nullable
    Trace trace(String traceId) {
        return Trace.of(dashed(traceId), documents(traceId));
    }

    /** Puts each kept trace together and hands it over, oldest first; what arrives meanwhile may be missing. */
    void forEachTrace(Consumer<Trace> visitor) {
        for (String id : traceIds()) {
            Trace trace = trace(id);
            if (trace != null) {
                visitor.accept(trace);
            }
        }
    }

    /** When the first document of a trace arrived, in microseconds since the epoch, or 0 when it is not kept. */
    synchronized long arrivalMicros(String traceId) {
        Kept entry = kept.get(traceId);
        return entry == null ? 0 : entry.arrivalMicros;
    }
}
