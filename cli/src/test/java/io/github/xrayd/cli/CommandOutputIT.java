package io.github.xrayd.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.xrayd.system.Await;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What all sub-commands have in common: encoding, wrong options, interruption. */
@DisabledOnOs(OS.WINDOWS)
@Timeout(120)
class CommandOutputIT {
    private static final Duration SIMULATING = Duration.ofSeconds(2);

    @TempDir
    Path directory;

    private XrayProcess start(Map<String, String> environment, String words) throws Exception {
        return XrayProcess.start(directory, environment, List.of(words.split(" ")));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "sandbox",
                "load",
                "plan",
                "chaos",
                "doctor",
                "config",
                "options",
                "cds",
                "spool",
                "validate",
                "healthcheck",
                "status",
                "top",
                "version",
                "completion",
                "man",
                "diagnose",
                "migrate",
                "traces",
                "trace 1-5759e988-bd862e3fe1be46a994272793",
                "compare a b"
            })
    void shouldSayWhatIsWrongAndWhereHelpIs(String command) throws Exception {
        try (XrayProcess xray = start(Map.of(), command + " --bogus")) {
            assertEquals(2, xray.end());
            assertEquals(List.of(), xray.out());
            assertEquals(2, xray.err().size(), xray.err()::toString);
            String name = command.split(" ", 2)[0];
            assertTrue(xray.err().get(0).startsWith("xray " + name + ": "), xray.err()::toString);
            assertTrue(xray.err().get(0).contains("bogus"), xray.err()::toString);
            assertEquals("Try 'xray " + name + " --help'.", xray.err().get(1));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"--json", "--print systemd", "--report plan.html"})
    void shouldPrintTheSameBytesInEveryLocale(String form) throws Exception {
        String words = "plan --rate 500 --outage 0s --runs 1 --span 10s " + form;
        try (XrayProcess ascii = start(Map.of("LC_ALL", "C"), words);
                XrayProcess utf8 = start(Map.of("LC_ALL", "C.UTF-8"), words)) {
            assertEquals(utf8.end(), ascii.end());
            assertEquals(utf8.out(), ascii.out());
            assertTrue(
                    form.startsWith("--print")
                            || utf8.out().stream().anyMatch(line -> line.chars().anyMatch(c -> c > 0x7f)),
                    utf8.out()::toString);
        }
    }

    @Test
    void shouldEndAPlanAtOnce() throws Exception {
        try (XrayProcess xray = start(Map.of(), "plan --rate 50000 --runs 100 --span 7d")) {
            Await.until(
                    "the simulation runs",
                    Await.LONG,
                    () -> xray.processorTime().compareTo(SIMULATING) > 0);
            xray.signal("INT");
            assertEquals(130, xray.end());
            assertEquals(List.of("xray plan: interrupted"), xray.err());
        }
    }

    @Test
    void shouldEndAnObservationAtOnce() throws Exception {
        try (XrayProcess xray = start(Map.of(), "plan --observe 5m --listen 127.0.0.1:0")) {
            Await.until("the observation begins", Await.LONG, () -> !xray.err().isEmpty());
            xray.signal("INT");
            assertEquals(130, xray.end());
            assertEquals(List.of("observing 127.0.0.1:0 for 300.0 s", "xray plan: interrupted"), xray.err());
        }
    }

    @Test
    void shouldTakeJsonWithAndWithoutAFile() throws Exception {
        try (XrayProcess xray = start(Map.of(), "chaos --list --json -- -m 64")) {
            assertEquals(0, xray.end(), xray.err()::toString);
        }
        try (XrayProcess xray = start(Map.of(), "chaos --list --json old.json")) {
            assertEquals(0, xray.end(), xray.err()::toString);
        }
        try (XrayProcess xray = start(Map.of(), "chaos --list --json-file new.json")) {
            assertEquals(0, xray.end(), xray.err()::toString);
        }
    }
}
