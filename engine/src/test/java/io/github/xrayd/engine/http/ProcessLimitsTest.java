package io.github.xrayd.engine.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProcessLimitsTest {
    @TempDir
    Path root;

    private void write(String path, String text) throws IOException {
        Path file = root.resolve(path);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }

    @Test
    void shouldLeaveDescriptorsAndThreadsToOthers() throws Exception {
        write(
                "proc/self/limits",
                """
                Limit                     Soft Limit           Hard Limit           Units
                Max processes             unlimited            unlimited            processes
                Max open files            1024                 1024                 files
                """);
        write("proc/self/cgroup", "0::/a/b\n");
        write("sys/fs/cgroup/a/b/pids.max", "max\n");
        write("sys/fs/cgroup/a/pids.max", "40\n");
        assertEquals(new ProcessLimits(768, 5, 10, true), ProcessLimits.read(root));
        write("proc/self/cgroup", "7:pids:/c\n3:memory:/c\n");
        write("sys/fs/cgroup/pids/c/pids.max", "100\n");
        assertEquals(new ProcessLimits(768, 12, 70, false), ProcessLimits.read(root));
    }

    @Test
    void shouldTakeTheFixedLimitsWhereTheSystemTellsNone() {
        assertEquals(
                new ProcessLimits(HttpLimits.CONNECTIONS_MAX, HttpLimits.WORKERS_MAX, Integer.MAX_VALUE, false),
                ProcessLimits.read(root));
    }

    @Test
    void shouldLeaveTheLastDescriptorsToUploadsAndSpool() {
        assertEquals(1, ProcessLimits.of(80, 1_000).connectionsMax());
        assertEquals(2, ProcessLimits.of(80, 1_000).uploadsMax());
        assertEquals(32, ProcessLimits.of(256, 1_000).connectionsMax());
        assertEquals(70, ProcessLimits.of(256, 1_000).uploadsMax());
        assertEquals(35, ProcessLimits.of(256, 1_000).uploadsMax(2));
        assertEquals(2, ProcessLimits.of(80, 1_000).uploadsMax(3));
    }

    @Test
    void shouldLeaveAThreadToTheNextSignal() {
        assertEquals(2, ProcessLimits.of(20_000, 28).uploadsMax());
        assertEquals(10, ProcessLimits.of(20_000, 40).uploadsMax());
        assertTrue(ProcessLimits.of(20_000, 40).isScarce());
        assertFalse(ProcessLimits.of(20_000, 100).isScarce());
        assertTrue(ProcessLimits.of(80, 1_000).isScarce());
    }

    @Test
    void shouldAlwaysLeaveSome() {
        for (long limit = 8; limit < 5_000; limit++) {
            ProcessLimits limits = ProcessLimits.of(limit, limit);
            assertTrue(limits.connectionsMax() >= 1 && limits.connectionsMax() < limit, limits::toString);
            int calls = Math.min(64, limits.uploadsMax());
            assertTrue(calls >= 2 && calls <= 64, () -> calls + " calls");
            long left = limit - limits.connectionsMax() - calls;
            assertTrue(limit < 128 || left >= 84, () -> left + " descriptors for files");
            assertTrue(limits.workersMax() >= 1 && limits.workersMax() <= Math.max(1, limit / 8), limits::toString);
        }
    }
}
