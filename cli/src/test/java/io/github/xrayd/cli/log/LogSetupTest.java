package io.github.xrayd.cli.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

class LogSetupTest {
    private static final Logger OURS = LoggerFactory.getLogger("io.github.xrayd.Something");
    private static final Logger LIBRARY = LoggerFactory.getLogger("software.amazon.awssdk.core.Something");

    @TempDir
    private Path directory;

    @AfterEach
    void restore() throws IOException {
        LogSetup.configure(LogSettings.DEFAULT);
    }

    @Test
    void shouldBeWhatSlf4jFinds() {
        assertInstanceOf(LineLogger.class, OURS);
    }

    @Test
    void shouldWriteWhatTheLevelAllows() throws IOException {
        assertEquals("wWeE", lettersAt("warn"));
        assertEquals("eE", lettersAt("error"));
        assertEquals("iwWeE", lettersAt("info"));
        assertEquals("iwWeE", lettersAt("PROD"));
        assertEquals("diwWeE", lettersAt("debug"));
        assertEquals("tTdDiIwWeE", lettersAt("dev"));
    }

    private String lettersAt(String level) throws IOException {
        Path file = directory.resolve(level);
        LogSetup.configure(new LogSettings(level, file, true, false));
        OURS.trace("t");
        LIBRARY.trace("T");
        OURS.debug("d");
        LIBRARY.debug("D");
        OURS.info("i");
        LIBRARY.info("I");
        OURS.warn("w");
        LIBRARY.warn("W");
        OURS.error("e");
        LIBRARY.error("E");
        LogSetup.close();
        StringBuilder letters = new StringBuilder();
        for (String line : Files.readAllLines(file)) {
            letters.append(line.charAt(line.length() - 1));
        }
        return letters.toString();
    }

    @Test
    void shouldRefuseAnUnknownLevelAndNameTheOthers() {
        IllegalArgumentException e = assertThrows(
                IllegalArgumentException.class, () -> LogSetup.configure(new LogSettings("loud", null, true, false)));
        assertEquals("Unknown log level \"loud\"; it must be dev, debug, info, warn, error or prod", e.getMessage());
    }

    @Test
    void shouldShowStacksAtDebugOnly() throws IOException {
        Path info = directory.resolve("info.log");
        LogSetup.configure(new LogSettings("info", info, true, false));
        OURS.error("It {}", "failed", new IOException("disk gone"));
        LogSetup.close();
        List<String> lines = Files.readAllLines(info);
        assertEquals(1, lines.size());
        assertTrue(lines.get(0).endsWith("Z [Error] It failed: java.io.IOException: disk gone"), lines.get(0));

        Path debug = directory.resolve("debug.log");
        LogSetup.configure(new LogSettings("debug", debug, true, false));
        OURS.error("It {}", "failed", new IOException("disk gone"));
        LogSetup.close();
        assertTrue(Files.readString(debug).contains("\n\t\tat io.github.xrayd.cli.log.LogSetupTest."));
    }

    @Test
    void shouldReopenAfterTheFileWasMoved() throws IOException {
        Path file = directory.resolve("xray.log");
        LogSetup.configure(new LogSettings("info", file, true, true));
        OURS.info("before");
        Files.move(file, directory.resolve("xray.log-20261121"));
        LogSetup.reopen();
        OURS.info("after");
        LogSetup.close();
        assertTrue(Files.readString(file).contains("\"message\":\"after\""));
        assertFalse(Files.readString(file).contains("before"));
    }

    @Test
    void shouldKeepTheOldLogWhenTheNewOneCannotBeWritten() throws IOException {
        Path file = directory.resolve("xray.log");
        LogSetup.configure(new LogSettings("info", file, true, false));
        assertThrows(IOException.class, () -> LogSetup.configure(new LogSettings("info", directory, true, false)));
        OURS.info("still here");
        LogSetup.close();
        assertTrue(Files.readString(file).contains("still here"));
    }

    @Test
    void shouldSayFoldedLinesWithoutAnotherCall() throws IOException {
        Path file = directory.resolve("xray.log");
        LogSetup.configure(new LogSettings("info", file, true, false));
        for (int i = 0; i < 3; i++) {
            OURS.warn("Invalid header: {}", "x");
        }
        long deadlineNs = System.nanoTime() + 10_000_000_000L;
        while (!Files.readString(file).contains("x (repeated 2 times)")) {
            assertTrue(System.nanoTime() < deadlineNs, "the folded lines never came");
            Thread.onSpinWait();
        }
    }

    @Test
    void shouldBearArgumentsThatThrow() throws IOException {
        Path file = directory.resolve("xray.log");
        LogSetup.configure(new LogSettings("info", file, true, false));
        OURS.info("value {} {}", 1, new Object() {
            @Override
            public String toString() {
                throw new IllegalStateException("no words");
            }
        });
        OURS.info(null);
        LogSetup.close();
        assertEquals(2, Files.readAllLines(file).size());
    }
}
