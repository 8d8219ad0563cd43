package io.github.xrayd.connectors.otlp.convert;

import com.google.protobuf.CodedOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Writes spans as protobuf, by the field numbers of OTLP 1.x.
 *
 * <p>A message within a message is preceded by its size. So everything is walked twice: the first walk notes the size
 * of each message, the second one writes and takes these sizes in the same order. Not thread-safe: the list of sizes is
 * used again.
 */
public final class OtlpEncoder {
    private static final int FIXED64 = 1 + Long.BYTES;
    private static final int FIXED32 = 1 + Integer.BYTES;
    private static final int TRACE_ID = 2 + 2 * Long.BYTES;
    private static final int SPAN_ID = 2 + Long.BYTES;

    private int[] sizes = new int[256];
    private int sizeCount;
    private int sizeIndex;

    /** One {@code ExportTraceServiceRequest} of these spans. */
    public byte[] request(List<ResourceSpans> all) {
        sizeCount = 0;
        sizeIndex = 0;
        int total = 0;
        for (ResourceSpans spans : all) {
            total += message(1, resourceSpansSize(spans));
        }
        byte[] bytes = new byte[total];
        CodedOutputStream out = CodedOutputStream.newInstance(bytes);
        try {
            for (ResourceSpans spans : all) {
                startMessage(out, 1);
                writeResourceSpans(out, spans);
            }
            out.checkNoSpaceLeft();
        } catch (IOException e) {
            // There is no I/O; and a walk that writes other sizes than it computed is an error of ours.
            throw new UncheckedIOException(e);
        }
        return bytes;
    }

    /** The bytes of one span, without what precedes it in a request. */
    int spanLength(Span span) {
        sizeCount = 0;
        return spanSize(span);
    }

    private int slot() {
        if (sizeCount == sizes.length) {
            sizes = Arrays.copyOf(sizes, sizeCount * 2);
        }
        return sizeCount++;
    }

    /** Notes the size of a message at its slot, and returns it. */
    private int note(int slot, int size) {
        sizes[slot] = size;
        return size;
    }

    /**
     * The size of a field that is a message; all fields of OTLP have one byte of tag up to 15, and two for the span's
     * flags.
     */
    private static int message(int field, int size) {
        return CodedOutputStream.computeTagSize(field) + CodedOutputStream.computeUInt32SizeNoTag(size) + size;
    }

    private void startMessage(CodedOutputStream out, int field) throws IOException {
        out.writeTag(field, 2);
        out.writeUInt32NoTag(sizes[sizeIndex++]);
    }

    private int resourceSpansSize(ResourceSpans spans) {
        int slot = slot();
        int resourceSlot = slot();
        int size = message(1, note(resourceSlot, attributesSize(1, spans.resource)));
        int scopeSpansSlot = slot();
        int scopeSlot = slot();
        int scopeSize = textSize(1, spans.scopeName) + textSize(2, spans.scopeVersion) + attributesSize(3, spans.scope);
        int scopeSpansSize = message(1, note(scopeSlot, scopeSize));
        for (Span span : spans.spans) {
            scopeSpansSize += message(2, spanSize(span));
        }
        size += message(2, note(scopeSpansSlot, scopeSpansSize));
        return note(slot, size);
    }

    private void writeResourceSpans(CodedOutputStream out, ResourceSpans spans) throws IOException {
        startMessage(out, 1);
        writeAttributes(out, 1, spans.resource);
        startMessage(out, 2);
        startMessage(out, 1);
        writeText(out, 1, spans.scopeName);
        writeText(out, 2, spans.scopeVersion);
        writeAttributes(out, 3, spans.scope);
        for (Span span : spans.spans) {
            startMessage(out, 2);
            writeSpan(out, span);
        }
    }

    private int spanSize(Span span) {
        int slot = slot();
        int size = TRACE_ID
                + SPAN_ID
                + textSize(3, span.traceState)
                + (span.parentId == 0 ? 0 : SPAN_ID)
                + textSize(5, span.name)
                + numberSize(6, span.kind)
                + timeSize(span.startNs)
                + timeSize(span.endNs)
                + attributesSize(9, span.attributes)
                + numberSize(10, span.droppedAttributes);
        for (Span.Event event : span.events) {
            int eventSlot = slot();
            int eventSize = timeSize(event.timeNs())
                    + textSize(2, event.name())
                    + attributesSize(3, event.attributes())
                    + numberSize(4, event.dropped());
            size += message(11, note(eventSlot, eventSize));
        }
        size += numberSize(12, span.droppedEvents);
        for (Span.Link link : span.links) {
            int linkSlot = slot();
            int linkSize = TRACE_ID
                    + SPAN_ID
                    + textSize(3, link.traceState())
                    + attributesSize(4, link.attributes())
                    + numberSize(5, link.dropped())
                    + (link.flags() == 0 ? 0 : FIXED32);
            size += message(13, note(linkSlot, linkSize));
        }
        size += numberSize(14, span.droppedLinks);
        if (hasStatus(span)) {
            int statusSlot = slot();
            size += message(15, note(statusSlot, textSize(2, span.statusMessage) + numberSize(3, span.status)));
        }
        size += span.flags == 0 ? 0 : 1 + FIXED32;
        return note(slot, size);
    }

    private static boolean hasStatus(Span span) {
        return span.status != Span.STATUS_UNSET || !span.statusMessage.isEmpty();
    }

    private void writeSpan(CodedOutputStream out, Span span) throws IOException {
        writeTraceId(out, span.traceIdHigh, span.traceIdLow);
        writeSpanId(out, 2, span.id);
        writeText(out, 3, span.traceState);
        if (span.parentId != 0) {
            writeSpanId(out, 4, span.parentId);
        }
        writeText(out, 5, span.name);
        writeNumber(out, 6, span.kind);
        writeTime(out, 7, span.startNs);
        writeTime(out, 8, span.endNs);
        writeAttributes(out, 9, span.attributes);
        writeNumber(out, 10, span.droppedAttributes);
        for (Span.Event event : span.events) {
            startMessage(out, 11);
            writeTime(out, 1, event.timeNs());
            writeText(out, 2, event.name());
            writeAttributes(out, 3, event.attributes());
            writeNumber(out, 4, event.dropped());
        }
        writeNumber(out, 12, span.droppedEvents);
        for (Span.Link link : span.links) {
            startMessage(out, 13);
            writeTraceId(out, link.traceIdHigh(), link.traceIdLow());
            writeSpanId(out, 2, link.spanId());
            writeText(out, 3, link.traceState());
            writeAttributes(out, 4, link.attributes());
            writeNumber(out, 5, link.dropped());
            if (link.flags() != 0) {
                out.writeFixed32(6, link.flags());
            }
        }
        writeNumber(out, 14, span.droppedLinks);
        if (hasStatus(span)) {
            startMessage(out, 15);
            writeText(out, 2, span.statusMessage);
            writeNumber(out, 3, span.status);
        }
        if (span.flags != 0) {
            out.writeFixed32(16, span.flags);
        }
    }

    private static void writeTraceId(CodedOutputStream out, long high, long low) throws IOException {
        out.writeTag(1, 2);
        out.writeUInt32NoTag(2 * Long.BYTES);
        out.writeFixed64NoTag(Long.reverseBytes(high));
        out.writeFixed64NoTag(Long.reverseBytes(low));
    }

    private static void writeSpanId(CodedOutputStream out, int field, long id) throws IOException {
        out.writeTag(field, 2);
        out.writeUInt32NoTag(Long.BYTES);
        out.writeFixed64NoTag(Long.reverseBytes(id));
    }

    private static int timeSize(long ns) {
        return ns == 0 ? 0 : FIXED64;
    }

    private static void writeTime(CodedOutputStream out, int field, long ns) throws IOException {
        if (ns != 0) {
            out.writeFixed64(field, ns);
        }
    }

    private static int textSize(int field, String text) {
        return text.isEmpty() ? 0 : CodedOutputStream.computeStringSize(field, text);
    }

    private static void writeText(CodedOutputStream out, int field, String text) throws IOException {
        if (!text.isEmpty()) {
            out.writeString(field, text);
        }
    }

    private static int numberSize(int field, int value) {
        return value == 0 ? 0 : CodedOutputStream.computeUInt32Size(field, value);
    }

    private static void writeNumber(CodedOutputStream out, int field, int value) throws IOException {
        if (value != 0) {
            out.writeUInt32(field, value);
        }
    }

    private int attributesSize(int field, Attributes attributes) {
        int size = 0;
        for (int i = 0; i < attributes.size(); i++) {
            int slot = slot();
            int valueSlot = slot();
            int keyValueSize = CodedOutputStream.computeStringSize(1, attributes.key(i))
                    + message(2, note(valueSlot, valueSize(attributes.value(i))));
            size += message(field, note(slot, keyValueSize));
        }
        return size;
    }

    private void writeAttributes(CodedOutputStream out, int field, Attributes attributes) throws IOException {
        for (int i = 0; i < attributes.size(); i++) {
            startMessage(out, field);
            out.writeString(1, attributes.key(i));
            startMessage(out, 2);
            writeValue(out, attributes.value(i));
        }
    }

    private int valueSize(@Nullable Object value) {
        if (value instanceof String text) {
            return CodedOutputStream.computeStringSize(1, text);
        } else if (value instanceof Boolean) {
            return 2;
        } else if (value instanceof Long number) {
            return CodedOutputStream.computeInt64Size(3, number);
        } else if (value instanceof Double) {
            return FIXED64;
        } else if (value instanceof byte[] bytes) {
            return CodedOutputStream.computeByteArraySize(7, bytes);
        } else if (value instanceof List<?> elements) {
            int slot = slot();
            int size = 0;
            for (Object element : elements) {
                int elementSlot = slot();
                size += message(1, note(elementSlot, valueSize(element)));
            }
            return message(5, note(slot, size));
        } else if (value instanceof Attributes attributes) {
            int slot = slot();
            return message(6, note(slot, attributesSize(1, attributes)));
        }
        return 0;
    }

    private void writeValue(CodedOutputStream out, @Nullable Object value) throws IOException {
        if (value instanceof String text) {
            out.writeString(1, text);
        } else if (value instanceof Boolean bool) {
            out.writeBool(2, bool);
        } else if (value instanceof Long number) {
            out.writeInt64(3, number);
        } else if (value instanceof Double number) {
            out.writeDouble(4, number);
        } else if (value instanceof byte[] bytes) {
            out.writeByteArray(7, bytes);
        } else if (value instanceof List<?> elements) {
            startMessage(out, 5);
            for (Object element : elements) {
                startMessage(out, 1);
                writeValue(out, element);
            }
        } else if (value instanceof Attributes attributes) {
            startMessage(out, 6);
            writeAttributes(out, 1, attributes);
        }
    }
}
