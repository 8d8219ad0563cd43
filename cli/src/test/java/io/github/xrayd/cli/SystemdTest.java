package io.github.xrayd.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** With a stand-in for {@code systemd-notify} that writes down what it is told. */
@EnabledOnOs(OS.LINUX)
@Timeout(60)
class SystemdTest {
    @TempDir
    Path directory;

    private final AtomicInteger asked = new AtomicInteger();
    private volatile boolean isHealthy;

    @Test
    void shouldFeedTheWatchdogOnlyWhileTheDataPathMakesProgress() throws Exception {
        Path told = directory.resolve("told");
        Path program = directory.resolve("systemd-notify");
        Files.writeString(program, "#!/bin/sh\necho \"$2\" >>'" + told + "'\n");
        assertTrue(program.toFile().setExecutable(true));
        Systemd systemd = Systemd.of(Map.of(
                "NOTIFY_SOCKET",
                "scripted",
                "WATCHDOG_USEC",
                "20000",
                "PATH",
                directory + ":" + System.getenv("PATH")));

        systemd.ready(() -> {
            asked.incrementAndGet();
            return isHealthy;
        });
        await(() -> asked.get() >= 5 && lines(told).size() == 1);
        assertEquals(List.of("READY=1"), lines(told));

        isHealthy = true;
        await(() -> lines(told).size() >= 3);
        assertEquals("WATCHDOG=1", lines(told).get(1));
    }

    private static void await(BooleanSupplier condition) {
        while (!condition.getAsBoolean()) {
            Thread.onSpinWait();
        }
    }

    private static List<String> lines(Path file) {
        try {
            return Files.exists(file) ? Files.readAllLines(file) : List.of();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
