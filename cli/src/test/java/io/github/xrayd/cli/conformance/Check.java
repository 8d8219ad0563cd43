package io.github.xrayd.cli.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Compares what came of a case with what a row expects. */
final class Check {
    private static final String TIME = "\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ ";

    private static final Pattern LINE = Pattern.compile("\\[(Trace|Debug|Info|Warn|Error)]");

    private final Case theCase;
    private final Outcome seen;

    Check(Case theCase, Outcome seen) {
        this.theCase = theCase;
        this.seen = seen;
    }

    void row(Case.Row row) {
        assertEquals(theCase.exitCode(), seen.exitCode(), () -> "exit code; " + all());
        Case.Expected expected = row.expected();
        inOrder(expected.out(), seen.out());
        expected.notOut()
                .forEach(line -> assertTrue(
                        seen.out().stream().noneMatch(each -> matches(line, each)), () -> line + " in " + all()));
        err(expected);
        expected.file().forEach((name, lines) -> inOrder(lines, seen.files().getOrDefault(name, List.of())));
        expected.requests().forEach(this::request);
        expected.replies().forEach((name, reply) -> reply(name, reply));
    }

    /** Standard error stays empty unless a row of the case says otherwise. */
    private void err(Case.Expected expected) {
        boolean isExpected =
                theCase.rows().stream().anyMatch(row -> !row.expected().err().isEmpty());
        if (!isExpected || !expected.err().isEmpty()) {
            assertEquals(expected.err().size(), seen.err().size(), () -> "lines of stderr; " + all());
            for (int i = 0; i < expected.err().size(); i++) {
                String line = expected.err().get(i);
                assertTrue(matches(line, seen.err().get(i)), () -> "no \"" + line + "\" in stderr; " + all());
            }
        }
    }

    private void inOrder(List<String> wanted, List<String> lines) {
        List<String> left = new ArrayList<>(lines);
        for (String line : wanted) {
            boolean isFound = false;
            while (!isFound && !left.isEmpty()) {
                isFound = matches(line, left.remove(0));
            }
            assertTrue(isFound, "no \"" + line + "\", or not in this order, in " + lines + "; " + all());
        }
    }

    private void request(Case.Request wanted) {
        List<StandIn.Asked> found = seen.asked().stream()
                .filter(asked -> asked.method().equals(wanted.method())
                        && matches(wanted.target(), asked.target())
                        && matches(wanted.body(), asked.body())
                        && wanted.headers().entrySet().stream().allMatch(header -> isHeader(header, asked.headers()))
                        && wanted.notHeaders().stream().noneMatch(asked.headers()::containsKey))
                .toList();
        assertTrue(
                wanted.count() < 0 ? !found.isEmpty() : found.size() == wanted.count(),
                () -> found.size() + " requests as " + wanted + " in " + seen.asked() + "; " + all());
    }

    private boolean isHeader(Map.Entry<String, String> wanted, Map<String, List<String>> headers) {
        List<String> values = headers.get(wanted.getKey());
        return values != null && matches(wanted.getValue(), String.join(", ", values));
    }

    private void reply(String name, Case.Reply wanted) {
        PortCall.Reply reply = seen.replies().get(name);
        assertTrue(reply != null, "no call " + name);
        assertEquals(wanted.status(), reply.status(), reply::toString);
        assertTrue(matches(wanted.body(), reply.body()), reply::toString);
        wanted.headers().entrySet().forEach(header -> assertTrue(isHeader(header, reply.headers()), reply::toString));
    }

    private boolean matches(String wanted, String text) {
        String pattern = Stream.of(seen.fill().apply(wanted).split("…", -1))
                .map(Pattern::quote)
                .collect(Collectors.joining(".*"));
        return Pattern.compile((LINE.matcher(wanted).lookingAt() ? TIME : "") + pattern, Pattern.DOTALL)
                .matcher(text)
                .matches();
    }

    private String all() {
        return "out " + seen.out() + ", err " + seen.err();
    }
}
