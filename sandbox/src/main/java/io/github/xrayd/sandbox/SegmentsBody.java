package io.github.xrayd.sandbox;

import com.dslplatform.json.JsonReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads the body of PutTraceSegments as a stream: where each document starts, and, when asked, its decoded text. Owned
 * by one thread.
 *
 * <p>When documents are decoded the body must be strict JSON: valid UTF-8 and no raw control characters within a
 * document.
 */
final class SegmentsBody {
    /** The most documents in one request, as the service says. */
    static final int DOCUMENTS_MAX = 50;

    private static final int BODY_PREVIEW_CHARS = 8 << 10;

    private final JsonReader<Object> reader = Json.newReader();
    private final CharsetDecoder utf8 = StandardCharsets.UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPORT)
            .onUnmappableCharacter(CodingErrorAction.REPORT);
    private final CharBuffer scratch = CharBuffer.allocate(BODY_PREVIEW_CHARS);
    private final int[] starts = new int[DOCUMENTS_MAX];
    private final List<String> documents = new ArrayList<>(DOCUMENTS_MAX);
    private int count;

    /** Reads the first {@code length} bytes; what was read before is forgotten. */
    void read(byte[] body, int length, boolean isDecode) throws ApiException {
        count = 0;
        documents.clear();
        if (isDecode) {
            requireUtf8(body, length);
        }
        boolean hasList = false;
        try {
            reader.process(body, length);
            if (reader.getNextToken() != '{') {
                throw malformed("Expected a JSON object");
            }
            byte next = reader.getNextToken();
            while (next != '}') {
                String key = reader.readKey();
                if (key.equals("TraceSegmentDocuments") && reader.last() != 'n') {
                    hasList = true;
                    readList(body, isDecode);
                    next = reader.getNextToken();
                } else {
                    next = reader.skip();
                }
                if (next == ',') {
                    next = reader.getNextToken();
                } else if (next != '}') {
                    throw malformed("Expected , or } after a member");
                }
            }
        } catch (IOException e) {
            throw malformed(String.valueOf(e.getMessage()));
        } catch (StackOverflowError e) {
            // dsl-json skips unknown members recursively.
            throw malformed("Nested too deeply");
        } catch (RuntimeException e) {
            // dsl-json runs over the end of its buffer when the body ends too early.
            throw malformed("The body ends too early");
        }
        if (!hasList) {
            throw ApiException.invalidRequest("TraceSegmentDocuments is missing");
        }
    }

    private void readList(byte[] body, boolean isDecode) throws IOException, ApiException {
        if (reader.last() != '[') {
            throw malformed("TraceSegmentDocuments is not a list");
        }
        byte next = reader.getNextToken();
        while (next != ']') {
            if (next != '"') {
                throw malformed("A document is not a string");
            }
            if (count == DOCUMENTS_MAX) {
                throw ApiException.invalidRequest("Exceeding maximum segment count: " + DOCUMENTS_MAX);
            }
            int start = reader.getCurrentIndex();
            starts[count++] = start;
            if (isDecode) {
                documents.add(reader.readString());
                requireNoControl(body, start, reader.getCurrentIndex());
                next = reader.getNextToken();
            } else {
                next = reader.skip();
            }
            if (next == ',') {
                next = reader.getNextToken();
                if (next == ']') {
                    throw malformed("A comma before ]");
                }
            } else if (next != ']') {
                throw malformed("Expected , or ] after a document");
            }
        }
    }

    private void requireUtf8(byte[] body, int length) throws ApiException {
        utf8.reset();
        ByteBuffer in = ByteBuffer.wrap(body, 0, length);
        while (true) {
            scratch.clear();
            var result = utf8.decode(in, scratch, true);
            if (result.isError()) {
                throw malformed("Invalid UTF-8 at byte " + in.position());
            }
            if (result.isUnderflow()) {
                return;
            }
        }
    }

    private static void requireNoControl(byte[] body, int start, int end) throws ApiException {
        for (int i = start; i < end; i++) {
            if (body[i] >= 0 && body[i] < ' ') {
                throw malformed("Unescaped control character 0x" + Integer.toHexString(body[i]) + " at byte " + i);
            }
        }
    }

    private static ApiException malformed(String words) {
        return new ApiException(400, "SerializationException", words);
    }

    /** Documents in the body. */
    int count() {
        return count;
    }

    /** Where the escaped text of a document starts, after its quote. */
    int startOf(int index) {
        return starts[index];
    }

    /** The decoded documents, valid until the next {@link #read}; empty when not asked for. */
    List<String> documents() {
        return documents;
    }
}
