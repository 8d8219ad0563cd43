package io.github.xrayd.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Help, version, completions and man pages: every command and option is in all of them, because they are made from the
 * same tree.
 */
class CommandReferenceTest {
    @TempDir
    Path directory;

    @ParameterizedTest
    @EnumSource(CommandName.class)
    void shouldHaveHelpAndAManPageForEachCommand(CommandName name) {
        Call help = Call.of(directory, "help", name.word());
        assertEquals(0, help.exitCode(), help.err());
        assertTrue(help.out().contains("Usage: xray " + name.word()), help.out());
        assertEquals("", help.err());
        Call page = Call.of(directory, "man", name.word());
        assertEquals(0, page.exitCode(), page.err());
        assertTrue(page.out().startsWith(".TH XRAY-"), page.out());
        for (String section : List.of("NAME", "SYNOPSIS", "DESCRIPTION", "OPTIONS", "SEE ALSO")) {
            assertTrue(page.out().contains("\n.SH " + section + "\n"), page.out());
        }
        assertTrue(Call.of(directory, "man").out().contains("\n.B " + name.word() + "\n"), name.word());
    }

    @Test
    void shouldListEachOptionOfTheDaemonInItsManPageAndCompletions() {
        String page = Call.of(directory, "man").out();
        String bash = Call.of(directory, "completion", "bash").out();
        String fish = Call.of(directory, "completion", "fish").out();
        for (Setting setting : Setting.values()) {
            String name = "--" + setting.longName();
            assertTrue(page.contains("\\fB" + name.replace("-", "\\-") + "\\fR"), name);
            assertTrue(bash.contains("'" + name + "'"), name);
            assertTrue(fish.contains(" -l " + setting.longName()), name);
        }
        assertEquals(2, Call.of(directory, "completion", "tcsh").exitCode());
        assertEquals(2, Call.of(directory, "man", "nonsense").exitCode());
    }

    @ParameterizedTest
    @ValueSource(strings = {"bash", "zsh", "fish"})
    void shouldWriteCompletionsThatTheirShellReads(String shell) throws Exception {
        Path script = Files.writeString(
                directory.resolve("script"),
                Call.of(directory, "completion", shell).out());
        Assumptions.assumeTrue(isThere(shell), shell + " is not installed: its completion is not tried");
        Process check = new ProcessBuilder(shell, "-n", script.toString())
                .redirectErrorStream(true)
                .start();
        String said = new String(check.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertTrue(check.waitFor(30, TimeUnit.SECONDS));
        assertEquals(0, check.exitValue(), said);
    }

    @Test
    void shouldCompleteInBash() throws Exception {
        Assumptions.assumeTrue(isThere("bash"), "bash is not installed: its completion is not tried");
        Path script = Files.writeString(
                directory.resolve("script"),
                Call.of(directory, "completion", "bash").out()
                        + "\nCOMP_WORDS=(xray sp); COMP_CWORD=1; _complete_xray; echo \"${COMPREPLY[@]}\"\n");
        Process bash = new ProcessBuilder("bash", script.toString()).start();
        assertEquals("spool\n", new String(bash.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
    }

    private static boolean isThere(String program) {
        for (String folder : System.getenv("PATH").split(":", -1)) {
            if (Files.isExecutable(Path.of(folder).resolve(program))) {
                return true;
            }
        }
        return false;
    }

    @Test
    void shouldWriteAllBelowADirectory() throws IOException {
        assertEquals(0, Call.of(directory, "man", "--install", "share").exitCode());
        assertTrue(Files.readString(directory.resolve("share/man/man1/xray-spool-drop.1"))
                .contains("dry"));
        assertTrue(Files.size(directory.resolve("share/zsh/site-functions/_xray")) > 1_000);
    }

    @Test
    void shouldSayWhatItIsAndWhatItIsCompatibleWith() {
        Call call = Call.of(directory, "--version");
        assertEquals(call, Call.of(directory, "version"));
        List<String> lines = call.out().lines().toList();
        assertEquals("AWS X-Ray daemon version: v" + Version.text(), lines.get(0));
        assertTrue(lines.get(1)
                .startsWith("xrayd " + Version.text() + ", compatible with the official AWS X-Ray daemon "));
        assertTrue(Call.of(directory, "version", "--json").out().startsWith("{\"version\":\"" + Version.text() + "\""));
    }

    @Test
    void shouldWarnOfVariablesThatNoOptionHas() {
        Call call = Call.of(
                List.of("validate"),
                Map.of(
                        "XRAY_REGON", "x",
                        "XRAY_JAVA_OPTS", "x",
                        "XRAY_BUFFER_MEMORY", "64",
                        "XRAY_SERVICE_HOST", "10.0.0.1",
                        "XRAY_DAEMON_PORT_2000_UDP_ADDR", "10.0.0.1",
                        "XRAY_PORT", "udp://10.0.0.1:2000"),
                directory);
        assertEquals(0, call.exitCode(), call.err());
        assertEquals(
                List.of(
                        "warning: The environment variable XRAY_REGON is not known and not used; XRAY_REGION may be meant."),
                call.err().lines().toList());
    }

    @Test
    void shouldPrintJsonWithOneNaming() {
        Call config = Call.of(directory, "config", "--json", "-m", "64");
        assertEquals(0, config.exitCode(), config.err());
        assertTrue(
                config.out().contains("{\"name\":\"buffer-memory\",\"value\":\"64\",\"origin\":\"flag -m\"}"),
                config.out());
        assertEquals(1, config.out().lines().count());
        assertTrue(Call.of(directory, "validate", "--json").out().startsWith("{\"valid\":true,"));
        assertFalse(Call.of(directory, "config").out().contains("{"));
    }
}
