package io.github.xrayd.engine.validate;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The cases are what the reference daemon, release 3.6.6, was observed to accept and reject. */
class HeaderParserTest {
    private final HeaderParser parser = new HeaderParser();

    private int parse(String datagram) {
        byte[] bytes = datagram.getBytes(StandardCharsets.UTF_8);
        return parser.documentOffset(new UnsafeBuffer(bytes), bytes.length);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"format\": \"json\", \"version\": 1}",
                "{\"format\":\"json\",\"version\":1}",
                "{\"version\": 1, \"format\": \"json\"}",
                "{\"format\": \"JSON\", \"version\": 1}",
                "{\"FORMAT\": \"Json\", \"Version\": 1}",
                "{\"format\": \"json\", \"version\": 1, \"extra\": {\"a\": [1, null, true, \"x\"]}}",
                "  {\"format\" :\t\"json\" , \"version\" : 1 }  ",
                "{\"format\": \"json\", \"version\": 1}\r",
            })
    void shouldFindTheDocument(String header) {
        for (int time = 0; time < 2; time++) {
            assertEquals(header.length() + 1, parse(header + "\n{}"));
            assertEquals(header.length() + 1, parse(header + "\nx"));
            assertEquals(header.length() + 1, parse(header + "\nT1SabcdEFGH=="));
            assertEquals(Rejection.NO_DOCUMENT.verdict(), parse(header + "\n"));
            assertEquals(Rejection.NO_HEADER.verdict(), parse(header));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"format\": \"json\", \"version\": 2}",
                "{\"format\": \"xml\", \"version\": 1}",
                "{\"format\": \"json\", \"version\": \"1\"}",
                "{\"format\": \"json\", \"version\": 1.0}",
                "{\"format\": \"json\", \"version\": 10}",
                "{\"format\": \"json\", \"version\": -1}",
                "{\"format\": \"json\"}",
                "{\"version\": 1}",
                "{}",
                "",
                " ",
                "null",
                "not json",
                "[]",
                "{\"format\": \"json\", \"version\": 1} x",
                "{\"format\": \"json\", \"version\": 1",
                "{\"format\": \"json\", \"version\": 1,}",
                "{\"format\": \"json\" \"version\": 1}",
                "{\"format\": \"json\", \"version\": }",
                "\ufeff{\"format\": \"json\", \"version\": 1}",
            })
    void shouldRejectTheHeader(String header) {
        assertEquals(Rejection.BAD_HEADER.verdict(), parse(header + "\n{}"));
    }

    @Test
    void shouldRejectWhatHasNoHeader() {
        assertEquals(Rejection.EMPTY.verdict(), parse(""));
        assertEquals(Rejection.NO_HEADER.verdict(), parse("x"));
        assertEquals(Rejection.NO_HEADER.verdict(), parse("{\"format\": \"json\", \"version\": 1}\\n{}"));
        assertEquals(Rejection.NO_HEADER.verdict(), parse("x".repeat(65_507)));
        assertEquals(Rejection.BAD_HEADER.verdict(), parse("x".repeat(65_505) + "\n{"));
        assertEquals(Rejection.BAD_HEADER.verdict(), parse("[".repeat(65_505) + "\n{"));
    }
}
