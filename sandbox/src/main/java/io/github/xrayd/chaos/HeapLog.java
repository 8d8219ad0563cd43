package io.github.xrayd.chaos;

import io.github.xrayd.child.ProcFs;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A daemon's Java heap: what is live in it after a full collection and how much of it is resident, from the collector's
 * own log and the system. Asks for collections where a JDK's {@code jcmd} is found. One process at a time; each new one
 * begins the log anew.
 */
final class HeapLog implements AutoCloseable {
    private static final Pattern AFTER = Pattern.compile("GC\\((\\d+)\\) (DefNew|Tenured): \\d+K\\(\\d+K\\)->(\\d+)K");
    private static final Pattern ADDRESS = Pattern.compile("Heap address: 0x([0-9a-f]+), size: (\\d+) MB");
    private static final int COLLECTION_SECONDS_MAX = 20;

    private final Path file;
    private final @Nullable Path jcmd = jcmd();

    HeapLog() throws IOException {
        file = Files.createTempFile("xray-chaos-gc-", ".log");
    }

    /** The one of this process's Java, else of JAVA_HOME, else in PATH. */
    private static @Nullable Path jcmd() {
        List<Path> places = new ArrayList<>();
        places.add(Path.of(System.getProperty("java.home"), "bin"));
        places.add(Path.of(System.getenv().getOrDefault("JAVA_HOME", ""), "bin"));
        for (String place : System.getenv().getOrDefault("PATH", "").split(File.pathSeparator, -1)) {
            places.add(Path.of(place));
        }
        return places.stream()
                .map(place -> place.resolve("jcmd"))
                .filter(Files::isExecutable)
                .findFirst()
                .orElse(null);
    }

    /** The flags that the daemon's JVM needs. */
    String javaOptions() {
        return "-Xlog:gc+heap=info,gc+heap+coops=debug:file=" + file + ":uptime:filecount=0";
    }

    /**
     * Has the process collect all of its heap, if it can be asked.
     *
     * @return bytes that are live; -1 when that is not known
     */
    long collect(long pid) throws IOException, InterruptedException {
        if (jcmd == null) {
            return -1;
        }
        Process process = new ProcessBuilder(jcmd.toString(), Long.toString(pid), "GC.run")
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        if (!process.waitFor(COLLECTION_SECONDS_MAX, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            return -1;
        }
        return process.exitValue() == 0 ? usedBytes() : -1;
    }

    /** Bytes in use after the last collection. */
    private long usedBytes() throws IOException {
        long last = -1;
        long kilobytes = 0;
        for (String line : Files.readAllLines(file)) {
            Matcher matcher = AFTER.matcher(line);
            if (matcher.find()) {
                long number = Long.parseLong(matcher.group(1));
                kilobytes = (number == last ? kilobytes : 0) + Long.parseLong(matcher.group(3));
                last = number;
            }
        }
        return kilobytes << 10;
    }

    /** Bytes of the heap that are resident; 0 when it is not known where it lies. */
    long residentBytes(long pid) throws IOException {
        for (String line : Files.readAllLines(file)) {
            Matcher matcher = ADDRESS.matcher(line);
            if (matcher.find()) {
                long from = Long.parseUnsignedLong(matcher.group(1), 16);
                return ProcFs.residentBytes(pid, from, from + (Long.parseLong(matcher.group(2)) << 20));
            }
        }
        return 0;
    }

    @Override
    public void close() throws IOException {
        Files.deleteIfExists(file);
    }
}
