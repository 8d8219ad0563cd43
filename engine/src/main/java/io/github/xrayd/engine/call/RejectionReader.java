package io.github.xrayd.engine.call;

import io.github.xrayd.engine.batch.BatchBody;
import io.github.xrayd.engine.export.Answer;
import io.github.xrayd.engine.export.AnswerKind;
import io.github.xrayd.engine.export.Unprocessed;
import io.github.xrayd.engine.json.ForeignJson;
import io.github.xrayd.engine.upload.RejectedDocument;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Finds out which documents of a call an answer speaks of, by what is written in them, so that the uploader need not
 * know JSON.
 *
 * <p>Runs on the thread that made the call, which may take its time; reads each document once, and once more for each
 * id that is no segment's. Never throws for what documents or answers hold.
 */
public final class RejectionReader {
    /** What a document says of itself; {@code id} is null when it is not JSON, or has none. */
    private record Document(int number, @Nullable String id, String traceId) {}

    private static final int TEXT_LENGTH_MAX = 64;
    private static final String TRACE_ID = "\"trace_id\"";

    private final BatchBody body;
    private final List<Document> left = new ArrayList<>();
    private final List<RejectedDocument> rejected = new ArrayList<>();

    private RejectionReader(BatchBody body) {
        this.body = body;
        for (int number = 0; number < body.documentCount(); number++) {
            left.add(read(number));
        }
    }

    /**
     * The documents that were not taken: those a success lists, or the only one of a call that failed. At most one for
     * each document of the call.
     */
    public static List<RejectedDocument> read(BatchBody body, Answer answer) {
        if (answer.outcome() == AnswerKind.DELIVERED) {
            return answer.unprocessed().isEmpty()
                    ? List.of()
                    : new RejectionReader(body).unprocessed(answer.unprocessed());
        }
        if (Long.bitCount(body.documents()) != 1) {
            return List.of();
        }
        RejectionReader reader = new RejectionReader(body);
        reader.reject(reader.left.get(0), new Unprocessed(null, answer.errorCode(), answer.message()));
        return reader.rejected;
    }

    private List<RejectedDocument> unprocessed(List<Unprocessed> entries) {
        Deque<Unprocessed> unnamed = new ArrayDeque<>();
        // More entries than documents make no sense; an endless list must not cost endless searching.
        for (Unprocessed entry : entries.subList(0, Math.min(entries.size(), left.size()))) {
            Document named = find(entry);
            if (named != null) {
                reject(named, entry);
            } else if (entry.fate() == Unprocessed.Fate.BY_CODE) {
                unnamed.add(entry);
            } else {
                rejected.add(rejected(RejectedDocument.UNKNOWN, "", entry));
            }
        }
        // The service names no id where it could read none.
        rejectNext(left.stream().filter(document -> document.id() == null).toList(), unnamed);
        if (unnamed.size() >= left.size()) {
            rejectNext(List.copyOf(left), unnamed);
        }
        for (int i = left.size(); i > 0 && !unnamed.isEmpty(); i--) {
            Unprocessed entry = unnamed.remove();
            rejected.add(rejected(RejectedDocument.UNKNOWN, "", entry));
        }
        return rejected;
    }

    private void rejectNext(List<Document> documents, Deque<Unprocessed> entries) {
        for (Document document : documents) {
            Unprocessed entry = entries.poll();
            if (entry == null) {
                return;
            }
            reject(document, entry);
        }
    }

    private void reject(Document document, Unprocessed entry) {
        left.remove(document);
        rejected.add(rejected(body.index(document.number()), document.traceId(), entry));
    }

    private static RejectedDocument rejected(int index, String traceId, Unprocessed entry) {
        Unprocessed.Fate fate = entry.fate();
        if (fate == Unprocessed.Fate.BY_CODE) {
            boolean isTransient = isTransient(entry.errorCode());
            return new RejectedDocument(index, traceId, entry.errorCode(), entry.message(), isTransient);
        }
        return new RejectedDocument(index, traceId, entry.errorCode(), entry.message(), fate, entry.waitMs());
    }

    /** Whether a document with this code may be taken another time. */
    private static boolean isTransient(@Nullable String code) {
        if (code == null) {
            return false;
        }
        String lower = code.toLowerCase(Locale.ROOT);
        return lower.contains("throttl")
                || lower.contains("internal")
                || lower.contains("unavailable")
                || lower.contains("timeout");
    }

    /**
     * The document with the entry's number; else the first one left with its id, else the first that has it anywhere
     * inside, as that of a subsegment; or null.
     */
    private @Nullable Document find(Unprocessed entry) {
        for (Document document : left) {
            if (document.number() == entry.number()) {
                return document;
            }
        }
        String id = entry.id();
        if (id == null) {
            return null;
        }
        for (Document document : left) {
            if (id.equals(document.id())) {
                return document;
            }
        }
        for (Document document : left) {
            if (document.id() != null && holdsId(json(document(document.number())), id)) {
                return document;
            }
        }
        return null;
    }

    private static boolean holdsId(@Nullable Object json, String id) {
        Deque<Object> open = new ArrayDeque<>();
        for (Object next = json; next != null; next = open.poll()) {
            if (next instanceof Map<?, ?> map) {
                if (id.equals(map.get("id"))) {
                    return true;
                }
                map.values().stream().filter(Objects::nonNull).forEach(open::add);
            } else if (next instanceof List<?> list) {
                list.stream().filter(Objects::nonNull).forEach(open::add);
            }
        }
        return false;
    }

    private Document read(int number) {
        String document = document(number);
        Object json = json(document);
        return json instanceof Map<?, ?> map
                ? new Document(number, text(map.get("id")), Objects.requireNonNullElse(text(map.get("trace_id")), ""))
                : new Document(number, null, traceIdIn(document));
    }

    /** The trace id in a document that is not JSON, as one that was cut off, or an empty string. */
    private static String traceIdIn(String document) {
        int key = document.indexOf(TRACE_ID);
        int start = key < 0 ? -1 : document.indexOf('"', key + TRACE_ID.length());
        int end = start < 0 ? -1 : document.indexOf('"', start + 1);
        boolean isId = end > start + 1
                && end - start <= TEXT_LENGTH_MAX
                && document.substring(key + TRACE_ID.length(), start).strip().equals(":");
        return isId ? document.substring(start + 1, end) : "";
    }

    private static @Nullable String text(@Nullable Object value) {
        return value instanceof String text && !text.isEmpty() && text.length() <= TEXT_LENGTH_MAX ? text : null;
    }

    private String document(int number) {
        return new String(body.document(number), StandardCharsets.UTF_8);
    }

    private static @Nullable Object json(String document) {
        try {
            return ForeignJson.value(document.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            // Documents need not be JSON; such a one has no id.
            return null;
        }
    }
}
