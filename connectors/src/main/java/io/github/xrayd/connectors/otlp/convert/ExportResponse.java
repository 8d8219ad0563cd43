package io.github.xrayd.connectors.otlp.convert;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.WireFormat;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What an endpoint answers to a request that it took, in whole or in part.
 *
 * @param rejectedSpans how many spans it did not take; they must not be sent again
 * @param message why, or a warning when it took all; empty when it said nothing
 */
public record ExportResponse(long rejectedSpans, String message) {
    private static final ExportResponse ALL_TAKEN = new ExportResponse(0, "");
    private static final String REJECTED = "rejectedSpans";
    private static final String MESSAGE = "errorMessage";
    /** Values in one member of an answer, of which real ones have two: no answer may fill the heap. */
    private static final int VALUES_MAX = 1_024;

    /** Reads an {@code ExportTraceServiceResponse}; an empty body means that all was taken. */
    public static ExportResponse ofProtobuf(byte[] body) throws OtlpDecoder.UnreadableException {
        CodedInputStream in = CodedInputStream.newInstance(body);
        ExportResponse response = ALL_TAKEN;
        try {
            for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
                if (tag == (1 << 3 | WireFormat.WIRETYPE_LENGTH_DELIMITED)) {
                    int limit = in.pushLimit(in.readRawVarint32());
                    response = partialSuccess(in);
                    in.checkLastTagWas(0);
                    in.popLimit(limit);
                } else {
                    in.skipField(tag);
                }
            }
        } catch (IOException e) {
            // Bad input is a verdict.
            throw new OtlpDecoder.UnreadableException(String.valueOf(e.getMessage()));
        }
        return response;
    }

    private static ExportResponse partialSuccess(CodedInputStream in) throws IOException {
        long rejected = 0;
        String message = "";
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            switch (tag) {
                case 1 << 3 -> rejected = in.readInt64();
                case 2 << 3 | WireFormat.WIRETYPE_LENGTH_DELIMITED -> message = in.readString();
                default -> in.skipField(tag);
            }
        }
        return new ExportResponse(Math.max(rejected, 0), message);
    }

    /** Reads the same as JSON; an empty body means that all was taken. */
    public static ExportResponse ofJson(byte[] body) throws OtlpDecoder.UnreadableException {
        if (body.length == 0) {
            return ALL_TAKEN;
        }
        JsonTree json = new JsonTree();
        Map<String, @Nullable Object> partial = new LinkedHashMap<>();
        try {
            json.walk(body, body.length, VALUES_MAX, (key, token) -> {
                if (key.equals("partialSuccess")) {
                    json.members(token, (name, first) -> keep(name, json.subtree(first), partial));
                } else {
                    json.subtree(token);
                }
            });
        } catch (JsonTree.JsonException e) {
            throw new OtlpDecoder.UnreadableException(String.valueOf(e.getMessage()));
        }
        return new ExportResponse(
                Math.max(OtlpJson.integer(partial.get(REJECTED)), 0),
                partial.get(MESSAGE) instanceof String text ? text : "");
    }

    private static void keep(String name, @Nullable Object value, Map<String, @Nullable Object> partial) {
        if (name.equals(REJECTED) || name.equals(MESSAGE)) {
            partial.put(name, value);
        }
    }

    /** An {@code ExportTraceServiceResponse}: empty when all was taken. */
    public byte[] toProtobuf() {
        if (rejectedSpans == 0 && message.isEmpty()) {
            return new byte[0];
        }
        byte[] partial = numberAndText(rejectedSpans, message);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        CodedOutputStream out = CodedOutputStream.newInstance(bytes);
        try {
            out.writeByteArray(1, partial);
            out.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    /** The same as JSON. */
    public byte[] toJson() {
        Map<String, @Nullable Object> response =
                rejectedSpans == 0 && message.isEmpty() ? Map.of() : Map.of("partialSuccess", partialJson());
        return JsonTree.write(response).getBytes(StandardCharsets.UTF_8);
    }

    private Map<String, @Nullable Object> partialJson() {
        Map<String, @Nullable Object> partial = new LinkedHashMap<>();
        partial.put(REJECTED, Long.toString(rejectedSpans));
        partial.put(MESSAGE, message);
        return partial;
    }

    /**
     * The body of an answer that refuses a request: a {@code google.rpc.Status}.
     *
     * @param code its code: 3 for what must not be sent again, 8 for want of room, 14 for what passes
     * @param isJson whether as JSON, or as protobuf
     */
    public static byte[] status(int code, String message, boolean isJson) {
        if (!isJson) {
            return numberAndText(code, message);
        }
        Map<String, @Nullable Object> status = new LinkedHashMap<>();
        status.put("code", (long) code);
        status.put("message", message);
        return JsonTree.write(status).getBytes(StandardCharsets.UTF_8);
    }

    /** A number as field 1 and a text as field 2: the form of partial success and of status. */
    private static byte[] numberAndText(long number, String text) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        CodedOutputStream out = CodedOutputStream.newInstance(bytes);
        try {
            out.writeInt64(1, number);
            out.writeByteArray(2, text.getBytes(StandardCharsets.UTF_8));
            out.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }
}
