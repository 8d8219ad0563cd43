package io.github.xrayd.rig;

import io.github.xrayd.child.ProcFs;
import io.github.xrayd.sandbox.SandboxConfig;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * A daemon as a child process on free loopback ports, started with the official daemon's flags and configuration file only.
 *
 * <p>Its output goes to a file, so that nobody need read it while it is measured. Closing ends it at once.
 */
final class Daemon implements AutoCloseable {
    private static final Duration START_MAX = Duration.ofSeconds(30);
    private static final Duration STOP_MAX = Duration.ofSeconds(25);
    private static final long POLL_NANOS = 300_000;
    private static final int LINES_SHOWN = 15;
    private static final String LEDGER = "Ledger: ";

    private final Subject subject;
    private final Process process;
    private final Path folder;
    private final Path output;
    private final int udpPort;
    private final long startNanoTime;
    private long listeningNanos;

    private Daemon(Subject subject, URI endpoint, List<String> flags) throws IOException {
        this.subject = subject;
        folder = Files.createTempDirectory("xrayd-rig-");
        output = folder.resolve("output.txt");
        Path config = folder.resolve("cfg.yaml");
        Files.writeString(config, "Endpoint: \"" + endpoint + "\"\nVersion: 2\n");
        udpPort = freeUdpPort();
        List<String> command = new ArrayList<>(List.of(
                subject.command().toString(),
                "-c",
                config.toString(),
                "-o",
                "-n",
                SandboxConfig.REGION,
                "-b",
                "127.0.0.1:" + udpPort,
                "-t",
                "127.0.0.1:" + freeTcpPort()));
        command.addAll(flags);
        command.addAll(subject.flags());
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
        Map<String, String> environment = builder.environment();
        environment.clear();
        environment.put("PATH", String.valueOf(System.getenv("PATH")));
        environment.put("HOME", folder.toString());
        environment.put("JAVA_HOME", subject.javaHome().toString());
        environment.put("AWS_ACCESS_KEY_ID", SandboxConfig.ACCESS_KEY);
        environment.put("AWS_SECRET_ACCESS_KEY", SandboxConfig.SECRET_KEY);
        startNanoTime = System.nanoTime();
        process = builder.start();
    }

    /**
     * Starts a daemon and returns as soon as its UDP port is bound.
     *
     * @throws RigException when it ends instead, or takes longer than 30 s
     */
    static Daemon start(Subject subject, URI endpoint, List<String> flags) throws IOException, RigException {
        Daemon daemon = new Daemon(subject, endpoint, flags);
        try {
            daemon.awaitBound();
            return daemon;
        } catch (RigException e) {
            daemon.close();
            throw e;
        }
    }

    private static int freeUdpPort() throws IOException {
        try (DatagramSocket socket = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static int freeTcpPort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private void awaitBound() throws IOException, RigException {
        while (!ProcFs.isUdpBound(udpPort)) {
            checkAlive();
            if (System.nanoTime() - startNanoTime > START_MAX.toNanos()) {
                throw new RigException(subject.label() + " has not bound UDP port " + udpPort + " within "
                        + START_MAX.toSeconds() + " s" + lastLines());
            }
            LockSupport.parkNanos(POLL_NANOS);
        }
        listeningNanos = System.nanoTime() - startNanoTime;
    }

    /**
     * Makes sure that it runs.
     *
     * @throws RigException when it has ended, with its last lines
     */
    void checkAlive() throws RigException, IOException {
        if (!process.isAlive()) {
            throw new RigException(subject.label() + " has ended with exit code " + process.exitValue() + lastLines());
        }
    }

    InetSocketAddress udp() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), udpPort);
    }

    long pid() {
        return process.pid();
    }

    /** {@link System#nanoTime} at its start. */
    long startNanoTime() {
        return startNanoTime;
    }

    /** From its start to the bound port. */
    long listeningNanos() {
        return listeningNanos;
    }

    long kernelDrops() throws IOException {
        return ProcFs.udpDrops(udpPort);
    }

    private String lastLines() throws IOException {
        List<String> lines = Files.readAllLines(output);
        List<String> last = lines.subList(Math.max(0, lines.size() - LINES_SHOWN), lines.size());
        return "; its last lines:\n" + String.join("\n", last);
    }

    /** Ends it with SIGTERM; returns its ledger line, or nothing when it has none or did not end in 25 s. */
    String stop() throws IOException, InterruptedException {
        process.destroy();
        if (!process.waitFor(STOP_MAX.toSeconds(), TimeUnit.SECONDS)) {
            return "";
        }
        return Files.readAllLines(output).stream()
                .filter(line -> line.contains(LEDGER))
                .map(line -> line.substring(line.indexOf(LEDGER) + LEDGER.length()))
                .findFirst()
                .orElse("");
    }

    @Override
    public void close() throws IOException {
        process.destroyForcibly();
        try (var files = Files.list(folder)) {
            for (Path file : files.toList()) {
                Files.deleteIfExists(file);
            }
        }
        Files.deleteIfExists(folder);
    }
}
