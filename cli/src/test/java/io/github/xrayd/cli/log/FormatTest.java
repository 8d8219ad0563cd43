package io.github.xrayd.cli.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.dslplatform.json.DslJson;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.event.Level;

class FormatTest {
    private static final String HOSTILE = allLowCharacters() + "\u0085\u2028\u2029\u202e\u2066\u200b\u200f\ufeff\u00ad"
            + "\u061c\ufffe\udb40\udc41\ud800 \ude00 \ud83d\ude00 é中 \"\\</script>";

    private static String allLowCharacters() {
        StringBuilder all = new StringBuilder();
        for (char c = 0; c < 0xa0; c++) {
            all.append(c);
        }
        return all.toString();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1970-01-01T00:00:00Z",
                "1969-12-31T23:59:59Z",
                "2000-02-29T12:34:56Z",
                "2024-02-29T23:59:59Z",
                "2024-03-01T00:00:00Z",
                "2026-11-21T05:38:02Z",
                "2100-02-28T23:59:59Z",
                "2100-03-01T00:00:00Z"
            })
    void shouldWriteTimesAsTheLibraryDoes(String time) {
        assertEquals(time, new UtcText().second(Instant.parse(time).toEpochMilli()) + "Z");
    }

    @Test
    void shouldWriteEveryDayAsTheLibraryDoes() {
        UtcText text = new UtcText();
        for (long day = -200_000; day < 200_000; day += 7) {
            assertEquals(Instant.ofEpochSecond(day * 86_400).toString(), text.second(day * 86_400_000) + "Z");
        }
    }

    @Test
    void shouldKeepHostileTextOnOneLine() {
        String line = text(new TextFormat(), HOSTILE);
        assertEquals(line.length() - 1, line.indexOf('\n'));
        assertVisible(line.substring(0, line.length() - 1));
        assertTrue(
                line.contains("\\u2028\\u2029\\u202e\\u2066\\u200b\\u200f\\ufeff\\u00ad\\u061c\\ufffe\\udb40\\udc41"),
                line);
        assertTrue(line.contains("\\ud800 \\ude00 \ud83d\ude00 é中 \"\\</script>"), line);
    }

    @Test
    void shouldWriteHostileTextAsValidJsonOnOneLine() throws IOException {
        byte[] line = new JsonFormat().line(ScriptedClock.START_MS + 7, event(HOSTILE, "\tstack\n\t\tframe"));
        assertEquals(line.length - 1, new String(line, StandardCharsets.ISO_8859_1).indexOf('\n'));
        Map<?, ?> object = new DslJson<>().deserialize(Map.class, line, line.length);
        assertEquals(HOSTILE.replace("\ud800 \ude00", "\ufffd \ufffd"), object.get("message"));
        String text = new String(line, StandardCharsets.UTF_8);
        assertVisible(text.substring(0, text.length() - 1));
        assertEquals("2026-11-21T05:38:02.007Z", object.get("time"));
        assertEquals("warn", object.get("level"));
        assertEquals("a.B", object.get("logger"));
        assertEquals("\tstack\n\t\tframe", object.get("stack"));
    }

    @Test
    void shouldCutLongTextsButForDevelopers() {
        String text = "x".repeat(LineFormat.TEXT_LENGTH_MAX + 9);
        String line = text(new TextFormat(), text);
        assertTrue(line.endsWith("x… (9 more characters)\n"));
        assertTrue(text(new JsonFormat(), text).endsWith("x… (9 more characters)\"}\n"));
        byte[] debug = new TextFormat().line(0, new LogEvent(Level.DEBUG, "a.B", "t", text, null));
        assertTrue(new String(debug, StandardCharsets.UTF_8).endsWith(text + "\n"));
    }

    @Test
    void shouldSayTheCountOfAFoldedTextThatIsCut() {
        LogEvent event = event("x".repeat(LineFormat.TEXT_LENGTH_MAX + 9), null).withNote(" (repeated 7 times)");
        String line = new String(new TextFormat().line(0, event), StandardCharsets.UTF_8);
        assertTrue(line.endsWith("x… (9 more characters) (repeated 7 times)\n"), line);
    }

    private static void assertVisible(String line) {
        assertEquals(
                "",
                line.codePoints()
                        .filter(c -> !LogText.isVisible(c))
                        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                        .toString());
    }

    @Test
    void shouldNameTheCausesThatTheTextDoesNotName() {
        Exception error = new IllegalStateException("cannot start", new IOException("port busy"));
        assertEquals(
                "Start failed: java.lang.IllegalStateException: cannot start, caused by java.io.IOException: port busy",
                ErrorText.withCauses("Start failed", error));
        assertEquals(
                "Start failed: cannot start, caused by java.io.IOException: port busy",
                ErrorText.withCauses("Start failed: cannot start", error));
    }

    @Test
    void shouldKeepAStackFromForgingLines() {
        String stack = ErrorText.stack(new IOException("evil\n2026-11-21T05:38:02Z [Info] forged"));
        assertTrue(stack.lines().allMatch(line -> line.startsWith("\t")), stack);
    }

    private static String text(LineFormat format, String text) {
        return new String(format.line(ScriptedClock.START_MS, event(text, null)), StandardCharsets.UTF_8);
    }

    private static LogEvent event(String text, @org.jspecify.annotations.Nullable String stack) {
        return new LogEvent(Level.WARN, "a.B", "template", text, stack);
    }
}
