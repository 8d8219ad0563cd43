package io.github.xrayd.connectors.otlp.convert;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTreeTest {
    private final JsonTree json = new JsonTree();

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "[]",
                "{\"a\":[1,-2.5e+7,true,false,null,\"x\"]}",
                "{\"a\":{\"b\":{}}}",
                "[\"\\ud83d\",\"\\u0000\",\"\\\\\\\"\"]"
            })
    void shouldWriteWhatItReads(String text) throws Exception {
        assertEquals(text, JsonTree.write(json.read(text)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "{",
                "[",
                "{\"a\"}",
                "{\"a\":}",
                "{\"a\":1,}",
                "[1,]",
                "[1 2]",
                "{a:1}",
                "{\"a\":01}",
                "[+1]",
                "[1.]",
                "[.5]",
                "[1e]",
                "[NaN]",
                "[tru]",
                "[truex]",
                "[nul]",
                "{\"a\":1}x",
                "{\"a\":1}{}",
                "[\"",
                "[\"\\",
                "[\"\\u12",
                "[\"\\x\"]",
                "None",
                "x",
                "{\"a\":1 \"b\":2}",
                "{1:2}"
            })
    void shouldRefuseWhatIsNotJson(String text) {
        JsonTree.JsonException refusal = assertThrows(JsonTree.JsonException.class, () -> json.read(text));
        assertEquals(false, refusal.isTooDeep);
    }

    @Test
    void shouldReadAgainAfterEveryPrefixOfADocument() throws Exception {
        byte[] document = "{\"a\":[1.5,\"\u8ddf\\n\",{\"b\":null}],\"c\":true}".getBytes(StandardCharsets.UTF_8);
        for (int length = 0; length < document.length; length++) {
            int prefix = length;
            assertThrows(JsonTree.JsonException.class, () -> json.read(document, prefix), () -> "" + prefix);
        }
        assertEquals(
                new String(document, StandardCharsets.UTF_8), JsonTree.write(json.read(document, document.length)));
    }

    @Test
    void shouldRefuseWhatIsTooDeepAndReadWhatIsNot() throws Exception {
        int depth = JsonTree.DEPTH_MAX;
        json.read("[".repeat(depth) + "]".repeat(depth));
        for (String open : new String[] {"[", "{\"a\":"}) {
            JsonTree.JsonException refusal =
                    assertThrows(JsonTree.JsonException.class, () -> json.read(open.repeat(100_000)));
            assertTrue(refusal.isTooDeep);
        }
    }

    @Test
    void shouldNotReadBeyondTheLength() throws Exception {
        byte[] document = "[12]34]".getBytes(StandardCharsets.UTF_8);
        assertEquals("[12]", JsonTree.write(json.read(document, 4)));
        assertThrows(JsonTree.JsonException.class, () -> json.read(document, 3));
        assertThrows(JsonTree.JsonException.class, () -> json.read("{\"a\":true".getBytes(StandardCharsets.UTF_8), 8));
    }
}
