package io.github.xrayd.connectors.otlp.convert;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.WireFormat;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads {@code ExportTraceServiceRequest} messages. Unknown fields are passed over. A span without usable ids is
 * refused alone and counted. Not thread-safe.
 */
public final class OtlpDecoder {
    /** Lists and objects within each other in one attribute; what is deeper makes the request unreadable. */
    static final int DEPTH_MAX = 100;

    private static final int TRACE_ID_LENGTH = 16;
    private int refusedSpans;

    /** Why a request cannot be read. */
    public static final class UnreadableException extends Exception {
        UnreadableException(String message) {
            super(message, null, false, false);
        }
    }

    /** How many spans the last request had whose ids were missing, zero or of the wrong length. */
    public int refusedSpans() {
        return refusedSpans;
    }

    /** Reads one request. */
    public List<ResourceSpans> request(byte[] bytes) throws UnreadableException {
        return request(CodedInputStream.newInstance(bytes));
    }

    private List<ResourceSpans> request(CodedInputStream in) throws UnreadableException {
        refusedSpans = 0;
        List<ResourceSpans> all = new ArrayList<>();
        try {
            for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
                if (isMessage(tag, 1)) {
                    int end = start(in);
                    resourceSpans(in, all);
                    end(in, end);
                } else {
                    in.skipField(tag);
                }
            }
        } catch (IOException e) {
            // Bad input is a verdict.
            throw new UnreadableException(String.valueOf(e.getMessage()));
        }
        return all;
    }

    private static boolean isMessage(int tag, int field) {
        return tag == (field << 3 | WireFormat.WIRETYPE_LENGTH_DELIMITED);
    }

    private static int start(CodedInputStream in) throws IOException {
        return in.pushLimit(in.readRawVarint32());
    }

    private static void end(CodedInputStream in, int limit) throws IOException {
        in.checkLastTagWas(0);
        in.popLimit(limit);
    }

    private void resourceSpans(CodedInputStream in, List<ResourceSpans> all) throws IOException {
        Attributes resource = new Attributes();
        List<ResourceSpans> scopes = new ArrayList<>(1);
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            if (isMessage(tag, 1)) {
                int end = start(in);
                for (int inner = in.readTag(); inner != 0; inner = in.readTag()) {
                    attributeOrSkip(in, inner, 1, resource);
                }
                end(in, end);
            } else if (isMessage(tag, 2)) {
                int end = start(in);
                // The resource is one object, which may be read after its spans.
                scopes.add(scopeSpans(in, resource));
                end(in, end);
            } else {
                in.skipField(tag);
            }
        }
        all.addAll(scopes);
    }

    private static void attributeOrSkip(CodedInputStream in, int tag, int field, Attributes target) throws IOException {
        if (isMessage(tag, field)) {
            attribute(in, target, 0);
        } else {
            in.skipField(tag);
        }
    }

    private ResourceSpans scopeSpans(CodedInputStream in, Attributes resource) throws IOException {
        String name = "";
        String version = "";
        Attributes scope = new Attributes();
        List<Span> spans = new ArrayList<>();
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            if (isMessage(tag, 1)) {
                int end = start(in);
                for (int inner = in.readTag(); inner != 0; inner = in.readTag()) {
                    if (isMessage(inner, 1)) {
                        name = in.readString();
                    } else if (isMessage(inner, 2)) {
                        version = in.readString();
                    } else {
                        attributeOrSkip(in, inner, 3, scope);
                    }
                }
                end(in, end);
            } else if (isMessage(tag, 2)) {
                int end = start(in);
                Span span = span(in);
                end(in, end);
                if (span == null) {
                    refusedSpans++;
                } else {
                    spans.add(span);
                }
            } else {
                in.skipField(tag);
            }
        }
        ResourceSpans result = new ResourceSpans(resource, name, version, scope);
        result.spans.addAll(spans);
        return result;
    }

    /** Reads a field of a resource's spans besides its scopes, to see that it can be read. */
    static void checkResourceField(CodedInputStream in, int tag) throws IOException {
        checkAttributes(in, tag, 1, 1);
    }

    /** Reads a field of a scope's spans besides the spans, to see that it can be read. */
    static void checkScopeField(CodedInputStream in, int tag) throws IOException {
        checkAttributes(in, tag, 1, 3);
    }

    private static void checkAttributes(CodedInputStream in, int tag, int messageField, int attributesField)
            throws IOException {
        if (!isMessage(tag, messageField)) {
            in.skipField(tag);
            return;
        }
        int end = start(in);
        for (int inner = in.readTag(); inner != 0; inner = in.readTag()) {
            attributeOrSkip(in, inner, attributesField, new Attributes());
        }
        end(in, end);
    }

    /** A span, or null when it has no usable ids. */
    static @Nullable Span span(CodedInputStream in) throws IOException {
        Span span = new Span();
        span.flags = 0;
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            if (WireFormat.getTagWireType(tag) == WireFormat.WIRETYPE_LENGTH_DELIMITED) {
                lengthDelimited(in, tag, span);
            } else {
                number(in, tag, span);
            }
        }
        return (span.traceIdHigh | span.traceIdLow) == 0 || span.id == 0 ? null : span;
    }

    private static void lengthDelimited(CodedInputStream in, int tag, Span span) throws IOException {
        switch (WireFormat.getTagFieldNumber(tag)) {
            case 1 -> {
                byte[] id = in.readByteArray();
                span.traceIdHigh = id.length == TRACE_ID_LENGTH ? bigEndian(id, 0) : 0;
                span.traceIdLow = id.length == TRACE_ID_LENGTH ? bigEndian(id, Long.BYTES) : 0;
            }
            case 2 -> span.id = spanId(in.readByteArray());
            case 3 -> span.traceState = in.readString();
            case 4 -> span.parentId = spanId(in.readByteArray());
            case 5 -> span.name = in.readString();
            case 9 -> attribute(in, span.attributes, 0);
            case 11 -> {
                int end = start(in);
                span.addEvent(event(in));
                end(in, end);
            }
            case 13 -> {
                int end = start(in);
                span.addLink(link(in));
                end(in, end);
            }
            case 15 -> {
                int end = start(in);
                status(in, span);
                end(in, end);
            }
            default -> in.skipField(tag);
        }
    }

    private static void number(CodedInputStream in, int tag, Span span) throws IOException {
        switch (tag) {
            case 6 << 3 -> span.kind = in.readEnum();
            case 7 << 3 | WireFormat.WIRETYPE_FIXED64 -> span.startNs = in.readFixed64();
            case 8 << 3 | WireFormat.WIRETYPE_FIXED64 -> span.endNs = in.readFixed64();
            case 10 << 3 -> span.droppedAttributes = in.readUInt32();
            case 12 << 3 -> span.droppedEvents = in.readUInt32();
            case 14 << 3 -> span.droppedLinks = in.readUInt32();
            case 16 << 3 | WireFormat.WIRETYPE_FIXED32 -> span.flags = in.readFixed32();
            default -> in.skipField(tag);
        }
    }

    private static long spanId(byte[] id) {
        return id.length == Long.BYTES ? bigEndian(id, 0) : 0;
    }

    private static long bigEndian(byte[] bytes, int offset) {
        long value = 0;
        for (int i = 0; i < Long.BYTES; i++) {
            value = value << 8 | (bytes[offset + i] & 0xff);
        }
        return value;
    }

    private static Span.Event event(CodedInputStream in) throws IOException {
        long timeNs = 0;
        String name = "";
        Attributes attributes = new Attributes();
        int dropped = 0;
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            switch (tag) {
                case 1 << 3 | WireFormat.WIRETYPE_FIXED64 -> timeNs = in.readFixed64();
                case 2 << 3 | WireFormat.WIRETYPE_LENGTH_DELIMITED -> name = in.readString();
                case 3 << 3 | WireFormat.WIRETYPE_LENGTH_DELIMITED -> attribute(in, attributes, 0);
                case 4 << 3 -> dropped = in.readUInt32();
                default -> in.skipField(tag);
            }
        }
        return new Span.Event(timeNs, name, attributes, dropped);
    }

    private static Span.Link link(CodedInputStream in) throws IOException {
        byte[] traceId = {};
        long spanId = 0;
        String traceState = "";
        Attributes attributes = new Attributes();
        int dropped = 0;
        int flags = 0;
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            switch (tag) {
                case 1 << 3 | WireFormat.WIRETYPE_LENGTH_DELIMITED -> traceId = in.readByteArray();
                case 2 << 3 | WireFormat.WIRETYPE_LENGTH_DELIMITED -> spanId = spanId(in.readByteArray());
                case 3 << 3 | WireFormat.WIRETYPE_LENGTH_DELIMITED -> traceState = in.readString();
                case 4 << 3 | WireFormat.WIRETYPE_LENGTH_DELIMITED -> attribute(in, attributes, 0);
                case 5 << 3 -> dropped = in.readUInt32();
                case 6 << 3 | WireFormat.WIRETYPE_FIXED32 -> flags = in.readFixed32();
                default -> in.skipField(tag);
            }
        }
        boolean hasTraceId = traceId.length == TRACE_ID_LENGTH;
        return new Span.Link(
                hasTraceId ? bigEndian(traceId, 0) : 0,
                hasTraceId ? bigEndian(traceId, Long.BYTES) : 0,
                spanId,
                traceState,
                attributes,
                dropped,
                flags);
    }

    private static void status(CodedInputStream in, Span span) throws IOException {
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            switch (tag) {
                case 2 << 3 | WireFormat.WIRETYPE_LENGTH_DELIMITED -> span.statusMessage = in.readString();
                case 3 << 3 -> span.status = in.readEnum();
                default -> in.skipField(tag);
            }
        }
    }

    private static void attribute(CodedInputStream in, Attributes target, int depth) throws IOException {
        int end = start(in);
        String key = "";
        Object value = null;
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            if (isMessage(tag, 1)) {
                key = in.readString();
            } else if (isMessage(tag, 2)) {
                value = value(in, depth);
            } else {
                in.skipField(tag);
            }
        }
        end(in, end);
        target.add(key, value);
    }

    private static @Nullable Object value(CodedInputStream in, int depth) throws IOException {
        if (depth > DEPTH_MAX) {
            throw new InvalidProtocolBufferException("more than " + DEPTH_MAX + " lists and objects within each other");
        }
        int end = start(in);
        Object value = null;
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            switch (tag) {
                case 1 << 3 | WireFormat.WIRETYPE_LENGTH_DELIMITED -> value = in.readString();
                case 2 << 3 -> value = in.readBool();
                case 3 << 3 -> value = in.readInt64();
                case 4 << 3 | WireFormat.WIRETYPE_FIXED64 -> value = in.readDouble();
                case 5 << 3 | WireFormat.WIRETYPE_LENGTH_DELIMITED -> value = list(in, depth);
                case 6 << 3 | WireFormat.WIRETYPE_LENGTH_DELIMITED -> value = attributes(in, depth);
                case 7 << 3 | WireFormat.WIRETYPE_LENGTH_DELIMITED -> value = in.readByteArray();
                default -> in.skipField(tag);
            }
        }
        end(in, end);
        return value;
    }

    private static List<@Nullable Object> list(CodedInputStream in, int depth) throws IOException {
        int end = start(in);
        List<@Nullable Object> elements = new ArrayList<>();
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            if (isMessage(tag, 1)) {
                elements.add(value(in, depth + 1));
            } else {
                in.skipField(tag);
            }
        }
        end(in, end);
        return elements;
    }

    private static Attributes attributes(CodedInputStream in, int depth) throws IOException {
        int end = start(in);
        Attributes attributes = new Attributes();
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            if (isMessage(tag, 1)) {
                attribute(in, attributes, depth + 1);
            } else {
                in.skipField(tag);
            }
        }
        end(in, end);
        return attributes;
    }
}
