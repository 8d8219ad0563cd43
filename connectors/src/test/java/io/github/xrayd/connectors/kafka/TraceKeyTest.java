package io.github.xrayd.connectors.kafka;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TraceKeyTest {
    private static final String TRACE = "1-5759e988-bd862e3fe1be46a994272793";
    private static final String KEY = "5759e988bd862e3fe1be46a994272793";

    private static @Nullable String key(String document) {
        byte[] key = TraceKey.of(document.getBytes(StandardCharsets.UTF_8));
        return key == null ? null : new String(key, StandardCharsets.US_ASCII);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"trace_id\":\"" + TRACE + "\"}",
                "{\"name\":\"a\",\"id\":\"b\",\"trace_id\" : \"" + TRACE + "\",\"x\":1}",
                "\n { \"a\" : {\"trace_id\":\"no\"}, \"trace_id\"\t:\n\"" + TRACE + "\"}",
                "{\"s\":\"} \\\" trace_id\\\\\",\"v\":[\"trace_id\",{\"trace_id\":1}],\"trace_id\":\"" + TRACE + "\"}",
                "{\"name\":\"trace_id\",\"trace_id\":\"" + TRACE + "\"}",
                "{\"trace_id\":\"1-5759E988-BD862E3FE1BE46A994272793\"}",
                "{\"trace_id\":\"" + KEY + "\"}",
                "[{\"trace_id\":\"" + TRACE + "\"},{\"trace_id\":\"1-00000000-000000000000000000000000\"}]",
                "{\"trace_id\":\"" + TRACE + "\",\"cut\":\"of"
            })
    void shouldBeTheTraceIdInLowerCaseHexDigits(String document) {
        assertEquals(KEY, key(document));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "x",
                "{",
                "{\"trace_id\"",
                "{\"trace_id\":",
                "{\"trace_id\":\"",
                "{\"trace_id\":\"\"}",
                "{\"trace_id\":17}",
                "{\"trace_id\":\"2-5759e988-bd862e3fe1be46a994272793\"}",
                "{\"trace_id\":\"1-5759e988-bd862e3fe1be46a99427279g\"}",
                "{\"trace_id\":\"1-5759e988-bd862e3fe1be46a9942727931\"}",
                "{\"trace_id\":\"1x5759e988-bd862e3fe1be46a994272793\"}",
                "{\"subsegments\":[{\"trace_id\":\"" + TRACE + "\"}]}",
                "{\"x\":\"\\",
                "T1S",
                "T1S????",
                "T1S////"
            })
    void shouldBeNoneWhenTheDocumentHasNoTraceIdOfItsOwn(String document) {
        assertEquals(null, key(document));
    }

    @Test
    void shouldBeThatOfTheFirstSpanInOpenTelemetrysEncoding() {
        byte[] id = new byte[16];
        Arrays.fill(id, (byte) 0xAB);
        byte[] span = field(1, id);
        byte[] scope = concat(field(1, new byte[0]), field(2, span));
        byte[] resource = concat(field(1, new byte[] {10, 0}), field(2, scope));
        String document = "T1S" + Base64.getEncoder().encodeToString(field(1, resource));
        assertEquals("ab".repeat(16), key(document));
    }

    private static byte[] field(int number, byte[] content) {
        return concat(new byte[] {(byte) (number << 3 | 2), (byte) content.length}, content);
    }

    private static byte[] concat(byte[] first, byte[] second) {
        byte[] both = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, both, first.length, second.length);
        return both;
    }

    @Test
    void shouldNotThrowWhateverADocumentHolds() {
        byte[] alphabet = "{}[]\":,\\ trace_id1-0T1S".getBytes(StandardCharsets.US_ASCII);
        Random random = new Random(1);
        for (int i = 0; i < 20_000; i++) {
            byte[] document = new byte[random.nextInt(60)];
            for (int j = 0; j < document.length; j++) {
                document[j] = alphabet[random.nextInt(alphabet.length)];
            }
            byte[] key = TraceKey.of(document);
            assertEquals(true, key == null || key.length == 32);
        }
    }
}
