package io.github.xrayd.engine.encode;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.dslplatform.json.DslJson;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JsonEscaperTest {
    private static byte[] escape(byte[] source, int offset, int length, int room) {
        UnsafeBuffer target = new UnsafeBuffer(new byte[room]);
        int end = JsonEscaper.escape(new UnsafeBuffer(source), offset, length, target, 0, room);
        return end == JsonEscaper.NO_ROOM ? new byte[0] : Arrays.copyOf(target.byteArray(), end);
    }

    private static byte[] escape(byte[] source) {
        return escape(source, 0, source.length, source.length * JsonEscaper.EXPANSION_MAX + 16);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\u0001',
            value = {
                "plain|plain",
                "a\"b\\c|a\\\"b\\\\c",
                "<>&/'|<>&/'",
                "\u00e9 \u2028 \ud83d\ude00 \u007f|\u00e9 \u2028 \ud83d\ude00 \u007f",
            })
    void shouldEscapeQuotesAndBackslashesAndNothingElse(String text, String expected) {
        byte[] escaped = escape(text.getBytes(StandardCharsets.UTF_8));
        assertEquals(expected, new String(escaped, StandardCharsets.UTF_8));
    }

    @Test
    void shouldEscapeEveryControlCharacter() {
        for (int c = 0; c < 0x20; c++) {
            String escaped = new String(escape(new byte[] {(byte) c}), StandardCharsets.UTF_8);
            String shortForm =
                    switch (c) {
                        case '\b' -> "\\b";
                        case '\f' -> "\\f";
                        case '\n' -> "\\n";
                        case '\r' -> "\\r";
                        case '\t' -> "\\t";
                        default -> String.format("\\u%04x", c);
                    };
            assertEquals(shortForm, escaped);
        }
    }

    /**
     * One U+FFFD for each byte that is not part of well-formed UTF-8, as the reference daemon's JSON encoder writes it.
     */
    @ParameterizedTest
    @CsvSource({
        "80,1",
        "c0af,2",
        "c1bf,2",
        "e08080,3",
        "eda080,3",
        "f08080af,4",
        "f4908080,4",
        "f5808080,4",
        "ff,1",
        "e282,2",
        "f09f98,3",
        "c3,1"
    })
    void shouldReplaceEachInvalidByte(String hex, int replacements) {
        byte[] bytes = HexFormat.of().parseHex(hex);
        assertEquals("\ufffd".repeat(replacements), new String(escape(bytes), StandardCharsets.UTF_8));
        byte[] padded = new byte[bytes.length + 16];
        Arrays.fill(padded, (byte) 'x');
        System.arraycopy(bytes, 0, padded, 3, bytes.length);
        assertEquals(
                "xxx" + "\ufffd".repeat(replacements) + "x".repeat(13),
                new String(escape(padded), StandardCharsets.UTF_8));
    }

    /** Random bytes at every length and alignment decode to what a plain byte-by-byte reading of them is. */
    @Test
    void shouldDecodeToTheSameText() throws Exception {
        DslJson<Object> json = new DslJson<>();
        Random random = new Random(42);
        for (int i = 0; i < 20_000; i++) {
            byte[] bytes = randomBytes(random);
            int offset = bytes.length == 0 ? 0 : random.nextInt(Math.min(9, bytes.length));
            int length = bytes.length - offset;
            byte[] escaped = escape(bytes, offset, length, length * JsonEscaper.EXPANSION_MAX + 16);
            byte[] body = ("{\"d\":\"" + new String(escaped, StandardCharsets.UTF_8) + "\"}")
                    .getBytes(StandardCharsets.UTF_8);
            assertArrayEquals(
                    escaped,
                    new String(escaped, StandardCharsets.UTF_8).getBytes(StandardCharsets.UTF_8),
                    "well-formed UTF-8");
            Map<?, ?> decoded = Objects.requireNonNull(json.deserialize(Map.class, body, body.length));
            assertEquals(expected(Arrays.copyOfRange(bytes, offset, bytes.length)), decoded.get("d"));
        }
    }

    @Test
    void shouldSayWhenThereIsNoRoomAndNeverWriteBehindTheLimit() {
        Random random = new Random(7);
        for (int i = 0; i < 2_000; i++) {
            byte[] bytes = randomBytes(random);
            int needed = escape(bytes).length;
            int limit = random.nextInt(needed + 12);
            UnsafeBuffer target = new UnsafeBuffer(new byte[needed + 32]);
            target.setMemory(0, target.capacity(), (byte) 0x55);
            int end = JsonEscaper.escape(new UnsafeBuffer(bytes), 0, bytes.length, target, 0, limit);
            assertTrue(end == JsonEscaper.NO_ROOM || end == needed);
            assertTrue(end == needed || limit < needed + 8, "room for the result and a word is enough");
            for (int at = limit; at < target.capacity(); at++) {
                assertEquals(0x55, target.getByte(at));
            }
        }
    }

    private static byte[] randomBytes(Random random) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        int parts = random.nextInt(12);
        for (int p = 0; p < parts; p++) {
            switch (random.nextInt(6)) {
                case 0 -> out.write(random.nextInt(256));
                case 1 -> out.writeBytes("\"id\":\"08cab275efae9950\",".getBytes(StandardCharsets.UTF_8));
                case 2 ->
                    out.writeBytes(Character.toString(randomCodePoint(random)).getBytes(StandardCharsets.UTF_8));
                case 3 ->
                    out.writeBytes(
                            "plain text here".substring(random.nextInt(15)).getBytes(StandardCharsets.UTF_8));
                case 4 -> out.write(random.nextInt(0x20));
                default -> out.writeBytes(new byte[] {'\\', '"', (byte) 0xF0, (byte) 0x9F});
            }
        }
        return out.toByteArray();
    }

    private static int randomCodePoint(Random random) {
        int c = random.nextInt(Character.MAX_CODE_POINT + 1);
        return c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE ? 0xE9 : c;
    }

    /** The text of bytes, read one by one with the JDK's strict decoder. */
    private static String expected(byte[] bytes) {
        StringBuilder text = new StringBuilder();
        int i = 0;
        while (i < bytes.length) {
            int size = 0;
            for (int n = 1; n <= 4 && i + n <= bytes.length; n++) {
                String one = strict(bytes, i, n);
                if (!one.isEmpty() && one.codePointCount(0, one.length()) == 1) {
                    text.append(one);
                    size = n;
                    break;
                }
            }
            if (size == 0) {
                text.append('\ufffd');
                size = 1;
            }
            i += size;
        }
        return text.toString();
    }

    private static String strict(byte[] bytes, int offset, int length) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(java.nio.ByteBuffer.wrap(bytes, offset, length))
                    .toString();
        } catch (java.nio.charset.CharacterCodingException e) {
            return "";
        }
    }
}
