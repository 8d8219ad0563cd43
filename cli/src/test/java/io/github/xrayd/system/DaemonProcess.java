package io.github.xrayd.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.xrayd.sandbox.SandboxConfig;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/**
 * The packaged daemon as a child process, with an endpoint on loopback and free ports. Closing ends it at once.
 *
 * <p>It runs on the Java that runs the test. {@code -Dxrayd.home=FOLDER} takes another installation than {@code target/xray}.
 */
final class DaemonProcess implements AutoCloseable {
    /** The installation's folder. */
    static final Path HOME =
            Path.of(System.getProperty("xrayd.home", "target/xray")).toAbsolutePath();

    private static final String PROXY_MARK = "Starting proxy http server on ";
    private static final int LINES_MAX = 100_000;
    private static final Duration START_MAX = Duration.ofSeconds(20);

    private final Process process;
    private final Path configFile;
    private final Thread reader;
    private final List<String> lines = new ArrayList<>();
    private final long startNanoTime = System.nanoTime();
    private InetSocketAddress udp = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    private Duration timeToBound = Duration.ZERO;

    private DaemonProcess(Host host, URI endpoint, List<String> flags) throws IOException {
        Path program = host.home().resolve("bin").resolve("xray");
        assertTrue(Files.isExecutable(program), program + " is missing: run mvn -DskipTests package");
        configFile = Files.createTempFile("xray-", ".yaml");
        Files.writeString(configFile, "Endpoint: \"" + endpoint + "\"\nVersion: 2\n");
        List<String> command = new ArrayList<>(host.before());
        command.addAll(List.of(
                program.toString(),
                "-c",
                configFile.toString(),
                "-o",
                "-n",
                SandboxConfig.REGION,
                "-b",
                "127.0.0.1:0",
                "-t",
                "127.0.0.1:0"));
        command.addAll(flags);
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        Map<String, String> environment = builder.environment();
        environment.clear();
        environment.put("PATH", String.valueOf(System.getenv("PATH")));
        environment.put("JAVA_HOME", System.getProperty("java.home"));
        environment.put("AWS_ACCESS_KEY_ID", SandboxConfig.ACCESS_KEY);
        environment.put("AWS_SECRET_ACCESS_KEY", SandboxConfig.SECRET_KEY);
        environment.putAll(host.environment());
        environment.values().removeIf(String::isEmpty);
        process = builder.start();
        reader = new Thread(this::readLines, "daemon-output");
        reader.setDaemon(true);
        reader.start();
    }

    /**
     * Where a daemon runs.
     *
     * @param home its installation
     * @param before the words of a program that becomes the daemon, such as {@code prlimit}
     * @param environment more variables; one that is empty is taken out
     */
    record Host(Path home, List<String> before, Map<String, String> environment) {
        /** The usual installation, started by another program. */
        static Host by(String... before) {
            return by(List.of(before));
        }

        /** The same with its words in a list. */
        static Host by(List<String> before) {
            return new Host(HOME, before, Map.of());
        }
    }

    /** Starts the daemon with more flags, and returns as soon as its UDP port is bound. */
    static DaemonProcess start(URI endpoint, String... flags) throws IOException {
        return start(Host.by(), endpoint, flags);
    }

    /** The same on another host. */
    static DaemonProcess start(Host host, URI endpoint, String... flags) throws IOException {
        DaemonProcess daemon = new DaemonProcess(host, endpoint, List.of(flags));
        try {
            daemon.awaitBound();
            return daemon;
        } catch (AssertionError e) {
            daemon.close();
            throw new AssertionError(e.getMessage() + daemon.output(), e);
        }
    }

    private void awaitBound() {
        int[] port = new int[1];
        Await.until("the UDP port is bound", START_MAX, () -> {
            assertTrue(process.isAlive(), "the daemon ended");
            port[0] = ProcFs.udpPortOf(process.pid());
            return port[0] != 0;
        });
        timeToBound = Duration.ofNanos(System.nanoTime() - startNanoTime);
        udp = new InetSocketAddress(InetAddress.getLoopbackAddress(), port[0]);
    }

    private void readLines() {
        try (BufferedReader output =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = output.readLine(); line != null; line = output.readLine()) {
                synchronized (lines) {
                    if (lines.size() < LINES_MAX) {
                        lines.add(line);
                    }
                }
            }
        } catch (IOException e) {
            // The process was ended while it wrote.
        }
    }

    /** Where datagrams are taken. */
    InetSocketAddress udp() {
        return udp;
    }

    /** Where sampling calls are taken; waits until the daemon says it. */
    InetSocketAddress tcp() {
        String line = awaitLine(text -> text.contains(PROXY_MARK));
        // A JSON line goes on behind it.
        int port = Integer.parseInt(line.substring(line.lastIndexOf(':') + 1).replaceAll("\\D", ""));
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    }

    /** How long it took from the start of the process to the bound port. */
    Duration timeToBound() {
        return timeToBound;
    }

    ProcessHandle handle() {
        return process.toHandle();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** What it has written so far. */
    List<String> lines() {
        synchronized (lines) {
            return List.copyOf(lines);
        }
    }

    /** The first line that fits; waits for it. */
    String awaitLine(Predicate<String> fits) {
        String[] found = new String[1];
        boolean isFound = Await.isReached(Await.LONG, () -> {
            found[0] = lines().stream().filter(fits).findFirst().orElse("");
            return !found[0].isEmpty();
        });
        assertTrue(isFound, () -> "the daemon never wrote the line that was waited for" + output());
        return found[0];
    }

    /** Returns when it has built its client and could upload. */
    void awaitReady() {
        awaitLine(line -> line.contains("HTTP Proxy server using X-Ray Endpoint"));
    }

    /** Sends a signal by its name, such as {@code TERM}. */
    void signal(String name) throws IOException, InterruptedException {
        Process kill = new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
                .inheritIO()
                .start();
        assertEquals(0, kill.waitFor(), "kill -" + name);
    }

    /** Waits for the end and returns the exit code. */
    int awaitExit(Duration timeout) throws InterruptedException {
        assertTrue(
                process.waitFor(timeout.toNanos(), TimeUnit.NANOSECONDS),
                () -> "the daemon did not end within " + timeout.toMillis() + " ms" + output());
        reader.join(Await.LONG.toMillis());
        return process.exitValue();
    }

    /** The ledger line of a daemon that has ended. */
    LedgerLine ledger() {
        List<String> found =
                lines().stream().filter(line -> line.contains(LedgerLine.MARK)).toList();
        assertEquals(1, found.size(), () -> "ledger lines" + output());
        return LedgerLine.parse(found.get(0));
    }

    /** Ends it with SIGTERM, asserts that it exits with 0 and that its ledger balances, and returns the ledger. */
    LedgerLine stop() throws IOException, InterruptedException {
        signal("TERM");
        assertEquals(0, awaitExit(Await.LONG), this::output);
        LedgerLine ledger = ledger();
        assertTrue(ledger.isBalanced(), ledger::toString);
        return ledger;
    }

    /** What it has written, for a message. */
    String output() {
        List<String> all = lines();
        return "; the daemon's last lines:\n"
                + String.join("\n", all.subList(Math.max(0, all.size() - 50), all.size()));
    }

    @Override
    public void close() {
        // Its starter first, which would start the daemon again.
        List<ProcessHandle> children = process.descendants().toList();
        process.destroyForcibly();
        children.forEach(ProcessHandle::destroyForcibly);
        try {
            Files.deleteIfExists(configFile);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
