package io.github.xrayd.engine.health;

import java.io.IOException;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryUsage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * What the process and its JVM use, under the names of Prometheus's own client. Read when asked; what the system does
 * not tell is left out.
 */
final class ProcessMetrics {
    private static final Path PROC = Path.of("/proc/self");
    /** Linux counts memory in pages; the sizes in its status file are in KiB whatever the page. */
    private static final long KIB = 1024;

    private ProcessMetrics() {}

    /** Adds them all. */
    static void add(Samples samples) {
        addProcess(samples);
        addJvm(samples);
    }

    /** Adds what the system tells of the process. */
    static void addProcess(Samples samples) {
        ProcessHandle.Info info = ProcessHandle.current().info();
        info.totalCpuDuration().ifPresent(used -> samples.add(Metrics.CPU, used.toNanos() / 1e9));
        info.startInstant().ifPresent(start -> samples.add(Metrics.START_TIME, start.toEpochMilli() / 1e3));
        for (String line : lines("status")) {
            if (line.startsWith("VmRSS:")) {
                samples.add(Metrics.RESIDENT, number(line) * KIB);
            } else if (line.startsWith("VmSize:")) {
                samples.add(Metrics.VIRTUAL, number(line) * KIB);
            }
        }
        try (Stream<Path> open = Files.list(PROC.resolve("fd"))) {
            samples.add(Metrics.OPEN_FDS, open.count());
        } catch (IOException e) {
            // Not Linux.
        }
        for (String line : lines("limits")) {
            if (line.startsWith("Max open files")) {
                samples.add(Metrics.MAX_FDS, number(line));
            }
        }
    }

    private static void addJvm(Samples samples) {
        samples.add(Metrics.THREADS, ManagementFactory.getThreadMXBean().getThreadCount());
        add(samples, "heap", ManagementFactory.getMemoryMXBean().getHeapMemoryUsage());
        add(samples, "nonheap", ManagementFactory.getMemoryMXBean().getNonHeapMemoryUsage());
        for (GarbageCollectorMXBean collector : ManagementFactory.getGarbageCollectorMXBeans()) {
            samples.addSummary(
                    Metrics.JVM_GC,
                    Math.max(0, collector.getCollectionCount()),
                    Math.max(0, collector.getCollectionTime()) / 1e3,
                    collector.getName());
        }
    }

    private static void add(Samples samples, String area, MemoryUsage usage) {
        samples.add(Metrics.JVM_USED, usage.getUsed(), area);
        samples.add(Metrics.JVM_COMMITTED, usage.getCommitted(), area);
        if (usage.getMax() >= 0) {
            samples.add(Metrics.JVM_MAX, usage.getMax(), area);
        }
    }

    private static List<String> lines(String file) {
        try {
            return Files.readAllLines(PROC.resolve(file));
        } catch (IOException e) {
            return List.of();
        }
    }

    /** The first number of a line; 0 when it has none. */
    private static long number(String line) {
        for (String word : line.split("\\s+", -1)) {
            if (!word.isEmpty() && word.chars().allMatch(Character::isDigit)) {
                return Long.parseLong(word);
            }
        }
        return 0;
    }
}
