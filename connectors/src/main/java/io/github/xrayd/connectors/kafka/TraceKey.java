package io.github.xrayd.connectors.kafka;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.WireFormat;
import io.github.xrayd.connectors.otlp.convert.OtlpDecoder.UnreadableException;
import io.github.xrayd.connectors.otlp.convert.OtlpDocuments;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The key of a document's record: its trace id as 32 lower-case hex digits, so that a trace's documents stand in one
 * partition in their order.
 *
 * <p>Looks for the first {@code trace_id} of the document itself, not for one within a subsegment, metadata or a
 * string. An array of subsegments has the key of its first one; OpenTelemetry's own encoding ({@code T1S}) that of its
 * first span. Never throws for what a document holds.
 */
final class TraceKey {
    private static final byte[] NAME = "trace_id".getBytes(StandardCharsets.US_ASCII);
    private static final String SPANS = "T1S";
    private static final int LENGTH = 32;
    /** {@code 1-5759e988-bd862e3fe1be46a994272793}: X-Ray developer guide, "Tracing header". */
    private static final int XRAY_LENGTH = 35;

    private static final int XRAY_SECOND_DASH = 10;
    private static final int SPANS_FIELDS = 2;

    private TraceKey() {}

    /** The key, or null when the document has no trace id that is one: its record then goes to any partition. */
    static byte @Nullable [] of(byte[] document) {
        if (startsWith(document, SPANS)) {
            return ofSpans(document);
        }
        int start = skipBlanks(document, 0);
        int level = start < document.length && document[start] == '[' ? 2 : 1;
        int depth = 0;
        for (int i = start; i < document.length; i++) {
            switch (document[i]) {
                case '{', '[' -> depth++;
                case '}', ']' -> depth--;
                case '"' -> {
                    int end = stringEnd(document, i);
                    if (depth == level && isName(document, i, end)) {
                        int colon = skipBlanks(document, end + 1);
                        if (colon < document.length && document[colon] == ':') {
                            return ofText(document, skipBlanks(document, colon + 1));
                        }
                    }
                    i = end;
                }
                default -> {}
            }
        }
        return null;
    }

    private static boolean startsWith(byte[] document, String prefix) {
        return document.length > prefix.length()
                && document[0] == prefix.charAt(0)
                && document[1] == prefix.charAt(1)
                && document[2] == prefix.charAt(2);
    }

    private static int skipBlanks(byte[] document, int from) {
        int i = from;
        while (i < document.length && (document[i] == ' ' || (document[i] >= '\t' && document[i] <= '\r'))) {
            i++;
        }
        return i;
    }

    /** Where the quote stands that ends the string which begins at {@code quote}, or the document's end. */
    private static int stringEnd(byte[] document, int quote) {
        int i = quote + 1;
        while (i < document.length && document[i] != '"') {
            i += document[i] == '\\' ? 2 : 1;
        }
        return Math.min(i, document.length);
    }

    private static boolean isName(byte[] document, int quote, int end) {
        if (end - quote - 1 != NAME.length) {
            return false;
        }
        for (int i = 0; i < NAME.length; i++) {
            if (document[quote + 1 + i] != NAME[i]) {
                return false;
            }
        }
        return true;
    }

    private static byte @Nullable [] ofText(byte[] document, int quote) {
        int length = quote < document.length ? stringEnd(document, quote) - quote - 1 : 0;
        if (length == 0 || document[quote] != '"') {
            return null;
        }
        byte[] key = new byte[LENGTH];
        int count = 0;
        for (int i = 0; i < length; i++) {
            byte b = document[quote + 1 + i];
            if (length == XRAY_LENGTH && (i == 0 || i == 1 || i == XRAY_SECOND_DASH)) {
                if (b != (i == 0 ? '1' : '-')) {
                    return null;
                }
                continue;
            }
            int digit = Character.digit(b, 16);
            if (digit < 0 || count == LENGTH) {
                return null;
            }
            key[count++] = (byte) Character.forDigit(digit, 16);
        }
        return count == LENGTH ? key : null;
    }

    private static byte @Nullable [] ofSpans(byte[] document) {
        try {
            CodedInputStream in = CodedInputStream.newInstance(OtlpDocuments.decode(document, document.length));
            // ExportTraceServiceRequest.resource_spans 1 → scope_spans 2 → spans 2 → trace_id 1.
            if (!enter(in, 1)) {
                return null;
            }
            for (int i = 0; i < SPANS_FIELDS; i++) {
                if (!enter(in, 2)) {
                    return null;
                }
            }
            return find(in, 1) ? hex(in.readByteArray()) : null;
        } catch (IOException | UnreadableException e) {
            return null;
        }
    }

    /** Goes into the first field of that number, a message; false when there is none. */
    private static boolean enter(CodedInputStream in, int number) throws IOException {
        if (!find(in, number)) {
            return false;
        }
        int unusedOuterLimit = in.pushLimit(in.readRawVarint32());
        return true;
    }

    private static boolean find(CodedInputStream in, int number) throws IOException {
        int tag;
        while ((tag = in.readTag()) != 0) {
            if (WireFormat.getTagFieldNumber(tag) == number
                    && WireFormat.getTagWireType(tag) == WireFormat.WIRETYPE_LENGTH_DELIMITED) {
                return true;
            }
            in.skipField(tag);
        }
        return false;
    }

    private static byte @Nullable [] hex(byte[] id) {
        if (id.length != LENGTH / 2) {
            return null;
        }
        byte[] key = new byte[LENGTH];
        for (int i = 0; i < id.length; i++) {
            key[2 * i] = (byte) Character.forDigit((id[i] >> 4) & 0xF, 16);
            key[2 * i + 1] = (byte) Character.forDigit(id[i] & 0xF, 16);
        }
        return key;
    }
}
