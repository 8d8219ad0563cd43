package io.github.xrayd.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code xray sandbox} and {@code xray load} as a developer calls them. */
class SandboxCommandIT {
    private static final Pattern ENDPOINT = Pattern.compile("X-Ray endpoint on (http://\\S+) .*");
    private static final Pattern DAEMON = Pattern.compile("daemon on UDP (\\S+) .*");
    private static final String PORTS = " --port 0 --udp 127.0.0.1:0 --tcp 127.0.0.1:0";

    @TempDir
    Path directory;

    private XrayProcess start(Map<String, String> environment, String words) throws Exception {
        return XrayProcess.start(directory, environment, List.of(words.split(" ")));
    }

    private static String found(Pattern pattern, XrayProcess xray) {
        for (String line : xray.out()) {
            Matcher matcher = pattern.matcher(line);
            if (matcher.matches()) {
                return matcher.group(1);
            }
        }
        throw new AssertionError("no line as " + pattern + " in " + xray.out());
    }

    @Test
    void shouldPrintTheDemosTracesAndASummaryWhateverTheEnvironmentSaysOfAws() throws Exception {
        Map<String, String> environment = Map.of(
                "HTTPS_PROXY",
                "http://127.0.0.1:1",
                "AWS_REGION",
                "eu-west-1",
                "AWS_ACCESS_KEY_ID",
                "other",
                "AWS_SESSION_TOKEN",
                "other");
        try (XrayProcess xray = start(environment, "sandbox --demo --rate 20 --duration 3s" + PORTS)) {
            assertEquals(0, xray.end(), () -> xray.err().toString());
            assertTrue(xray.out().stream().anyMatch(line -> line.contains("shop-frontend") && line.contains("GET /")));
            String last = xray.out().get(xray.out().size() - 1);
            Matcher counts = Pattern.compile("daemon: (\\d+) received, (\\d+) delivered, 0 rejected, 0 dropped, .*")
                    .matcher(last);
            assertTrue(counts.matches(), last);
            assertEquals(counts.group(1), counts.group(2));
            assertEquals(List.of(), xray.err());
        }
    }

    @Test
    void shouldVerifyALoadAndEndOnASignal() throws Exception {
        try (XrayProcess sandbox = start(Map.of(), "sandbox --quiet" + PORTS)) {
            sandbox.awaitOut("daemon on UDP");
            String target = " --to " + found(DAEMON, sandbox) + " --verify " + found(ENDPOINT, sandbox);
            try (XrayProcess load = start(Map.of(), "load --rate 1000 --count 1000 --mix --sources 8" + target)) {
                assertEquals(0, load.end(), () -> load.out() + " " + load.err());
                assertTrue(load.out().contains("arrived     1,000 of 1,000 (100 %)"), () -> load.out()
                        .toString());
            }
            sandbox.signal("TERM");
            assertEquals(0, sandbox.end());
        }
    }

    @Test
    void shouldEndALoadWithOneWhenSomethingIsLost() throws Exception {
        try (XrayProcess sandbox = start(Map.of(), "sandbox --quiet --unprocessed 1" + PORTS)) {
            sandbox.awaitOut("daemon on UDP");
            String target = " --to " + found(DAEMON, sandbox) + " --verify " + found(ENDPOINT, sandbox);
            try (XrayProcess load = start(Map.of(), "load --rate 1000 --count 10 --settle 1500ms" + target)) {
                assertEquals(1, load.end(), () -> load.out() + " " + load.err());
                assertTrue(load.out().contains("lost        10 (100 %)"), () -> load.out()
                        .toString());
            }
            sandbox.signal("TERM");
            sandbox.signal("TERM");
            assertEquals(0, sandbox.end());
        }
    }

    @Test
    void shouldSayWhatIsWrongWithALoad() throws Exception {
        try (XrayProcess load = start(Map.of(), "load --rate -5")) {
            assertEquals(2, load.end());
            assertTrue(load.err().get(0).startsWith("xray load: the rate -5.0 is not between"), load.err()::toString);
        }
        try (XrayProcess load = start(Map.of(), "load --count 1 --verify http://127.0.0.1:1")) {
            assertEquals(1, load.end());
            assertTrue(load.err().get(0).contains("start the sandbox first"), load.err()::toString);
        }
    }
}
