package io.github.xrayd.child;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The installed daemon as a child process on free ports. Its output goes to a file, so that nobody need read it while
 * it runs; when it has ended, its ledger is read from the file that it writes. Closing ends it at once. Any thread.
 *
 * <p>Made by a {@link DaemonCommand}.
 */
public final class DaemonProcess implements AutoCloseable {
    private static final String PORT_TAKEN_MARK = "address already in use";
    private static final String TCP_FAILED_MARK = "proxy http server failed to listen";
    /** What a daemon answers to {@code /readyz} that has a backend and could not deliver to it. */
    private static final String TRIED_MARK = "The last upload failed";

    private static final Duration START_MAX = Duration.ofSeconds(60);
    private static final Duration STOP_MAX = Duration.ofSeconds(75);
    private static final Duration LINE_MAX = Duration.ofSeconds(30);
    private static final Duration ANSWER_MAX = Duration.ofSeconds(5);
    private static final long POLL_NANOS = 300_000;
    private static final int HTTP_OK = 200;
    private static final int LINES_SHOWN = 40;

    private final Process process;
    private final Path folder;
    private final InetSocketAddress udp;
    private final InetSocketAddress tcp;
    private final long startNanoTime;
    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(ANSWER_MAX)
            .build();
    private Duration timeToBound = Duration.ZERO;
    private volatile boolean wasTcpOpen;

    DaemonProcess(Process process, Path folder, int udpPort, int tcpPort, long startNanoTime) {
        this.process = process;
        this.folder = folder;
        this.startNanoTime = startNanoTime;
        udp = new InetSocketAddress(InetAddress.getLoopbackAddress(), udpPort);
        tcp = new InetSocketAddress(InetAddress.getLoopbackAddress(), tcpPort);
    }

    static Path outputIn(Path folder) {
        return folder.resolve("output.txt");
    }

    static Path ledgerIn(Path folder) {
        return folder.resolve("ledger.json");
    }

    void awaitBound() throws DaemonProcessException, InterruptedException {
        await("bind its UDP port", START_MAX, this::isBound);
        timeToBound = Duration.ofNanos(System.nanoTime() - startNanoTime);
    }

    private boolean isBound() throws IOException, InterruptedException {
        return ProcFs.isAvailable() ? ProcFs.isUdpBound(udp.getPort()) : pageOrNull("/healthz") != null;
    }

    /** Whether it ended because another process took its port between the choice and the use. */
    boolean hasPortTaken() {
        return lines().stream().anyMatch(line -> line.toLowerCase(Locale.ROOT).contains(PORT_TAKEN_MARK));
    }

    /**
     * Waits for a condition.
     *
     * @param what what the daemon is to do, for the message
     * @throws DaemonProcessException when it does not come to hold within {@code timeout}, or the daemon ends before
     */
    private void await(String what, Duration timeout, Callable<Boolean> condition)
            throws DaemonProcessException, InterruptedException {
        long deadlineNs = System.nanoTime() + timeout.toNanos();
        while (!holds(condition)) {
            if (!process.isAlive()) {
                throw new DaemonProcessException(
                        "the daemon ended with exit code " + process.exitValue() + " and did not " + what + output());
            }
            if (System.nanoTime() - deadlineNs >= 0) {
                throw new DaemonProcessException(
                        "the daemon did not " + what + " within " + timeout.toSeconds() + " s" + output());
            }
            LockSupport.parkNanos(POLL_NANOS);
        }
    }

    private static boolean holds(Callable<Boolean> condition) throws DaemonProcessException, InterruptedException {
        try {
            return condition.call();
        } catch (InterruptedException e) {
            throw e;
        } catch (Exception e) {
            throw new DaemonProcessException(e.toString());
        }
    }

    /** Where datagrams are taken: its UDP port on the IPv4 loopback address. */
    public InetSocketAddress udp() {
        return udp;
    }

    /** Where sampling calls are taken and health pages are served; waits until the port is open. */
    public InetSocketAddress tcp() {
        try {
            await("open its TCP port", LINE_MAX, this::isTcpOpen);
            return tcp;
        } catch (DaemonProcessException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private boolean isTcpOpen() throws DaemonProcessException {
        if (wasTcpOpen) {
            return true;
        }
        try (Socket socket = new Socket()) {
            socket.connect(tcp, (int) ANSWER_MAX.toMillis());
            wasTcpOpen = true;
            return true;
        } catch (IOException e) {
            if (lines().stream().anyMatch(line -> line.contains(TCP_FAILED_MARK))) {
                throw new DaemonProcessException("the daemon did not open its TCP port" + output());
            }
            return false;
        }
    }

    /** The page of a path such as {@code /readyz} on the TCP port; null while nobody answers. */
    public @Nullable HttpResponse<String> pageOrNull(String path) throws InterruptedException {
        URI uri = URI.create("http://127.0.0.1:" + tcp.getPort() + path);
        try {
            return client.send(
                    HttpRequest.newBuilder(uri).timeout(ANSWER_MAX).build(), HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            return null;
        }
    }

    /** Returns when {@code /readyz} says that it could upload, or that it has tried. */
    public void awaitReady() throws DaemonProcessException, InterruptedException {
        await("become ready", START_MAX, this::isReady);
    }

    private boolean isReady() throws InterruptedException {
        HttpResponse<String> page = pageOrNull("/readyz");
        if (page == null) {
            TimeUnit.MILLISECONDS.sleep(2);
            return false;
        }
        return page.statusCode() == HTTP_OK || page.body().contains(TRIED_MARK);
    }

    /** How long it took from the start of the process to the bound port. */
    public Duration timeToBound() {
        return timeToBound;
    }

    /** {@link System#nanoTime} at its start. */
    public long startNanoTime() {
        return startNanoTime;
    }

    public ProcessHandle handle() {
        return process.toHandle();
    }

    /** Its process id. */
    public long pid() {
        return process.pid();
    }

    /** Whether it has not ended. */
    public boolean isAlive() {
        return process.isAlive();
    }

    /**
     * Makes sure that it runs.
     *
     * @throws DaemonProcessException when it has ended, with its last lines
     */
    public void requireAlive() throws DaemonProcessException {
        if (!process.isAlive()) {
            throw new DaemonProcessException(
                    "the daemon ended by itself with exit code " + process.exitValue() + output());
        }
    }

    /** The processor time it has used. */
    public Duration processorTime() {
        return process.info().totalCpuDuration().orElseThrow();
    }

    /** The lines it has written so far. */
    public List<String> lines() {
        try {
            String text = new String(Files.readAllBytes(outputIn(folder)), StandardCharsets.UTF_8);
            boolean isWhole = text.endsWith("\n") || !process.isAlive();
            return (isWhole ? text : text.substring(0, text.lastIndexOf('\n') + 1))
                    .lines()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The first line that fits; waits for it. */
    public String awaitLine(Predicate<String> fits) throws DaemonProcessException, InterruptedException {
        String[] found = {""};
        await("write the line that was waited for", LINE_MAX, () -> {
            found[0] = lines().stream().filter(fits).findFirst().orElse("");
            return !found[0].isEmpty();
        });
        return found[0];
    }

    /** Its last lines, for a message. */
    public String output() {
        List<String> all = lines();
        return "; the daemon's last lines:\n    "
                + String.join("\n    ", all.subList(Math.max(0, all.size() - LINES_SHOWN), all.size()));
    }

    /** Sends a signal by its name, such as {@code TERM}. */
    public void signal(String name) throws IOException, InterruptedException {
        Process kill = new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
                .inheritIO()
                .start();
        if (kill.waitFor() != 0) {
            throw new DaemonProcessException("kill -" + name + " failed" + output());
        }
    }

    /** Sends SIGTERM. */
    public void terminate() {
        process.destroy();
    }

    /** Ends it as {@code kill -9} does, and returns when it is gone. */
    public void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    /**
     * Waits for its end.
     *
     * @return the exit code
     * @throws DaemonProcessException when it goes on for longer than {@code timeout}
     */
    public int awaitExit(Duration timeout) throws DaemonProcessException, InterruptedException {
        if (!process.waitFor(timeout.toNanos(), TimeUnit.NANOSECONDS)) {
            throw new DaemonProcessException("the daemon did not end within " + timeout.toMillis() + " ms" + output());
        }
        return process.exitValue();
    }

    /** The ledger of a daemon that has ended. */
    public DaemonLedger ledger() throws DaemonProcessException {
        DaemonLedger ledger = ledgerOrNull();
        if (ledger == null) {
            throw new DaemonProcessException("the daemon left no ledger" + output());
        }
        return ledger;
    }

    /** The same, or null when it left none: it was killed, or is another product. */
    public @Nullable DaemonLedger ledgerOrNull() throws DaemonProcessException {
        Path file = ledgerIn(folder);
        try {
            return Files.exists(file) ? DaemonLedger.parse(Files.readAllBytes(file)) : null;
        } catch (IOException e) {
            throw new DaemonProcessException("the ledger in " + file + " cannot be read: " + e.getMessage() + output());
        }
    }

    /**
     * Ends it with SIGTERM.
     *
     * @return its ledger
     * @throws DaemonProcessException when it does not exit with 0, or its ledger does not balance
     */
    public DaemonLedger stop() throws DaemonProcessException, InterruptedException {
        terminate();
        int exitCode = awaitExit(STOP_MAX);
        if (exitCode != 0) {
            throw new DaemonProcessException("the daemon ended with exit code " + exitCode + output());
        }
        DaemonLedger ledger = ledger();
        if (!ledger.isBalanced()) {
            throw new DaemonProcessException("the ledger does not balance: " + ledger + output());
        }
        return ledger;
    }

    @Override
    public void close() {
        // Its starter first, which would start the daemon again.
        List<ProcessHandle> children = process.descendants().toList();
        process.destroyForcibly();
        children.forEach(ProcessHandle::destroyForcibly);
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
