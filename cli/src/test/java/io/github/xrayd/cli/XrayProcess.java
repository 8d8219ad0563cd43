package io.github.xrayd.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A running {@code bin/xray} of the distribution, what it printed, and ways to signal it. */
public final class XrayProcess implements AutoCloseable {
    static final Path PROGRAM = Path.of("target/xray/bin/xray").toAbsolutePath();
    private static final long DEADLINE_S = 30;

    private final Process process;
    private final Lines out;
    private final Lines err;

    /** One stream's lines; its thread ends with the stream. */
    private static final class Lines extends Thread {
        private final List<String> lines = new ArrayList<>();
        private final InputStream stream;

        Lines(InputStream stream) {
            this.stream = stream;
            setDaemon(true);
            start();
        }

        @Override
        public void run() {
            try (BufferedReader reader = new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8))) {
                for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                    add(line);
                }
            } catch (IOException e) {
                add("unreadable: " + e);
            }
        }

        private synchronized void add(String line) {
            lines.add(line);
            notifyAll();
        }

        synchronized List<String> all() {
            return List.copyOf(lines);
        }

        synchronized void await(String part) throws InterruptedException {
            long deadlineNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(DEADLINE_S);
            while (lines.stream().noneMatch(line -> line.contains(part))) {
                long leftMs = (deadlineNs - System.nanoTime()) / 1_000_000;
                if (leftMs <= 0) {
                    throw new AssertionError("no line with \"" + part + "\" within the deadline, but " + lines);
                }
                wait(leftMs);
            }
        }
    }

    private XrayProcess(Process process) {
        this.process = process;
        out = new Lines(process.getInputStream());
        err = new Lines(process.getErrorStream());
    }

    /** Starts it with test credentials and without what the machine's own environment says of AWS. */
    public static XrayProcess start(Path directory, Map<String, String> environment, List<String> words)
            throws IOException {
        return start(directory, environment, List.of(), words);
    }

    /** The same, run by another program that becomes it. */
    public static XrayProcess start(
            Path directory, Map<String, String> environment, List<String> before, List<String> words)
            throws IOException {
        List<String> command = new ArrayList<>(before);
        command.add(PROGRAM.toString());
        command.addAll(words);
        ProcessBuilder builder = new ProcessBuilder(command).directory(directory.toFile());
        Map<String, String> variables = builder.environment();
        variables.keySet().removeIf(name -> name.matches("(?i)(AWS|XRAY|ECS)_.*|.*_PROXY|NOTIFY_SOCKET|WATCHDOG_.*"));
        variables.put("HOME", directory.toString());
        variables.put("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE");
        variables.put("AWS_SECRET_ACCESS_KEY", "secret");
        variables.put("JAVA_HOME", System.getProperty("java.home"));
        variables.putAll(environment);
        variables.values().removeIf(String::isEmpty);
        return new XrayProcess(builder.start());
    }

    public void awaitOut(String part) throws InterruptedException {
        out.await(part);
    }

    /** The processor time it has used. */
    Duration processorTime() {
        return process.info().totalCpuDuration().orElse(Duration.ZERO);
    }

    public void signal(String name) throws IOException, InterruptedException {
        new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
                .inheritIO()
                .start()
                .waitFor();
    }

    /** Waits for the end; the exit code. */
    public int end() throws InterruptedException {
        if (!process.waitFor(DEADLINE_S, TimeUnit.SECONDS)) {
            throw new AssertionError("still running; stdout " + out.all() + ", stderr " + err.all());
        }
        out.join();
        err.join();
        return process.exitValue();
    }

    public List<String> out() {
        return out.all();
    }

    public List<String> err() {
        return err.all();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
