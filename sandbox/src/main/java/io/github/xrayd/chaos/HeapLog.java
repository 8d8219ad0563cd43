package io.github.xrayd.chaos;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The heap that is in use after a full collection, from the collector's own log; asks for a collection where the JDK's
 * {@code jcmd} is there.
 */
final class HeapLog implements AutoCloseable {
    private static final Pattern AFTER = Pattern.compile("GC\\((\\d+)\\) (DefNew|Tenured): \\d+K\\(\\d+K\\)->(\\d+)K");
    private static final int COLLECTION_SECONDS_MAX = 20;

    private final Path file;
    private final Path jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd");

    HeapLog() throws IOException {
        file = Files.createTempFile("xray-chaos-gc-", ".log");
    }

    /** The flags that the daemon's JVM needs. */
    String javaOptions() {
        return "-Xlog:gc+heap=info:file=" + file + ":uptime:filecount=0";
    }

    /** Has the process collect all of its heap, if it can be asked. */
    void collect(long pid) throws IOException, InterruptedException {
        if (Files.isExecutable(jcmd)) {
            Process process = new ProcessBuilder(jcmd.toString(), Long.toString(pid), "GC.run")
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            if (!process.waitFor(COLLECTION_SECONDS_MAX, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        }
    }

    /** Bytes in use after the last collection; 0 before the first. */
    long usedBytes() throws IOException {
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

    @Override
    public void close() throws IOException {
        Files.deleteIfExists(file);
    }
}
