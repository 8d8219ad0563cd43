package io.github.xrayd.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** An archive counts when two JVMs in a row have made the same one; a script stands for the JVM. */
@EnabledOnOs({OS.LINUX, OS.MAC})
class RuntimeArchiveTest {
    @TempDir
    private Path home;

    private Path archive;

    @BeforeEach
    void makeInstallation() throws IOException {
        archive = Files.createDirectories(home.resolve("lib")).resolve("xray-25.jsa");
        Files.write(
                home.resolve("lib/xray-25.classes"),
                List.of("# a comment", "b id: 2", "@cp b 1 2", "a id: 1", "a id: 3", "@lambda-proxy b run ()V"));
    }

    @Test
    void shouldDumpUntilTwoInARowAreEqual() throws Exception {
        java("dump $((calls > 2 ? 2 : calls))");
        RuntimeArchive.make(home, archive);
        assertEquals("dump 2", Files.readString(archive));
        assertEquals("111", calls());
        assertEquals(
                List.of("@lambda-proxy b run ()V", "a", "b"), Files.readAllLines(home.resolve("lib/xray-25.classes")));
        assertFalse(Files.exists(Path.of(archive + ".previous")));
    }

    @Test
    void shouldBeContentWithTwoThatAreEqual() throws Exception {
        java("dump");
        RuntimeArchive.make(home, archive);
        assertEquals("11", calls());
    }

    @Test
    void shouldSayThatNoTwoInARowAreEqual() throws Exception {
        java("dump $calls");
        IllegalStateException e = assertThrows(IllegalStateException.class, () -> RuntimeArchive.make(home, archive));
        String message = String.valueOf(e.getMessage());
        assertTrue(message.startsWith("of 6 archives of the classes in "), message);
        assertEquals("111111", calls());
        assertFalse(Files.exists(archive));
        assertFalse(Files.exists(Path.of(archive + ".previous")));
    }

    @Test
    void shouldSayThatTheJvmFailed() throws Exception {
        java("dump", "exit 3");
        IllegalStateException e = assertThrows(IllegalStateException.class, () -> RuntimeArchive.make(home, archive));
        String message = String.valueOf(e.getMessage());
        assertTrue(message.endsWith(" ended with 3"), message);
        assertFalse(Files.exists(archive));
    }

    @Test
    void shouldGiveTheJvmNothingOfItsOwnEnvironment() throws Exception {
        java("$HOME $USER $JAVA_HOME $LC_ALL $TZ");
        RuntimeArchive.make(home, archive);
        assertEquals("   C.UTF-8 UTC", Files.readString(archive));
    }

    @Test
    void shouldLeaveAnArchiveThatHasNoList() throws Exception {
        Files.delete(home.resolve("lib/xray-25.classes"));
        Files.writeString(archive, "made by the daemon");
        RuntimeArchive.make(home, archive);
        assertEquals("made by the daemon", Files.readString(archive));
    }

    private String calls() throws IOException {
        return Files.readString(home.resolve("calls"));
    }

    /** A script in place of the JVM that writes a text to the archive; {@code calls} counts how often it was called. */
    private void java(String text, String... more) throws IOException {
        Path java = Files.createDirectories(home.resolve("runtime/bin")).resolve("java");
        String script =
                """
                #!/bin/sh
                printf 1 >>calls
                read -r ones <calls
                calls=${#ones}
                for word; do
                    case $word in -XX:SharedArchiveFile=*) printf '%%s' "%s" >"${word#*=}" ;; esac
                done
                %s
                """
                        .formatted(text, String.join("\n", more));
        Files.writeString(java, script);
        assertTrue(java.toFile().setExecutable(true));
    }
}
