package io.github.xrayd.child;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What Linux tells of processes, sockets and processors under {@code /proc}, see proc(5). */
public final class ProcFs {
    /** The kernel's USER_HZ, the unit of times in {@code stat}; 100 on every architecture that Java runs on. */
    private static final long TICK_NANOS = 10_000_000;

    /** Java's sockets are in the second table, whatever address they are bound to. */
    private static final List<Path> UDP_TABLES = List.of(Path.of("/proc/net/udp"), Path.of("/proc/net/udp6"));

    private static final int LOCAL_ADDRESS = 1;
    private static final int DROPS = 12;
    /** Fields of {@code stat} behind the command's name, counted from the state. */
    private static final int USER_TIME = 11;

    private static final int SYSTEM_TIME = 12;
    private static final int CHILDREN_SYSTEM_TIME = 14;
    private static final long PAGE_BYTES = 4_096;

    private ProcFs() {}

    private static String text(String file) throws IOException {
        return Files.readString(Path.of(file), StandardCharsets.UTF_8);
    }

    /** Processor time of all threads of a process since its start, ended ones included, in nanoseconds; known to 10 ms. */
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

    /** Processor time of the threads that live, by name without digits, in nanoseconds. */
    public static Map<String, Long> cpuNanosByThread(long pid) throws IOException {
        Map<String, Long> byName = new TreeMap<>();
        try (DirectoryStream<Path> threads = Files.newDirectoryStream(Path.of("/proc/" + pid + "/task"))) {
            for (Path thread : threads) {
                try {
                    String name =
                            Files.readString(thread.resolve("comm")).strip().replaceAll("[-#]?[0-9]+$", "");
                    String[] times =
                            Files.readString(thread.resolve("schedstat")).split(" ", -1);
                    byName.merge(name, Long.parseLong(times[0]), Long::sum);
                } catch (IOException e) {
                    // The thread ended since it was listed.
                }
            }
        }
        return byName;
    }

    /** Memory that a process has resident, in bytes. */
    public static long residentBytes(long pid) throws IOException {
        return Long.parseLong(text("/proc/" + pid + "/statm").split(" ", -1)[1]) * PAGE_BYTES;
    }

    /** Whether a UDP socket is bound to a port. */
    public static boolean isUdpBound(int port) throws IOException {
        return udp(port).sockets() > 0;
    }

    /** Datagrams that the kernel dropped at a port's sockets because their buffers were full. */
    public static long udpDrops(int port) throws IOException {
        return udp(port).drops();
    }

    private record Udp(int sockets, long drops) {}

    private static Udp udp(int port) throws IOException {
        String suffix = String.format(":%04X", port);
        int sockets = 0;
        long drops = 0;
        for (Path table : UDP_TABLES) {
            for (String line : Files.exists(table) ? Files.readAllLines(table) : List.<String>of()) {
                String[] columns = line.strip().split("\\s+", -1);
                if (columns.length > DROPS && columns[LOCAL_ADDRESS].endsWith(suffix)) {
                    sockets++;
                    drops += Long.parseLong(columns[DROPS]);
                }
            }
        }
        return new Udp(sockets, drops);
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
