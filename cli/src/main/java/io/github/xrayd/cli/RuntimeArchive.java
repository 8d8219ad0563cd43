package io.github.xrayd.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Makes the class-data archive of a distribution with a Java runtime of its own, from the list of classes that its
 * daemon has loaded.
 *
 * <p>One archive holds the JDK's classes and the daemon's. From the same list, jars and time stamps it is the same byte
 * for byte. The list stays beside it, so that others can make it again.
 */
final class RuntimeArchive {
    private static final long SECONDS_MAX = 180;

    private RuntimeArchive() {}

    /**
     * Makes the archive, or does nothing when the daemon has left no list: then the JVM has written the archive itself.
     *
     * @param home the distribution's folder
     * @param archive the archive's file in {@code lib}
     */
    static void make(Path home, Path archive) throws IOException, InterruptedException {
        Path list = Path.of(archive.toString().replaceAll("\\.jsa$", ".classes"));
        if (!Files.exists(list)) {
            return;
        }
        Files.write(list, normalized(Files.readAllLines(list)));
        Process dump = new ProcessBuilder(
                        home.resolve("runtime/bin/java").toString(),
                        "-Xshare:dump",
                        // As in the launcher: an archive fits one layout of objects.
                        "-XX:+UseCompactObjectHeaders",
                        // The default collector's threads would lay out the heap's objects in one of two orders.
                        "-XX:+UseSerialGC",
                        "-XX:SharedClassListFile=" + list,
                        "-XX:SharedArchiveFile=" + archive,
                        "-Xmx128m",
                        "-Xlog:disable",
                        "-Xlog:all=error:stderr",
                        // Relative, because the archive keeps the path as it is given here.
                        "-cp",
                        "lib/xrayd-cli-" + Version.text() + ".jar")
                .directory(home.toFile())
                .inheritIO()
                .start();
        try {
            if (!dump.waitFor(SECONDS_MAX, TimeUnit.SECONDS)) {
                throw new IllegalStateException("the JVM did not end");
            }
        } finally {
            dump.destroyForcibly();
        }
        if (dump.exitValue() != 0) {
            Files.deleteIfExists(archive);
        }
    }

    /** The classes and lambdas alone, sorted: numbers and resolved constants differ from run to run. */
    private static List<String> normalized(List<String> lines) {
        return lines.stream()
                .filter(line -> !line.startsWith("#") && !line.startsWith("@cp "))
                .map(line -> line.replaceAll(" id: .*", ""))
                .distinct()
                .sorted()
                .toList();
    }
}
