package io.github.xrayd.sandbox.junit;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** A program of docs/examples in a process of its own, with a log; ends with the test. */
public final class ExampleProgram implements AutoCloseable {
    private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(20);
    private static final int SECONDS_MAX = 60;
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private final Process process;
    private final Path log;

    private ExampleProgram(Process process, Path log) {
        this.process = process;
        this.log = log;
    }

    /** Whether a command ends well; false when it is not installed. */
    public static boolean isWorking(String... command) throws InterruptedException {
        try {
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            return process.waitFor(SECONDS_MAX, TimeUnit.SECONDS) && process.exitValue() == 0;
        } catch (IOException e) {
            return false;
        }
    }

    static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    /** The status of an answer to GET on loopback, or 0 while nobody listens. */
    static int status(int port, String path) throws InterruptedException {
        URI uri = URI.create("http://127.0.0.1:" + port + path);
        try {
            return HTTP.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.discarding())
                    .statusCode();
        } catch (IOException e) {
            return 0;
        }
    }

    /**
     * Starts one.
     *
     * @param example its folder within docs/examples
     * @param log where it writes to
     */
    static ExampleProgram start(String example, Path log, Map<String, String> environment, String... command)
            throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(new File("../docs/examples", example))
                .redirectErrorStream(true)
                .redirectOutput(log.toFile());
        builder.environment().putAll(environment);
        return new ExampleProgram(builder.start(), log);
    }

    /**
     * Waits until something is so; fails with the program's output when it is not in time, or the program has ended.
     */
    void await(String what, Duration timeout, Callable<Boolean> condition) throws Exception {
        long deadlineNanos = System.nanoTime() + timeout.toNanos();
        while (!condition.call()) {
            if (!process.isAlive() || System.nanoTime() - deadlineNanos >= 0) {
                throw new AssertionError(
                        "Not within " + timeout.toMillis() + " ms: " + what + "; " + Files.readString(log));
            }
            LockSupport.parkNanos(POLL_NANOS);
        }
    }

    /** What it wrote, when it has ended by itself. */
    String output() throws IOException, InterruptedException {
        assertTrue(process.waitFor(SECONDS_MAX, TimeUnit.SECONDS), "it does not end");
        return Files.readString(log).strip();
    }

    @Override
    public void close() {
        process.destroyForcibly()
                .onExit()
                .orTimeout(SECONDS_MAX, TimeUnit.SECONDS)
                .join();
    }
}
