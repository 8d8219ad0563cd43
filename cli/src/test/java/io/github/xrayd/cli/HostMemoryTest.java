package io.github.xrayd.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HostMemoryTest {
    @TempDir
    Path root;

    @BeforeEach
    void hostHasOneGigabyte() throws IOException {
        write("proc/meminfo", "MemTotal:        1048576 kB\nMemFree:          12345 kB\n");
    }

    @Test
    void shouldTakeTheHostsMemoryWithoutALimit() throws IOException {
        write("proc/self/cgroup", "0::/a/b\n");
        write("sys/fs/cgroup/a/b/memory.max", "max\n");
        assertEquals(1L << 30, new HostMemory(root).bytes());
    }

    @Test
    void shouldTakeTheLowestLimitOfTheGroupsAbove() throws IOException {
        write("proc/self/cgroup", "0::/a/b\n");
        write("sys/fs/cgroup/a/b/memory.max", "800000000\n");
        write("sys/fs/cgroup/a/memory.max", "500000000\n");
        assertEquals(500_000_000, new HostMemory(root).bytes());
    }

    @Test
    void shouldTakeTheContainersLimit() throws IOException {
        write("proc/self/cgroup", "0::/\n");
        write("sys/fs/cgroup/memory.max", "268435456\n");
        assertEquals(256L << 20, new HostMemory(root).bytes());
    }

    @Test
    void shouldReadTheFirstVersionOfControlGroups() throws IOException {
        write("proc/self/cgroup", "5:cpu,memory:/docker/x\n");
        write("sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n");
        assertEquals(1L << 30, new HostMemory(root).bytes());
        write("sys/fs/cgroup/memory/docker/x/memory.limit_in_bytes", "134217728\n");
        assertEquals(128L << 20, new HostMemory(root).bytes());
    }

    @Test
    void shouldTakeTheLowestLimitOfBothVersions() throws IOException {
        write("proc/self/cgroup", "9:name=systemd:/\n4:memory:/a\n0::/b\n");
        write("sys/fs/cgroup/memory/a/memory.limit_in_bytes", "300000000\n");
        write("sys/fs/cgroup/b/memory.max", "200000000\n");
        assertEquals(200_000_000, new HostMemory(root).limit());
    }

    @Test
    void shouldTellTheLimitFromTheHostsMemory() throws IOException {
        write("proc/self/cgroup", "0::/\n");
        write("sys/fs/cgroup/memory.max", "max\n");
        assertEquals(0, new HostMemory(root).limit());
    }

    @Test
    void shouldAskTheJdkWhereThereIsNoProc() throws IOException {
        Files.delete(root.resolve("proc/meminfo"));
        assertEquals(7L << 30, new HostMemory(root, () -> 7L << 30).bytes());
        assertTrue(new HostMemory(root).bytes() > 64 << 20);
    }

    @Test
    void shouldNotAskTheJdkOnLinux() {
        assertEquals(
                1L << 30,
                new HostMemory(root, () -> {
                            throw new AssertionError("asked");
                        })
                        .bytes());
    }

    private void write(String path, String text) throws IOException {
        Path file = root.resolve(path);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }
}
