package io.github.xrayd.engine.http;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How many connections and workers the TCP port may have within the process's own limits, so that uploads, spool and
 * log always find a descriptor and a thread.
 *
 * @param connectionsMax connections at once
 * @param workersMax calls to the API at once
 * @param uploadsMax batches on their way at once
 * @param isScarce whether what the daemon does at its start beside its work, such as warming up, would take the last
 *     ones
 */
public record ProcessLimits(int connectionsMax, int workersMax, int uploadsMax, boolean isScarce) {
    /** For uploads and the port's own calls (64 connections each), spool, log, dead letters and the JVM's files. */
    private static final long DESCRIPTORS_RESERVED = 256;

    /** What the JVM's own files, the jars, the sockets and the log take, and the least for uploads and the spool. */
    private static final long DESCRIPTORS_LEAST = 84;

    /** What warming up and the first calls take beside {@link #DESCRIPTORS_LEAST}. */
    private static final long DESCRIPTORS_SCARCE = 128;
    /** From here on nobody has to share. */
    private static final long DESCRIPTORS_PLENTY = 4_096;

    /**
     * What the JVM and the daemon have at any time without uploads, and a few more: to handle a signal the JVM makes a
     * thread.
     */
    private static final long THREADS_RESERVED = 30;

    /** With fewer the JVM could not make the thread that handles SIGTERM. */
    private static final long THREADS_LEAST = 25;

    /** What to do where threads are too few. */
    public static final String RAISE_THREADS =
            "Raise the limit: pids.max of its control group, TasksMax of its unit, or ulimit -u.";

    private static final long THREADS_SCARCE = 64;
    private static final int UPLOADS_LEAST = 2;

    private static final long UNLIMITED = Long.MAX_VALUE;

    /** The limits of this process; where the system does not report it, those of {@link HttpLimits}. */
    public static ProcessLimits ofThisProcess() {
        return read(Path.of("/"));
    }

    /** As {@link #ofThisProcess}, below another root. */
    public static ProcessLimits read(Path root) {
        return of(soft(lines(root.resolve("proc/self/limits")), "Max open files"), threads(root));
    }

    /** What this process is short of to run at all, as text, or null. */
    public static @Nullable String shortage() {
        return threads(Path.of("/")) >= THREADS_LEAST
                ? null
                : "The system gives this process too few threads, it needs " + THREADS_LEAST + " at least. "
                        + RAISE_THREADS;
    }

    /** For a process that may have so many descriptors and threads. */
    public static ProcessLimits of(long descriptors, long threads) {
        long connections = Math.max(
                descriptors - DESCRIPTORS_RESERVED, Math.min(descriptors / 8, descriptors - DESCRIPTORS_LEAST));
        int connectionsMax = (int) Math.max(1, Math.min(HttpLimits.CONNECTIONS_MAX, connections));
        long uploads = descriptors >= DESCRIPTORS_PLENTY
                ? Integer.MAX_VALUE
                : (descriptors - DESCRIPTORS_LEAST - connectionsMax) / 2;
        return new ProcessLimits(
                connectionsMax,
                (int) Math.max(1, Math.min(HttpLimits.WORKERS_MAX, threads / 8)),
                (int) Math.max(
                        UPLOADS_LEAST, Math.min(Math.min(uploads, threads - THREADS_RESERVED), Integer.MAX_VALUE)),
                descriptors < DESCRIPTORS_SCARCE || threads < THREADS_SCARCE);
    }

    /** The batches that each of so many destinations may have on their way. */
    public int uploadsMax(int destinations) {
        return Math.max(UPLOADS_LEAST, uploadsMax / destinations);
    }

    private static long threads(Path root) {
        return Math.min(soft(lines(root.resolve("proc/self/limits")), "Max processes"), cgroupThreads(root));
    }

    private static long cgroupThreads(Path root) {
        long threads = UNLIMITED;
        for (String line : lines(root.resolve("proc/self/cgroup"))) {
            // "0::/path" of version 2, "7:pids:/path" of version 1; in a container the mount shows its own group at the
            // top.
            String[] parts = line.split(":", 3);
            if (parts.length < 3 || !(parts[1].isEmpty() || parts[1].equals("pids"))) {
                continue;
            }
            Path mount = root.resolve(parts[1].isEmpty() ? "sys/fs/cgroup" : "sys/fs/cgroup/pids");
            for (Path group = mount.resolve(parts[2].substring(1)); group.startsWith(mount); group = parent(group)) {
                List<String> max = lines(group.resolve("pids.max"));
                threads = Math.min(threads, max.isEmpty() ? UNLIMITED : number(max.get(0)));
            }
        }
        return threads;
    }

    private static Path parent(Path path) {
        Path parent = path.getParent();
        return parent == null ? Path.of("") : parent;
    }

    private static long soft(List<String> limits, String name) {
        for (String line : limits) {
            if (line.startsWith(name)) {
                return number(line.substring(name.length()).trim().split("\\s+", 2)[0]);
            }
        }
        return UNLIMITED;
    }

    /** A number, or no limit for any other word. */
    private static long number(String text) {
        String digits = text.trim();
        boolean isNumber =
                !digits.isEmpty() && digits.length() <= 18 && digits.chars().allMatch(Character::isDigit);
        return isNumber ? Long.parseLong(digits) : UNLIMITED;
    }

    private static List<String> lines(Path file) {
        try {
            return Files.readAllLines(file);
        } catch (IOException e) {
            return List.of();
        }
    }
}
