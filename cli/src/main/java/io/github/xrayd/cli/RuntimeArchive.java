package io.github.xrayd.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Makes the class-data archive of a distribution with a Java runtime of its own, from the list of classes that its
 * daemon has loaded.
 *
 * <p>One archive holds the JDK's classes and the daemon's. From the same list, jars and time stamps it is the same byte
 * for byte. The list stays beside it, so that others can make it again.
 *
 * <p>An interned string that the collection before the dump finds unused is not written. What uses one must therefore
 * not depend on time: the JVM interprets ({@code -Xint}), because compiled code holds strings and what is compiled by
 * then depends on how busy the machine is; and it does not collect before it has loaded all classes, so the young
 * generation has room for several times what a dump allocates (62 MB). What else might differ from JVM to JVM shows
 * when two of them are compared: an archive counts only when the next JVM has made the same one.
 */
final class RuntimeArchive {
    private static final long SECONDS_MAX = 180;
    /** More are not made; two are enough when nothing goes wrong. */
    private static final int DUMPS_MAX = 6;

    private final Path home;
    private final Path list;
    private final Path archive;

    private RuntimeArchive(Path home, Path list, Path archive) {
        this.home = home;
        this.list = list;
        this.archive = archive;
    }

    /**
     * Makes the archive, or does nothing when the daemon has left no list: then the JVM has written the archive itself.
     *
     * @param home the distribution's folder
     * @param archive the archive's file in {@code lib}
     * @throws IllegalStateException when the JVM made none, or never the same one twice in a row
     */
    static void make(Path home, Path archive) throws IOException, InterruptedException {
        Path list = Path.of(archive.toString().replaceAll("\\.jsa$", ".classes"));
        if (Files.exists(list)) {
            Files.write(list, normalized(Files.readAllLines(list)));
            new RuntimeArchive(home, list, archive).makeTwice();
        }
    }

    private void makeTwice() throws IOException, InterruptedException {
        Path previous = Path.of(archive + ".previous");
        try {
            dump();
            for (int dumps = 1; dumps < DUMPS_MAX; dumps++) {
                Files.move(archive, previous, StandardCopyOption.REPLACE_EXISTING);
                dump();
                if (Files.mismatch(archive, previous) == -1) {
                    return;
                }
            }
            Files.delete(archive);
            throw new IllegalStateException("of " + DUMPS_MAX + " archives of the classes in " + list
                    + " no two in a row were the same byte for byte");
        } finally {
            Files.deleteIfExists(previous);
        }
    }

    private void dump() throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(
                        home.resolve("runtime/bin/java").toString(),
                        "-Xshare:dump",
                        "-Xint",
                        // As in the launcher: an archive fits one layout of objects.
                        "-XX:+UseCompactObjectHeaders",
                        // The default collector's threads would lay out the heap's objects in one of two orders.
                        "-XX:+UseSerialGC",
                        "-XX:SharedClassListFile=" + list,
                        "-XX:SharedArchiveFile=" + archive,
                        // No collection but the one before the archive is written.
                        "-Xms256m",
                        "-Xmx256m",
                        "-Xmn224m",
                        "-XX:MetaspaceSize=160m",
                        "-Xlog:disable",
                        "-Xlog:all=error:stderr",
                        // Relative, because the archive keeps the path as it is given here.
                        "-cp",
                        "lib/xrayd-cli-" + Version.text() + ".jar")
                .directory(home.toFile())
                .inheritIO();
        // Neither options for every JVM nor a language: whose environment it is must make no difference.
        Map<String, String> environment = builder.environment();
        environment.clear();
        environment.putAll(Map.of("LC_ALL", "C.UTF-8", "TZ", "UTC"));
        Process dump = builder.start();
        try {
            if (!dump.waitFor(SECONDS_MAX, TimeUnit.SECONDS)) {
                throw new IllegalStateException("the JVM did not end");
            }
        } finally {
            dump.destroyForcibly();
        }
        if (dump.exitValue() != 0 || !Files.exists(archive)) {
            Files.deleteIfExists(archive);
            throw new IllegalStateException(
                    "the JVM that dumps the classes in " + list + " ended with " + dump.exitValue());
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
