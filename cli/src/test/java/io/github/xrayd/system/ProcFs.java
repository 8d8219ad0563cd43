package io.github.xrayd.system;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** What Linux tells of a process and of its sockets under {@code /proc}, see proc(5). */
final class ProcFs {
    private static final List<Path> UDP_TABLES = List.of(Path.of("/proc/net/udp"), Path.of("/proc/net/udp6"));
    private static final int LOCAL_ADDRESS = 1;
    private static final int QUEUES = 4;
    private static final int INODE = 9;
    private static final int DROPS = 12;

    private ProcFs() {}

    /**
     * A UDP socket.
     *
     * @param port its local port
     * @param queuedBytes what its receive queue holds, in the kernel's account
     * @param drops datagrams the kernel dropped because that queue was full
     */
    record UdpSocket(int port, long inode, long queuedBytes, long drops) {}

    private static List<UdpSocket> udpSockets() {
        List<UdpSocket> sockets = new ArrayList<>();
        for (Path table : UDP_TABLES) {
            for (String line : lines(table)) {
                String[] columns = line.trim().split("\\s+", -1);
                if (columns.length > DROPS && columns[0].endsWith(":")) {
                    String address = columns[LOCAL_ADDRESS];
                    String queues = columns[QUEUES];
                    sockets.add(new UdpSocket(
                            Integer.parseInt(address.substring(address.indexOf(':') + 1), 16),
                            Long.parseLong(columns[INODE]),
                            Long.parseLong(queues.substring(queues.indexOf(':') + 1), 16),
                            Long.parseLong(columns[DROPS])));
                }
            }
        }
        return sockets;
    }

    /** The port of a process's first UDP socket, or 0 while it has none. */
    static int udpPortOf(long pid) {
        Set<Long> inodes = socketsOf(pid);
        return udpSockets().stream()
                .filter(socket -> inodes.contains(socket.inode()) && socket.port() != 0)
                .mapToInt(UdpSocket::port)
                .findFirst()
                .orElse(0);
    }

    /** Bytes that wait in the receive queues of a port. */
    static long queuedBytes(int port) {
        return udpSockets().stream()
                .filter(socket -> socket.port() == port)
                .mapToLong(UdpSocket::queuedBytes)
                .sum();
    }

    private static Set<Long> socketsOf(long pid) {
        Set<Long> inodes = new HashSet<>();
        try (DirectoryStream<Path> descriptors = Files.newDirectoryStream(Path.of("/proc/" + pid + "/fd"))) {
            for (Path descriptor : descriptors) {
                addSocket(descriptor, inodes);
            }
        } catch (IOException e) {
            // The process has ended or not begun: it has no sockets.
        }
        return inodes;
    }

    private static void addSocket(Path descriptor, Set<Long> inodes) {
        try {
            String target = Files.readSymbolicLink(descriptor).toString();
            if (target.startsWith("socket:[")) {
                inodes.add(Long.parseLong(target.substring("socket:[".length(), target.length() - 1)));
            }
        } catch (IOException e) {
            // It was closed since it was listed.
        }
    }

    /** The memory that a process has resident, in bytes. */
    static long residentBytes(long pid) {
        for (String line : lines(Path.of("/proc/" + pid + "/status"))) {
            if (line.startsWith("VmRSS:")) {
                return Long.parseLong(line.replaceAll("[^0-9]", "")) << 10;
            }
        }
        throw new AssertionError("/proc/" + pid + "/status has no VmRSS: has the process ended?");
    }

    /** The processor time that a process has used. */
    static Duration processorTime(ProcessHandle process) {
        return process.info().totalCpuDuration().orElseThrow();
    }

    private static List<String> lines(Path file) {
        try {
            return Files.exists(file) ? Files.readAllLines(file) : List.of();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
