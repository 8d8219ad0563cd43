package io.github.xrayd.connectors.otlp.convert;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.WireFormat;
import io.github.xrayd.connectors.otlp.convert.OtlpDecoder.UnreadableException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Cuts an {@code ExportTraceServiceRequest} into the documents in which X-Ray takes spans: one for each
 * {@code ResourceSpans}, or several when it is too long, each with its resource and scopes.
 *
 * <p>What is cut is bytes: every field of a span, a scope and a resource stays as it was sent, those that this code
 * does not know included. Each span is read once, to see that it can be. Each document has its resource, so a long one
 * with many short spans makes much more than came: memory is bounded by {@code bytesMax} and the request. Not
 * thread-safe.
 */
public final class RequestSplitter {
    /** What a message of this size adds around itself: its tag and its length. */
    private static final int FRAME_LENGTH_MAX = 6;

    private static final int RESOURCE_SPANS = 1;
    private static final int SCOPE_SPANS = 2;
    private static final int SPANS = 2;

    private final long bytesMax;
    private int invalidSpans;
    private int invalidBytes;
    private int longSpans;
    private int longBytes;
    private long documentBytes;

    /** The documents of one request are more bytes than may be; nothing of it is usable then. */
    public static final class TooMuchException extends Exception {
        private static final long serialVersionUID = 1L;

        TooMuchException(long bytesMax) {
            super(
                    "The documents of this request, each with its resource, are longer than " + bytesMax
                            + " bytes. Send fewer spans at once, or a shorter resource.",
                    null,
                    false,
                    false);
        }
    }

    /** @param bytesMax the most bytes of all documents of one request */
    public RequestSplitter(long bytesMax) {
        this.bytesMax = bytesMax;
    }

    /** How many spans the last request had without a usable trace id and span id; they are left out. */
    public int invalidSpans() {
        return invalidSpans;
    }

    /** The bytes of those. */
    public int invalidBytes() {
        return invalidBytes;
    }

    /** How many spans the last request had that are too long for a document; they are left out. */
    public int longSpans() {
        return longSpans;
    }

    /** The bytes of those. */
    public int longBytes() {
        return longBytes;
    }

    /** A part of the request, from its tag to its end. */
    private record Slice(int start, int end) {
        int length() {
            return end - start;
        }
    }

    /** A scope's own fields, and its spans. */
    // Never compared.
    @SuppressWarnings("ArrayRecordComponent")
    private record Scope(byte[] fields, List<Slice> spans) {}

    /**
     * The documents, in the order of the spans.
     *
     * @param request the request's bytes
     * @param lengthMax bytes of a document, {@link OtlpDocuments#LENGTH_MAX} for X-Ray
     * @throws UnreadableException when it is not one, or attributes are nested too deeply; nothing of it is usable then
     * @throws TooMuchException when its documents are too many bytes
     */
    public List<byte[]> documents(byte[] request, int lengthMax) throws UnreadableException, TooMuchException {
        invalidSpans = 0;
        invalidBytes = 0;
        longSpans = 0;
        longBytes = 0;
        documentBytes = 0;
        List<byte[]> documents = new ArrayList<>();
        CodedInputStream in = CodedInputStream.newInstance(request);
        try {
            for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
                if (tag == message(RESOURCE_SPANS)) {
                    int limit = in.pushLimit(in.readRawVarint32());
                    resourceSpans(request, in, OtlpDocuments.requestMax(lengthMax), documents);
                    in.checkLastTagWas(0);
                    in.popLimit(limit);
                } else {
                    in.skipField(tag);
                }
            }
        } catch (IOException e) {
            // Bad input is a verdict.
            throw new UnreadableException(String.valueOf(e.getMessage()));
        }
        return documents;
    }

    private static int message(int field) {
        return field << 3 | WireFormat.WIRETYPE_LENGTH_DELIMITED;
    }

    private void resourceSpans(byte[] request, CodedInputStream in, int requestMax, List<byte[]> documents)
            throws IOException, TooMuchException {
        int refusedBefore = invalidSpans + longSpans;
        int start = in.getTotalBytesRead();
        ByteArrayOutputStream fields = new ByteArrayOutputStream();
        List<Scope> scopes = new ArrayList<>();
        int spanCount = 0;
        int fieldStart = start;
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            if (tag == message(SCOPE_SPANS)) {
                int limit = in.pushLimit(in.readRawVarint32());
                Scope scope = scope(request, in);
                in.checkLastTagWas(0);
                in.popLimit(limit);
                spanCount += scope.spans().size();
                scopes.add(scope);
            } else {
                OtlpDecoder.checkResourceField(in, tag);
                fields.write(request, fieldStart, in.getTotalBytesRead() - fieldStart);
            }
            fieldStart = in.getTotalBytesRead();
        }
        if (spanCount == 0) {
            return;
        }
        int length = in.getTotalBytesRead() - start;
        if (invalidSpans + longSpans == refusedBefore && length + FRAME_LENGTH_MAX <= requestMax) {
            ByteArrayOutputStream whole = new ByteArrayOutputStream(length + FRAME_LENGTH_MAX);
            head(whole, RESOURCE_SPANS, length);
            whole.write(request, start, length);
            add(OtlpDocuments.sampled(whole.toByteArray()), documents);
        } else {
            split(request, fields.toByteArray(), scopes, requestMax, documents);
        }
    }

    private Scope scope(byte[] request, CodedInputStream in) throws IOException {
        ByteArrayOutputStream fields = new ByteArrayOutputStream();
        List<Slice> spans = new ArrayList<>();
        int fieldStart = in.getTotalBytesRead();
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            if (tag == message(SPANS)) {
                int limit = in.pushLimit(in.readRawVarint32());
                boolean isValid = OtlpDecoder.span(in) != null;
                in.checkLastTagWas(0);
                in.popLimit(limit);
                Slice slice = new Slice(fieldStart, in.getTotalBytesRead());
                if (isValid) {
                    spans.add(slice);
                } else {
                    invalidSpans++;
                    invalidBytes += slice.length();
                }
            } else {
                OtlpDecoder.checkScopeField(in, tag);
                fields.write(request, fieldStart, in.getTotalBytesRead() - fieldStart);
            }
            fieldStart = in.getTotalBytesRead();
        }
        return new Scope(fields.toByteArray(), spans);
    }

    private void add(byte[] document, List<byte[]> documents) throws TooMuchException {
        documentBytes += document.length;
        if (documentBytes > bytesMax) {
            throw new TooMuchException(bytesMax);
        }
        documents.add(document);
    }

    private void split(byte[] request, byte[] fields, List<Scope> scopes, int requestMax, List<byte[]> documents)
            throws TooMuchException {
        List<Scope> part = new ArrayList<>();
        int length = FRAME_LENGTH_MAX + fields.length;
        for (Scope scope : scopes) {
            int scopeLength = FRAME_LENGTH_MAX + scope.fields().length;
            List<Slice> taken = new ArrayList<>();
            for (Slice span : scope.spans()) {
                int alone = FRAME_LENGTH_MAX + fields.length + scopeLength + span.length();
                if (alone > requestMax) {
                    longSpans++;
                    longBytes += span.length();
                    continue;
                }
                int more = span.length() + (taken.isEmpty() ? scopeLength : 0);
                if (length + more > requestMax) {
                    add(document(request, fields, part), documents);
                    part = new ArrayList<>();
                    taken = new ArrayList<>();
                    length = FRAME_LENGTH_MAX + fields.length;
                    more = span.length() + scopeLength;
                }
                if (taken.isEmpty()) {
                    part.add(new Scope(scope.fields(), taken));
                }
                taken.add(span);
                length += more;
            }
        }
        if (!part.isEmpty()) {
            add(document(request, fields, part), documents);
        }
    }

    private static byte[] document(byte[] request, byte[] fields, List<Scope> scopes) {
        ByteArrayOutputStream inner = new ByteArrayOutputStream();
        inner.writeBytes(fields);
        for (Scope scope : scopes) {
            int length = scope.fields().length
                    + scope.spans().stream().mapToInt(Slice::length).sum();
            head(inner, SCOPE_SPANS, length);
            inner.writeBytes(scope.fields());
            scope.spans().forEach(span -> inner.write(request, span.start(), span.length()));
        }
        ByteArrayOutputStream whole = new ByteArrayOutputStream(inner.size() + FRAME_LENGTH_MAX);
        head(whole, RESOURCE_SPANS, inner.size());
        whole.writeBytes(inner.toByteArray());
        return OtlpDocuments.sampled(whole.toByteArray());
    }

    /** The tag and the length of a message. */
    private static void head(ByteArrayOutputStream target, int field, int length) {
        byte[] head = new byte[FRAME_LENGTH_MAX];
        CodedOutputStream out = CodedOutputStream.newInstance(head);
        try {
            out.writeTag(field, WireFormat.WIRETYPE_LENGTH_DELIMITED);
            out.writeUInt32NoTag(length);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        target.write(head, 0, out.getTotalBytesWritten());
    }
}
