package io.github.xrayd.engine.validate;

import com.dslplatform.json.DslJson;
import com.dslplatform.json.JsonReader;
import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Finds the document behind a datagram's header line, {@code {"format": "json", "version": 1}\n}.
 *
 * <p>The two spellings that the X-Ray SDKs send are compared eight bytes at a time; any other header is read as the
 * reference daemon reads it: a JSON object, keys and the format in any letter case, version the integer 1, other keys
 * ignored. The last other header that was accepted is remembered, so that a client with a spelling of its own costs one
 * parse, not one per datagram. Not thread-safe: one per validator.
 */
final class HeaderParser {
    private static final DirectBuffer[] KNOWN = {
        new UnsafeBuffer("{\"format\": \"json\", \"version\": 1}\n".getBytes(StandardCharsets.US_ASCII)),
        new UnsafeBuffer("{\"format\":\"json\",\"version\":1}\n".getBytes(StandardCharsets.US_ASCII)),
    };
    private static final int REMEMBERED_LENGTH_MAX = 256;
    private static final byte NEWLINE = '\n';
    private static final long NEWLINES = 0x0A0A0A0A0A0A0A0AL;
    private static final long ONES = 0x0101010101010101L;
    private static final long HIGHS = 0x8080808080808080L;

    private final JsonReader<Object> reader =
            new DslJson<>(new DslJson.Settings<>().errorInfo(JsonReader.ErrorInfo.MINIMAL)).newReader();
    private final byte[] header = new byte[1 << 16];
    private final UnsafeBuffer remembered = new UnsafeBuffer(new byte[REMEMBERED_LENGTH_MAX]);
    private int rememberedLength;

    /**
     * The document's offset in the datagram, or the verdict of a rejection.
     *
     * @param datagram the whole datagram
     * @param length its bytes
     */
    int documentOffset(DirectBuffer datagram, int length) {
        int offset = knownHeaderLength(datagram, length);
        if (offset == 0) {
            if (length == 0) {
                return Rejection.EMPTY.verdict();
            }
            int newline = indexOfNewline(datagram, length);
            if (newline < 0) {
                return Rejection.NO_HEADER.verdict();
            }
            offset = newline + 1;
            if (!isAccepted(datagram, newline)) {
                return Rejection.BAD_HEADER.verdict();
            }
        }
        return offset == length ? Rejection.NO_DOCUMENT.verdict() : offset;
    }

    private static int knownHeaderLength(DirectBuffer datagram, int length) {
        for (DirectBuffer known : KNOWN) {
            if (startsWith(datagram, length, known, known.capacity())) {
                return known.capacity();
            }
        }
        return 0;
    }

    private static boolean startsWith(DirectBuffer datagram, int length, DirectBuffer prefix, int prefixLength) {
        if (length < prefixLength) {
            return false;
        }
        int i = 0;
        for (; i + Long.BYTES <= prefixLength; i += Long.BYTES) {
            if (datagram.getLong(i) != prefix.getLong(i)) {
                return false;
            }
        }
        for (; i < prefixLength; i++) {
            if (datagram.getByte(i) != prefix.getByte(i)) {
                return false;
            }
        }
        return true;
    }

    private static int indexOfNewline(DirectBuffer datagram, int length) {
        int i = 0;
        for (; i + Long.BYTES <= length; i += Long.BYTES) {
            long difference = datagram.getLong(i, ByteOrder.LITTLE_ENDIAN) ^ NEWLINES;
            long found = (difference - ONES) & ~difference & HIGHS;
            if (found != 0) {
                return i + (Long.numberOfTrailingZeros(found) >>> 3);
            }
        }
        for (; i < length; i++) {
            if (datagram.getByte(i) == NEWLINE) {
                return i;
            }
        }
        return -1;
    }

    private boolean isAccepted(DirectBuffer datagram, int headerLength) {
        if (rememberedLength > 0
                && headerLength == rememberedLength
                && startsWith(datagram, headerLength, remembered, rememberedLength)) {
            return true;
        }
        datagram.getBytes(0, header, 0, headerLength);
        boolean isAccepted;
        try {
            isAccepted = isXRayHeader(headerLength);
        } catch (IOException | RuntimeException e) {
            // Bad input is a verdict, whatever the parser calls it.
            return false;
        }
        if (isAccepted && headerLength <= REMEMBERED_LENGTH_MAX) {
            remembered.putBytes(0, datagram, 0, headerLength);
            rememberedLength = headerLength;
        }
        return isAccepted;
    }

    private boolean isXRayHeader(int headerLength) throws IOException {
        reader.process(header, headerLength);
        if (reader.getNextToken() != '{') {
            return false;
        }
        boolean isJson = false;
        boolean isVersion1 = false;
        byte token = reader.getNextToken();
        while (token != '}') {
            if (token != '"') {
                return false;
            }
            String key = reader.readString();
            if (reader.getNextToken() != ':') {
                return false;
            }
            token = reader.getNextToken();
            if (key.equalsIgnoreCase("format")) {
                isJson = token == '"' && reader.readString().equalsIgnoreCase("json");
                if (!isJson) {
                    return false;
                }
            } else if (key.equalsIgnoreCase("version")) {
                isVersion1 = token == '1' && isEndOfNumber(reader.getCurrentIndex(), headerLength);
                if (!isVersion1) {
                    return false;
                }
            } else {
                JsonWalk.value(reader, 0);
            }
            token = reader.getNextToken();
            if (token == ',') {
                token = reader.getNextToken();
                if (token == '}') {
                    return false;
                }
            } else if (token != '}') {
                return false;
            }
        }
        return isJson && isVersion1 && JsonWalk.isBlank(header, reader.getCurrentIndex(), headerLength);
    }

    private boolean isEndOfNumber(int index, int headerLength) {
        if (index >= headerLength) {
            return false;
        }
        byte next = header[index];
        return next == ',' || next == '}' || JsonWalk.isBlank(next);
    }
}
