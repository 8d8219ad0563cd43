package io.github.xrayd.cli;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.LongSupplier;

/** How much memory this process may count on: the host's, or a lower limit of its control groups. */
final class HostMemory {
    private final Path root;
    private final LongSupplier totalWithoutProc;

    /**
     * A view.
     *
     * @param root the root of the file system
     */
    HostMemory(Path root) {
        this(root, HostMemory::totalOfJdk);
    }

    /** @param totalWithoutProc asked for the host's bytes where there is no {@code /proc/meminfo}; 0 for unknown */
    HostMemory(Path root, LongSupplier totalWithoutProc) {
        this.root = root;
        this.totalWithoutProc = totalWithoutProc;
    }

    /** The bytes, or 0 when this system does not report it. */
    long bytes() {
        long total = total();
        long limit = limit();
        return limit > 0 && (total == 0 || limit < total) ? limit : total;
    }

    /** The lowest limit of this process's control groups in bytes, or 0 when there is none. */
    long limit() {
        long least = 0;
        for (String line : lines("proc/self/cgroup")) {
            String[] fields = line.split(":", 3);
            if (fields.length < 3) {
                continue;
            }
            boolean isUnified = fields[0].equals("0") && fields[1].isEmpty();
            if (isUnified || List.of(fields[1].split(",")).contains("memory")) {
                String base = isUnified ? "sys/fs/cgroup" : "sys/fs/cgroup/memory";
                String name = isUnified ? "memory.max" : "memory.limit_in_bytes";
                least = least(least, limitUpwards(base, fields[2], name));
            }
        }
        return least;
    }

    /**
     * Whether this process has mapped its installation's class-data archive; the JVM leaves one that does not fit
     * aside.
     */
    boolean hasArchive() {
        for (String line : lines("proc/self/maps")) {
            if (line.endsWith(".jsa") && line.contains("/lib/xray-")) {
                return true;
            }
        }
        return false;
    }

    private long total() {
        for (String line : lines("proc/meminfo")) {
            if (line.startsWith("MemTotal:")) {
                return number(line.substring("MemTotal:".length())
                                .replace("kB", "")
                                .trim())
                        << 10;
            }
        }
        return totalWithoutProc.getAsLong();
    }

    /** What the JDK says, on macOS and Windows; its classes cost 20 ms of a start, so Linux is not asked this way. */
    private static long totalOfJdk() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean system
                ? system.getTotalMemorySize()
                : 0;
    }

    /** The least limit of a group and its ancestors; inside a container the group itself is the mount's root. */
    private long limitUpwards(String base, String group, String name) {
        long least = 0;
        String path = group;
        while (true) {
            for (String line : lines(base + path + "/" + name)) {
                least = least(least, number(line.trim()));
            }
            int slash = path.lastIndexOf('/');
            if (slash < 0) {
                return least;
            }
            path = path.substring(0, slash);
        }
    }

    private static long least(long one, long other) {
        if (one <= 0 || other <= 0) {
            return Math.max(one, other);
        }
        return Math.min(one, other);
    }

    private List<String> lines(String path) {
        try {
            Path file = root.resolve(path);
            return Files.isReadable(file) ? Files.readAllLines(file) : List.of();
        } catch (IOException e) {
            return List.of();
        }
    }

    /** The number, or 0 when there is none ({@code max}) or it is not a limit that anybody set. */
    private static long number(String text) {
        try {
            long number = Long.parseLong(text);
            return number > 1L << 60 ? 0 : number;
        } catch (NumberFormatException e) {
            return 0;
        }
    }
}
