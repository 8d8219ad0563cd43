package io.github.xrayd.engine.client;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PushbackInputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.Deflater;
import java.util.zip.GZIPInputStream;
import java.util.zip.Inflater;
import java.util.zip.InflaterInputStream;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpResponse;
import org.jspecify.annotations.Nullable;

/** Takes an answer off the wire into memory, within limits for it and for all together. Thread-safe. */
public final class AnswerReader {
    private static final byte[] EMPTY = new byte[0];
    private static final int CHUNK_BYTES = 8 << 10;
    /** What one answer may be encoded with, one after the other. */
    private static final int CODINGS_MAX = 3;

    private final long bytesMax;
    private final AnswerBudget budget;

    /**
     * @param bytesMax the most bytes of one body, decoded
     * @param heldBytesMax the most bytes of all bodies held at a time, being read or being passed on
     */
    public AnswerReader(long bytesMax, long heldBytesMax) {
        this.bytesMax = bytesMax;
        budget = new AnswerBudget(heldBytesMax);
    }

    /** Bytes of the answers that are held. */
    public long bytesHeld() {
        return budget.taken();
    }

    /**
     * The whole answer.
     *
     * @param body its body on the wire, or null when it has none; left open
     * @param isDecoded whether a body is decoded that comes compressed
     * @throws IOException when it is cut, too long, or not what HTTP allows; then there may be more of it on the wire
     */
    HttpReply read(HttpResponse head, @Nullable InputStream body, boolean isDecoded) throws IOException {
        Map<String, List<String>> headers = headers(head);
        AnswerBudget.Room room = budget.room();
        boolean isRead = false;
        try {
            byte[] bytes = EMPTY;
            if (body != null) {
                List<String> codings = isDecoded ? codings(headers) : List.of();
                bytes = codings.isEmpty() ? plain(headers, body, room) : decoded(codings, body, room);
                if (!codings.isEmpty()) {
                    headers.remove("Content-Encoding");
                    headers.remove("Content-Length");
                }
            }
            HttpReply reply = new HttpReply(head.getCode(), headers, bytes, room);
            isRead = true;
            return reply;
        } finally {
            if (!isRead) {
                room.close();
            }
        }
    }

    private static Map<String, List<String>> headers(HttpResponse head) throws IOException {
        Map<String, List<String>> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        for (Header header : head.getHeaders()) {
            String name = header.getName();
            String value = header.getValue();
            if (name.isEmpty() || !isPrintable(name)) {
                throw new IOException("the answer has a header whose name is none: " + ErrorText.oneLine(name));
            }
            headers.computeIfAbsent(name, key -> new ArrayList<>(1)).add(value == null ? "" : value);
        }
        return headers;
    }

    private static boolean isPrintable(String name) {
        for (int i = 0; i < name.length(); i++) {
            if (name.charAt(i) <= ' ' || name.charAt(i) > '~') {
                return false;
            }
        }
        return true;
    }

    /** What the body is encoded with, the last one applied first; empty for plain bodies. */
    private static List<String> codings(Map<String, List<String>> headers) throws IOException {
        List<String> values = headers.getOrDefault("Content-Encoding", List.of());
        if (values.isEmpty()) {
            // The usual answer.
            return List.of();
        }
        List<String> codings = new ArrayList<>();
        for (String value : values) {
            for (String coding : value.toLowerCase(Locale.ROOT).split(",", -1)) {
                String name = coding.trim();
                if (!name.isEmpty() && !name.equals("identity")) {
                    codings.add(0, name);
                }
            }
        }
        if (codings.size() > CODINGS_MAX) {
            throw new IOException("the answer's body is encoded " + codings.size() + " times");
        }
        return codings;
    }

    private byte[] decoded(List<String> codings, InputStream in, AnswerBudget.Room room) throws IOException {
        PushbackInputStream start = new PushbackInputStream(in, 1);
        int first = start.read();
        if (first < 0) {
            return EMPTY;
        }
        start.unread(first);
        // Closing a decoder frees its memory; the wire is closed by who opened it.
        InputStream decoded = new Encoded(start, bytesMax);
        List<InputStream> decoders = new ArrayList<>(codings.size());
        byte[] body;
        try {
            for (String coding : codings) {
                decoded = decoder(coding, decoded);
                decoders.add(decoded);
            }
            body = readAll(decoded, room);
        } finally {
            for (InputStream decoder : decoders) {
                decoder.close();
            }
        }
        // What the decoders leave on the wire would be the head of the next answer on this connection.
        if (start.read() >= 0) {
            throw new IOException("there is more behind the answer's encoded body");
        }
        return body;
    }

    /** The encoded bytes, no more than so many: members without content would have no end. */
    private static final class Encoded extends FilterInputStream {
        private final long bytesMax;
        private long bytes;

        Encoded(InputStream in, long bytesMax) {
            super(in);
            this.bytesMax = bytesMax;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            int count = super.read(target, offset, length);
            bytes += Math.max(0, count);
            if (bytes > bytesMax) {
                throw new IOException("the answer's body is longer than " + bytesMax + " bytes");
            }
            return count;
        }

        @Override
        public void close() {
            // Not ours.
        }
    }

    private static InputStream decoder(String coding, InputStream in) throws IOException {
        return switch (coding) {
            case "gzip", "x-gzip" -> new GZIPInputStream(in, CHUNK_BYTES);
            case "deflate" -> new Deflated(in);
            default ->
                throw new IOException("the answer's body is encoded as " + ErrorText.oneLine(coding)
                        + ", which was not asked for and cannot be read");
        };
    }

    /** A deflated body with the zlib header that the standard asks for, or without it, as some servers send it. */
    private static final class Deflated extends InflaterInputStream {
        Deflated(InputStream in) throws IOException {
            this(new PushbackInputStream(in, 1));
        }

        private Deflated(PushbackInputStream in) throws IOException {
            super(in, new Inflater(isBare(in)), CHUNK_BYTES);
        }

        private static boolean isBare(PushbackInputStream in) throws IOException {
            int first = in.read();
            if (first < 0) {
                throw new EOFException("the deflated body is empty");
            }
            in.unread(first);
            return (first & 0x0f) != Deflater.DEFLATED || first >> 4 > 7;
        }

        @Override
        public void close() throws IOException {
            super.close();
            inf.end();
        }
    }

    /**
     * As {@code readAllBytes}, but without its 8 KiB of garbage for the usual answer of 31 bytes that says its length.
     */
    private byte[] plain(Map<String, List<String>> headers, InputStream in, AnswerBudget.Room room) throws IOException {
        int length = shortLength(firstLength(headers));
        if (length < 0) {
            return readAll(in, room);
        }
        room.take(length);
        byte[] bytes = new byte[length];
        int count = in.readNBytes(bytes, 0, bytes.length);
        if (count < bytes.length || in.read() >= 0) {
            throw new EOFException("unexpected EOF: the answer is shorter than its Content-Length");
        }
        return bytes;
    }

    private static @Nullable String firstLength(Map<String, List<String>> headers) {
        List<String> values = headers.getOrDefault("Content-Length", List.of());
        return values.isEmpty() ? null : values.get(0);
    }

    private byte[] readAll(InputStream in, AnswerBudget.Room room) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(CHUNK_BYTES);
        byte[] chunk = new byte[CHUNK_BYTES];
        int count;
        while ((count = in.read(chunk)) >= 0) {
            if (bytes.size() + (long) count > bytesMax) {
                throw new IOException("the answer's body is longer than " + bytesMax + " bytes");
            }
            room.take(count);
            bytes.write(chunk, 0, count);
        }
        return bytes.toByteArray();
    }

    /** A length of up to four digits, or -1. */
    private static int shortLength(@Nullable String text) {
        int length = text == null || text.isEmpty() || text.length() > 4 ? -1 : 0;
        for (int i = 0; text != null && i < text.length() && length >= 0; i++) {
            int digit = text.charAt(i) - '0';
            length = digit < 0 || digit > 9 ? -1 : 10 * length + digit;
        }
        return length;
    }
}
