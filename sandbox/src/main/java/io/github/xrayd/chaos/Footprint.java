package io.github.xrayd.chaos;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What a process takes of its host, as Linux tells under {@code /proc}.
 *
 * @param residentBytes memory that is resident
 * @param threads its threads
 * @param descriptors its open files and sockets
 */
record Footprint(long residentBytes, int threads, int descriptors) {
    /**
     * Looks once.
     *
     * @throws ChaosException when the system does not tell
     */
    static Footprint of(long pid) throws ChaosException {
        Path process = Path.of("/proc", Long.toString(pid));
        try {
            long residentKilobytes = 0;
            int threads = 0;
            for (String line : Files.readAllLines(process.resolve("status"))) {
                if (line.startsWith("VmRSS:")) {
                    residentKilobytes = number(line);
                } else if (line.startsWith("Threads:")) {
                    threads = (int) number(line);
                }
            }
            int descriptors = 0;
            try (DirectoryStream<Path> open = Files.newDirectoryStream(process.resolve("fd"))) {
                for (Path unused : open) {
                    descriptors++;
                }
            }
            return new Footprint(residentKilobytes << 10, threads, descriptors);
        } catch (IOException e) {
            throw new ChaosException("cannot see what the daemon takes: " + e + "; the soak needs Linux's /proc", e);
        }
    }

    private static long number(String line) {
        return Long.parseLong(line.replaceAll("[^0-9]", ""));
    }
}
