package io.github.xrayd.child;

import io.github.xrayd.sandbox.SandboxConfig;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The installed daemon as a child process on free loopback ports, with what it wrote. Closing ends it at once. Used by one thread.
 *
 * <p>It uploads with the sandbox's credentials, and takes no setting, credential or proxy from this process's environment.
 */
public final class ChildDaemon implements AutoCloseable {
    private static final String READY_MARK = "HTTP Proxy server using X-Ray Endpoint";
    private static final String PORT_TAKEN_MARK = "address already in use";
    private static final Duration READY_MAX = Duration.ofSeconds(60);
    private static final String LEDGER_MARK = "Ledger: ";
    private static final int LINES_KEPT = 15;
    private static final int TRIES = 3;

    private final Process process;
    private final Path configFile;
    private final InetSocketAddress udp;
    private final Thread reader;
    private final Deque<String> lastLines = new ArrayDeque<>();
    private boolean isReady;
    private boolean hasPortTaken;
    private @Nullable String ledgerLine;

    private ChildDaemon(Path xray, URI endpoint, List<String> flags, String javaOptions) throws IOException {
        int udpPort;
        int tcpPort;
        try (DatagramSocket freeUdp = new DatagramSocket(0, InetAddress.getLoopbackAddress());
                ServerSocket freeTcp = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            udpPort = freeUdp.getLocalPort();
            tcpPort = freeTcp.getLocalPort();
        }
        udp = new InetSocketAddress(InetAddress.getLoopbackAddress(), udpPort);
        configFile = Files.createTempFile("xray-child-", ".yaml");
        Files.writeString(configFile, "Endpoint: \"" + endpoint + "\"\nVersion: 2\n");
        List<String> command = new ArrayList<>(List.of(
                xray.toString(),
                "-c",
                configFile.toString(),
                "-o",
                "-n",
                SandboxConfig.REGION,
                "-b",
                "127.0.0.1:" + udpPort,
                "-t",
                "127.0.0.1:" + tcpPort));
        command.addAll(flags);
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        Map<String, String> environment = builder.environment();
        environment.keySet().removeIf(ChildDaemon::isLeftOut);
        environment.put("JAVA_HOME", System.getProperty("java.home"));
        environment.put("XRAY_JAVA_OPTS", javaOptions);
        environment.put("AWS_ACCESS_KEY_ID", SandboxConfig.ACCESS_KEY);
        environment.put("AWS_SECRET_ACCESS_KEY", SandboxConfig.SECRET_KEY);
        process = builder.start();
        reader = new Thread(this::readLines, "child-daemon-output");
        reader.setDaemon(true);
        reader.start();
    }

    /**
     * Starts the daemon and returns when it takes datagrams and could upload.
     *
     * @param flags more flags than endpoint, region and ports
     * @param javaOptions flags for its JVM, or empty
     * @throws ChildDaemonException when it does not start, with its last words
     */
    public static ChildDaemon start(Path xray, URI endpoint, List<String> flags, String javaOptions)
            throws ChildDaemonException, InterruptedException {
        for (int tries = 1; ; tries++) {
            ChildDaemon daemon;
            try {
                daemon = new ChildDaemon(xray, endpoint, flags, javaOptions);
            } catch (IOException e) {
                throw new ChildDaemonException("cannot start " + xray + ": " + e.getMessage(), e);
            }
            try {
                if (daemon.awaitReady()) {
                    return daemon;
                }
            } catch (InterruptedException e) {
                daemon.close();
                throw e;
            }
            daemon.close();
            // Somebody else took the port between its choice and its use.
            if (!daemon.hasPortTaken || tries == TRIES) {
                throw new ChildDaemonException("the daemon did not start" + daemon.lastWords(), null);
            }
        }
    }

    private static boolean isLeftOut(String variable) {
        String name = variable.toUpperCase(Locale.ROOT);
        return name.startsWith("AWS_") || name.startsWith("XRAY_") || name.endsWith("_PROXY");
    }

    private void readLines() {
        try (BufferedReader output =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = output.readLine(); line != null; line = output.readLine()) {
                onLine(line);
            }
        } catch (IOException e) {
            onLine("(output ended: " + e.getMessage() + ")");
        }
    }

    private synchronized void onLine(String line) {
        isReady |= line.contains(READY_MARK);
        hasPortTaken |= line.contains(PORT_TAKEN_MARK);
        if (line.contains(LEDGER_MARK)) {
            ledgerLine = line;
        }
        if (lastLines.size() == LINES_KEPT) {
            lastLines.removeFirst();
        }
        lastLines.add(line);
        notifyAll();
    }

    private synchronized boolean awaitReady() throws InterruptedException {
        long deadlineNs = System.nanoTime() + READY_MAX.toNanos();
        while (!isReady && process.isAlive() && System.nanoTime() < deadlineNs) {
            wait(50);
        }
        return isReady;
    }

    /** Where datagrams are taken. */
    public InetSocketAddress udp() {
        return udp;
    }

    /** Its process id. */
    public long pid() {
        return process.pid();
    }

    /** Whether it has not ended. */
    public boolean isAlive() {
        return process.isAlive();
    }

    /** Sends SIGTERM; {@link Process#destroy} would close its output too, and the ledger comes last. */
    public void terminate() {
        process.toHandle().destroy();
    }

    /** Ends it as {@code kill -9} does, and returns when it is gone. */
    public void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    /**
     * Waits for its end.
     *
     * @return the exit code
     * @throws ChildDaemonException when it goes on for longer than {@code timeout}
     */
    public int awaitExit(Duration timeout) throws ChildDaemonException, InterruptedException {
        if (!process.waitFor(timeout.toNanos(), TimeUnit.NANOSECONDS)) {
            throw new ChildDaemonException(
                    "the daemon did not end within " + timeout.toSeconds() + " s" + lastWords(), null);
        }
        reader.join(TimeUnit.SECONDS.toMillis(10));
        return process.exitValue();
    }

    /** The line with the ledger that it logged last, or null while there is none. */
    public synchronized @Nullable String ledgerLine() {
        return ledgerLine;
    }

    /** Its last lines, for a message. */
    public synchronized String lastWords() {
        return "; its last lines:\n    " + String.join("\n    ", lastLines);
    }

    @Override
    public void close() {
        process.destroyForcibly();
        try {
            Files.deleteIfExists(configFile);
        } catch (IOException e) {
            onLine("(" + configFile + " stays: " + e.getMessage() + ")");
        }
    }
}
