package io.github.xrayd.engine.upload;

import io.github.xrayd.engine.batch.Batch;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Finds documents of a sealed batch by what is written in them, for answers that name documents by id. */
final class DocumentIds {
    private static final Pattern TRACE_ID =
            Pattern.compile("\\\\\"trace_id\\\\\"\\s*:\\s*\\\\\"([0-9A-Za-z-]{1,64})\\\\\"");

    private DocumentIds() {}

    /**
     * The first of {@code documents} whose text has {@code "id": "<id>"}, or -1.
     *
     * @param documents a mask of the batch's documents to look at
     */
    static int indexOf(Batch batch, long documents, String id) {
        Pattern pattern = Pattern.compile("\\\\\"id\\\\\"\\s*:\\s*\\\\\"" + Pattern.quote(id) + "\\\\\"");
        for (int i = 0; i < batch.documentCount(); i++) {
            if ((documents & (1L << i)) != 0 && pattern.matcher(text(batch, i)).find()) {
                return i;
            }
        }
        return -1;
    }

    /** The trace id of a document, or an empty string. */
    static String traceId(Batch batch, int index) {
        Matcher matcher = TRACE_ID.matcher(text(batch, index));
        return matcher.find() ? matcher.group(1) : "";
    }

    private static String text(Batch batch, int index) {
        byte[] bytes = new byte[batch.documentLength(index)];
        batch.buffer().getBytes(batch.documentOffset(index), bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
