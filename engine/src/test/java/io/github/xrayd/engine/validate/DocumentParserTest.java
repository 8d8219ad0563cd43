package io.github.xrayd.engine.validate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.nio.charset.StandardCharsets;
import org.agrona.concurrent.UnsafeBuffer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DocumentParserTest {
    private static final String GOOD =
            "{\"trace_id\":\"1-5759e988-bd862e3fe1be46a994272793\",\"id\":\"53995c3f42cd8ad8\","
                    + "\"name\":\"shop\",\"start_time\":1.795239612078E9,\"end_time\":1795239613.5}";

    private final DocumentParser parser = new DocumentParser();

    private @Nullable Rejection check(String document) {
        byte[] bytes = document.getBytes(StandardCharsets.UTF_8);
        return parser.check(new UnsafeBuffer(bytes), 0, bytes.length);
    }

    @Test
    void shouldTakeSegmentsAsSdksSendThem() {
        assertNull(check(GOOD));
        assertNull(check(GOOD + "\n"));
        assertNull(check("[" + GOOD + "," + GOOD + "]"));
        assertNull(check(GOOD.replace("1-5759e988-bd862e3fe1be46a994272793", "5759e988bd862e3fe1be46a994272793")));
        assertNull(check(GOOD.replace("\"end_time\":1795239613.5", "\"in_progress\":true")));
        assertNull(
                check(GOOD.replace("{\"trace", "{\"metadata\":{\"a\":[1,-2.5e3,null,\"\\u00e9\\ud800\",{}]},\"trace")));
        assertNull(check("T1SCiEKHwoMc2VydmljZS5uYW1l"));
        assertNull(check("T1UCiEKHwoMc2VydmljZS5uYW1l"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "x",
                "None",
                "{",
                "{}x",
                "[",
                "[1]",
                "[{}",
                "{\"a\":}",
                "{\"a\":1,}",
                "{\"a\":tru}",
                "{\"a\":\"\\x\"}",
                "{'a':1}",
                "\"text\"",
                "1",
                "null",
                " ",
                "T1",
                "T1X",
                "{\"a\":\"open",
                "{\"a\":[1,]}",
                "{\"a\" 1}"
            })
    void shouldRejectWhatIsNotJson(String document) {
        assertEquals(Rejection.NOT_JSON, check(document));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"trace_id\"|\"trace\"|TRACE_ID",
                "1-5759e988-|2-5759e988-|TRACE_ID",
                "bd862e3fe1be46a994272793|bd862e3fe1be46a99427279g|TRACE_ID",
                "\"53995c3f42cd8ad8\"|\"53995c3f42cd8ad\"|ID",
                "\"53995c3f42cd8ad8\"|17|ID",
                "\"shop\"|\"\"|NAME",
                "\"shop\"|null|NAME",
                "1.795239612078E9|\"now\"|TIME",
                "\"end_time\"|\"ended\"|TIME",
                "1795239613.5|-1|TIME",
            })
    void shouldSayWhichFieldIsWrong(String part, String replacement, Rejection expected) {
        assertEquals(expected, check(GOOD.replace(part, replacement)));
    }

    @Test
    void shouldBoundSizeNameAndDepth() {
        assertEquals(Rejection.TOO_LARGE, check(" ".repeat(64_001)));
        assertNull(check(GOOD + " ".repeat(64_000 - GOOD.length())));
        assertNull(check(GOOD.replace("shop", "\ud83d\ude00".repeat(200))));
        assertEquals(Rejection.NAME, check(GOOD.replace("shop", "x".repeat(201))));
        assertEquals(Rejection.NOT_JSON, check("[".repeat(60_000)));
        assertEquals(Rejection.NOT_JSON, check("{\"a\":" + "[".repeat(20_000)));
    }
}
