package io.github.xrayd.plan.host;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** What Linux tells of a process: processor time by thread, resident memory. See proc(5). */
final class ProcessStat {
    private final Path folder;

    ProcessStat(long pid) {
        folder = Path.of("/proc/" + pid);
    }

    /** Whether this system tells anything. */
    static boolean isThere() {
        return Files.isReadable(Path.of("/proc/self/schedstat"));
    }

    /**
     * Processor time of each kind of thread, in seconds.
     *
     * @param dataPath of receivers, validators, batchers, uploader
     * @param calls of upload calls
     * @param other of the JVM and the rest
     * @param compilers of the JVM's compilers, which end when the code is warm
     */
    record Times(double dataPath, double calls, double other, double compilers) {
        /** All that goes on: without the compilers. */
        double lasting() {
            return dataPath + calls + other;
        }

        Times minus(Times before) {
            return new Times(
                    dataPath - before.dataPath,
                    calls - before.calls,
                    other - before.other,
                    compilers - before.compilers);
        }
    }

    /** What every thread that ever lived here has used, as far as it was seen. */
    private final Map<String, double[]> seen = new LinkedHashMap<>();

    /** Looks at all threads; what one that has ended used until it was last looked at stays counted. */
    Times times() throws RigException {
        try (DirectoryStream<Path> tasks = Files.newDirectoryStream(folder.resolve("task"))) {
            for (Path task : tasks) {
                look(task);
            }
        } catch (IOException e) {
            throw new RigException("the daemon's threads cannot be read: " + e.getMessage(), e);
        }
        double[] sums = new double[4];
        seen.values().forEach(entry -> sums[(int) entry[0]] += entry[1]);
        return new Times(sums[0], sums[1], sums[2], sums[3]);
    }

    private void look(Path task) {
        try {
            String name = Files.readString(task.resolve("comm")).trim();
            String time = Files.readString(task.resolve("schedstat"));
            double seconds = Long.parseLong(time.substring(0, time.indexOf(' '))) * 1e-9;
            seen.put(task.getFileName() + " " + name, new double[] {kind(name), seconds});
        } catch (IOException e) {
            // It ended since it was listed.
        }
    }

    private static int kind(String name) {
        if (name.startsWith("receiver") || name.startsWith("batcher") || name.equals("uploader")) {
            return 0;
        }
        return name.startsWith("upload-") ? 1 : name.contains("CompilerThre") ? 3 : 2;
    }

    /** Resident memory at its highest since the process began, in bytes. */
    long residentPeak() throws RigException {
        return status("VmHWM:");
    }

    /** Resident memory now, in bytes. */
    long resident() throws RigException {
        return status("VmRSS:");
    }

    /** Lets the highest begin anew, where the system allows it. */
    void resetPeak() {
        try {
            Files.writeString(folder.resolve("clear_refs"), "5");
        } catch (IOException e) {
            // Then the highest of the whole life counts; it is rarely that of the start.
        }
    }

    private long status(String key) throws RigException {
        try {
            for (String line : Files.readAllLines(folder.resolve("status"))) {
                if (line.startsWith(key)) {
                    return Long.parseLong(line.replaceAll("[^0-9]", "")) << 10;
                }
            }
        } catch (IOException e) {
            throw new RigException("the daemon has ended: " + e.getMessage(), e);
        }
        throw new RigException("the system does not tell " + key, null);
    }
}
