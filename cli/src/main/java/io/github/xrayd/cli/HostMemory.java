package io.github.xrayd.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** How much memory this process may count on: the host's, or a lower limit of its control groups. */
final class HostMemory {
    private final Path root;

    /**
     * A view.
     *
     * @param root the root of the file system
     */
    HostMemory(Path root) {
        this.root = root;
    }

    /** The bytes, or 0 when this system does not tell. */
    long bytes() {
        long total = total();
        long limit = limit();
        return limit > 0 && (total == 0 || limit < total) ? limit : total;
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
        return 0;
    }

    private long limit() {
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
