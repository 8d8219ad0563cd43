package io.github.xrayd.child;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What Linux reports of processes, sockets and processors under {@code /proc}, see proc(5). */
public final class ProcFs {
    /** The kernel's USER_HZ, the unit of times in {@code stat}; 100 on every architecture that Java runs on. */
    private static final long TICK_NANOS = 10_000_000;

    private static final int LOCAL_ADDRESS = 1;
    private static final int STATE = 3;
    private static final String LISTENING = "0A";
    private static final int QUEUES = 4;
    private static final int INODE = 9;
    private static final int DROPS = 12;
    /** Fields of {@code stat} behind the command's name, counted from the state. */
    private static final int USER_TIME = 11;

    private static final int SYSTEM_TIME = 12;
    private static final int CHILDREN_SYSTEM_TIME = 14;

    /** The first line of a mapping in {@code smaps}: its addresses. */
    private static final Pattern MAPPING = Pattern.compile("([0-9a-f]+)-[0-9a-f]+ ");

    private ProcFs() {}

    private static String text(String file) throws IOException {
        return Files.readString(Path.of(file), StandardCharsets.UTF_8);
    }

    /**
     * Processor time of all threads of a process since its start, ended ones included, in nanoseconds; known to 10 ms.
     */
    public static long cpuNanos(long pid) throws IOException {
        return cpuNanosOf(text("/proc/" + pid + "/stat"));
    }

    static long cpuNanosOf(String stat) {
        String[] fields = fields(stat);
        return (Long.parseLong(fields[USER_TIME]) + Long.parseLong(fields[SYSTEM_TIME])) * TICK_NANOS;
    }

    /** The same with what the children that have ended used, and theirs. */
    public static long cpuNanosWithChildren(long pid) throws IOException {
        String[] fields = fields(text("/proc/" + pid + "/stat"));
        long ticks = 0;
        for (int i = USER_TIME; i <= CHILDREN_SYSTEM_TIME; i++) {
            ticks += Long.parseLong(fields[i]);
        }
        return ticks * TICK_NANOS;
    }

    /**
     * Processor time of every process since its start, in nanoseconds.
     *
     * @return by process id and the command's name, as {@code 4711 java}
     */
    public static Map<String, Long> cpuNanosByProcess() throws IOException {
        Map<String, Long> byProcess = new TreeMap<>();
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
            for (Path process : processes) {
                try {
                    String stat = Files.readString(process.resolve("stat"), StandardCharsets.ISO_8859_1);
                    String name = stat.substring(stat.indexOf('(') + 1, stat.lastIndexOf(')'));
                    byProcess.put(process.getFileName() + " " + name, cpuNanosOf(stat));
                } catch (IOException e) {
                    // The process ended since it was listed.
                }
            }
        }
        return byProcess;
    }

    private static String[] fields(String stat) {
        return stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
    }

    /**
     * A thread.
     *
     * @param id unique while the process lives, unless the kernel runs out of ids
     * @param cpuNanos the processor time it has used
     */
    public record ThreadTime(long id, String name, long cpuNanos) {}

    /** The threads that live now. */
    public static List<ThreadTime> threadTimes(long pid) throws IOException {
        List<ThreadTime> times = new ArrayList<>();
        try (DirectoryStream<Path> threads = Files.newDirectoryStream(Path.of("/proc/" + pid + "/task"))) {
            for (Path thread : threads) {
                try {
                    String name = Files.readString(thread.resolve("comm")).strip();
                    String[] fields =
                            Files.readString(thread.resolve("schedstat")).split(" ", -1);
                    times.add(new ThreadTime(
                            Long.parseLong(thread.getFileName().toString()), name, Long.parseLong(fields[0])));
                } catch (IOException e) {
                    // The thread ended since it was listed.
                }
            }
        }
        return times;
    }

    /** Processor time of the threads that live, by name without digits, in nanoseconds. */
    public static Map<String, Long> cpuNanosByThread(long pid) throws IOException {
        Map<String, Long> byName = new TreeMap<>();
        for (ThreadTime thread : threadTimes(pid)) {
            byName.merge(thread.name().replaceAll("[-#]?[0-9]+$", ""), thread.cpuNanos(), Long::sum);
        }
        return byName;
    }

    /** Memory that a process has resident, in bytes. */
    public static long residentBytes(long pid) throws IOException {
        return status(pid, "VmRSS:") << 10;
    }

    /**
     * Memory that a process has resident in a range of its addresses, in bytes; counts mappings that begin there.
     *
     * @param from the first address
     * @param to the address behind the last one
     */
    public static long residentBytes(long pid, long from, long to) throws IOException {
        return residentBytesOf(Files.readAllLines(Path.of("/proc/" + pid + "/smaps")), from, to);
    }

    static long residentBytesOf(List<String> smaps, long from, long to) {
        long kilobytes = 0;
        boolean isInside = false;
        for (String line : smaps) {
            Matcher mapping = MAPPING.matcher(line);
            if (mapping.lookingAt()) {
                long start = Long.parseUnsignedLong(mapping.group(1), 16);
                isInside = Long.compareUnsigned(from, start) <= 0 && Long.compareUnsigned(start, to) < 0;
            } else if (isInside && line.startsWith("Rss:")) {
                kilobytes += Long.parseLong(line.replaceAll("[^0-9]", ""));
            }
        }
        return kilobytes << 10;
    }

    /** The most that a process had resident since its start, or since {@link #resetResidentPeak}, in bytes. */
    public static long residentPeakBytes(long pid) throws IOException {
        return status(pid, "VmHWM:") << 10;
    }

    /**
     * Lets the highest resident memory begin anew.
     *
     * @throws IOException when the system does not allow it
     */
    public static void resetResidentPeak(long pid) throws IOException {
        Files.writeString(Path.of("/proc/" + pid + "/clear_refs"), "5");
    }

    /** How many threads a process has. */
    public static int threads(long pid) throws IOException {
        return (int) status(pid, "Threads:");
    }

    /** How many files and sockets a process has open. */
    public static int descriptors(long pid) throws IOException {
        int count = 0;
        try (DirectoryStream<Path> open = Files.newDirectoryStream(Path.of("/proc/" + pid + "/fd"))) {
            for (Path unused : open) {
                count++;
            }
        }
        return count;
    }

    private static long status(long pid, String key) throws IOException {
        String file = "/proc/" + pid + "/status";
        return text(file)
                .lines()
                .filter(line -> line.startsWith(key))
                .map(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
                .findFirst()
                .orElseThrow(() -> new IOException(file + " has no " + key + " Has the process ended?"));
    }

    /** Whether this system reports anything of processes and threads. */
    public static boolean isAvailable() {
        return Files.isReadable(Path.of("/proc/self/schedstat"));
    }

    /** Whether a UDP socket is bound to a port. */
    public static boolean isUdpBound(int port) {
        return !udpSockets(port).isEmpty();
    }

    /** Datagrams that the kernel dropped at a port's sockets because their buffers were full. */
    public static long udpDrops(int port) {
        return udpSockets(port).stream().mapToLong(Socket::drops).sum();
    }

    /** Bytes that wait in the receive queues of a port's sockets, in the kernel's account. */
    public static long queuedBytes(int port) {
        return udpSockets(port).stream().mapToLong(Socket::queuedBytes).sum();
    }

    /** A row of the kernel's tables of sockets; drops are counted for UDP only. */
    record Socket(String state, long inode, long queuedBytes, long drops) {
        private static Socket of(String[] columns) {
            String queues = columns[QUEUES];
            return new Socket(
                    columns[STATE],
                    Long.parseLong(columns[INODE]),
                    Long.parseLong(queues.substring(queues.indexOf(':') + 1), 16),
                    columns.length > DROPS ? Long.parseLong(columns[DROPS]) : 0);
        }
    }

    /** Java's sockets are in the second table, whatever address they are bound to. */
    static List<Socket> udpSockets(int port) {
        return sockets(port, "/proc/net/udp", "/proc/net/udp6");
    }

    static List<Socket> tcpListeners(int port) {
        return sockets(port, "/proc/net/tcp", "/proc/net/tcp6").stream()
                .filter(socket -> socket.state().equals(LISTENING))
                .toList();
    }

    private static List<Socket> sockets(int port, String... tables) {
        String suffix = String.format(":%04X", port);
        List<Socket> sockets = new ArrayList<>();
        for (String table : tables) {
            for (String line : lines(table)) {
                String[] columns = line.strip().split("\\s+", -1);
                if (columns.length > INODE && columns[LOCAL_ADDRESS].endsWith(suffix)) {
                    sockets.add(Socket.of(columns));
                }
            }
        }
        return sockets;
    }

    private static List<String> lines(String file) {
        try {
            return Files.readAllLines(Path.of(file));
        } catch (IOException e) {
            return List.of();
        }
    }

    /** A number of the kernel's settings, such as {@code net.core.rmem_max}; -1 when this system does not report it. */
    public static long kernelSetting(String name) {
        // Not readString: it reads byte by byte where a length is not known, and the kernel answers the first only.
        List<String> lines = lines("/proc/sys/" + name.replace('.', '/'));
        return lines.isEmpty() ? -1 : Long.parseLong(lines.get(0).strip());
    }

    /** Time that all processors were busy or stolen since the machine's start, in nanoseconds. */
    public static long busyNanos() throws IOException {
        return busyNanosOf(text("/proc/stat"));
    }

    static long busyNanosOf(String stat) {
        String[] fields = stat.lines().findFirst().orElseThrow().split("\\s+", -1);
        long busy = 0;
        for (int i = 1; i <= 8 && i < fields.length; i++) {
            boolean isIdle = i == 4 || i == 5;
            busy += isIdle ? 0 : Long.parseLong(fields[i]);
        }
        return busy * TICK_NANOS;
    }
}
