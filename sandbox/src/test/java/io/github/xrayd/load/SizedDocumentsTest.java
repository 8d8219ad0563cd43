package io.github.xrayd.load;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.dslplatform.json.DslJson;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SizedDocumentsTest {
    private static final long START_MILLIS = 1_795_239_612_078L;

    @Test
    void shouldHaveExactlyTheSizeAskedForAndBeValidSegments() throws IOException {
        for (int length = SizedDocuments.LENGTH_MIN; length < 1_200; length++) {
            check(length);
        }
        for (int length : new int[] {8_192, 65_054, 65_474}) {
            check(length);
        }
    }

    @Test
    void shouldNeedEscapingLikeRealDocuments() {
        for (byte[] document : SizedDocuments.make(1_024, 1, START_MILLIS, 1)) {
            int special = 0;
            for (byte b : document) {
                special += b == '"' || b == '\\' ? 1 : 0;
            }
            assertTrue(special > 0.08 * 1_024 && special < 0.14 * 1_024, special + " of 1,024 bytes");
        }
    }

    @Test
    void shouldMakeTheSameDocumentsFromTheSameSeed() {
        assertEquals(texts(7), texts(7));
        assertNotEquals(texts(7), texts(8));
        assertEquals(SizedDocuments.VARIANTS, texts(7).stream().distinct().count());
    }

    @Test
    void shouldWriteHexadecimalDigits() {
        ByteBuffer buffer = ByteBuffer.allocate(20);
        Random random = new Random(3);
        for (int i = 0; i < 10_000; i++) {
            long value = random.nextLong() >>> random.nextInt(64);
            Hex.putLong(buffer, 2, value);
            assertEquals(String.format("%016x", value), new String(buffer.array(), 2, 16, StandardCharsets.US_ASCII));
        }
    }

    private static List<String> texts(long seed) {
        return SizedDocuments.make(1_024, seed, START_MILLIS, 1).stream()
                .map(document -> new String(document, StandardCharsets.UTF_8))
                .toList();
    }

    private static void check(int length) throws IOException {
        byte[] document =
                SizedDocuments.make(length, length, START_MILLIS, 0xab).get(0);
        assertEquals(length, document.length);
        Map<?, ?> parsed = new DslJson<>().deserialize(Map.class, document, document.length);
        assertTrue(parsed != null && String.valueOf(parsed.get("name")).startsWith("load"));
        assertEquals("1-6b012ebc-000000ab0000000000000000", parsed.get("trace_id"));
        assertEquals("0".repeat(16), parsed.get("id"));
        assertEquals("1795239612.078", String.valueOf(parsed.get("start_time")));
    }
}
