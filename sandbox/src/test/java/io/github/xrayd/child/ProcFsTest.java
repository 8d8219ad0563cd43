package io.github.xrayd.child;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.DatagramSocket;
import java.net.InetAddress;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

class ProcFsTest {
    @Test
    void shouldReadTimesBehindANameWithBlanksAndBrackets() {
        String stat = "42 (a ) b) S 1 42 42 0 -1 4194304 101 0 0 0 150 50 7 8 20 0 1 0 141371 3133440 410";
        assertEquals(2_000_000_000L, ProcFs.cpuNanosOf(stat));
    }

    @Test
    void shouldCountStolenTimeAsBusyAndWaitingAsIdle() {
        assertEquals(
                (100 + 2 + 30 + 5 + 6 + 7) * 10_000_000L,
                ProcFs.busyNanosOf("cpu  100 2 30 9000 400 5 6 7 0 0\ncpu0 1\n"));
    }

    @Test
    void shouldAddUpWhatIsResidentInARange() {
        List<String> smaps = List.of(
                "fbfff000-fc000000 rw-p 00000000 00:00 0",
                "Rss:                   4 kB",
                "fc000000-fe800000 rw-p 00000000 00:00 0",
                "Size:              40960 kB",
                "Rss:               16384 kB",
                "Pss:               16384 kB",
                "fe800000-100000000 ---p 00000000 00:00 0",
                "Rss:                   8 kB",
                "100000000-100001000 rw-p 00000000 00:00 0",
                "Rss:                   4 kB",
                "ffffffffff600000-ffffffffff601000 --xp 00000000 00:00 0                  [vsyscall]",
                "Rss:                   4 kB");
        assertEquals(16_392L << 10, ProcFs.residentBytesOf(smaps, 0xfc000000L, 0x100000000L));
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void shouldSeeThisProcessAndItsSocket() throws Exception {
        long pid = ProcessHandle.current().pid();
        assertTrue(ProcFs.cpuNanos(pid) > 0);
        assertTrue(ProcFs.cpuNanosWithChildren(pid) >= ProcFs.cpuNanos(pid) / 2);
        assertTrue(ProcFs.cpuNanosByProcess().keySet().stream().anyMatch(name -> name.startsWith(pid + " ")));
        assertTrue(ProcFs.residentBytes(pid) > 1 << 20);
        assertTrue(ProcFs.cpuNanosByThread(pid).values().stream()
                        .mapToLong(Long::longValue)
                        .sum()
                > 0);
        int port;
        try (DatagramSocket socket = new DatagramSocket(0, InetAddress.getByName("127.0.0.1"))) {
            port = socket.getLocalPort();
            assertTrue(ProcFs.isUdpBound(port));
            assertEquals(0, ProcFs.udpDrops(port));
        }
        assertFalse(ProcFs.isUdpBound(port));
    }
}
