package io.github.xrayd.plan.host;

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
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** The installed daemon as a child process on free loopback ports. Closing ends it. */
final class RigDaemon implements AutoCloseable {
    private static final String READY_MARK = "HTTP Proxy server using X-Ray Endpoint";
    private static final long READY_MS_MAX = 60_000;
    private static final int LINES_KEPT = 10;

    private final Process process;
    private final InetSocketAddress udp;
    private final Path config;
    private final Deque<String> lastLines = new ArrayDeque<>();
    private boolean isReady;

    /** Starts it, and returns when it could upload. */
    RigDaemon(Path command, URI endpoint, List<String> flags) throws RigException, InterruptedException {
        try {
            InetAddress loopback = InetAddress.getLoopbackAddress();
            int tcpPort;
            try (DatagramSocket freeUdp = new DatagramSocket(0, loopback);
                    ServerSocket freeTcp = new ServerSocket(0, 1, loopback)) {
                udp = new InetSocketAddress(loopback, freeUdp.getLocalPort());
                tcpPort = freeTcp.getLocalPort();
            }
            config = Files.createTempFile("xray-plan-", ".yaml");
            Files.writeString(config, "Endpoint: \"" + endpoint + "\"\nVersion: 2\n");
            List<String> words = new ArrayList<>(List.of(command.toString(), "-c", config.toString(), "-o"));
            words.addAll(List.of("-n", SandboxConfig.REGION, "-b", "127.0.0.1:" + udp.getPort()));
            words.addAll(List.of("-t", "127.0.0.1:" + tcpPort, "-l", "prod"));
            words.addAll(flags);
            ProcessBuilder builder = new ProcessBuilder(words).redirectErrorStream(true);
            Map<String, String> environment = builder.environment();
            environment.keySet().removeIf(name -> name.startsWith("AWS_") || name.startsWith("XRAY_"));
            environment.put("JAVA_HOME", System.getProperty("java.home"));
            environment.put("AWS_ACCESS_KEY_ID", SandboxConfig.ACCESS_KEY);
            environment.put("AWS_SECRET_ACCESS_KEY", SandboxConfig.SECRET_KEY);
            process = builder.start();
        } catch (IOException e) {
            throw new RigException("cannot start " + command + ": " + e.getMessage(), e);
        }
        Thread reader = new Thread(this::readLines, "plan-daemon-output");
        reader.setDaemon(true);
        reader.start();
        if (!awaitReady()) {
            close();
            throw new RigException(
                    "the daemon did not start; its last lines:\n    " + String.join("\n    ", lines()), null);
        }
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
        if (lastLines.size() == LINES_KEPT) {
            lastLines.removeFirst();
        }
        lastLines.add(line);
        notifyAll();
    }

    private synchronized List<String> lines() {
        return List.copyOf(lastLines);
    }

    private synchronized boolean awaitReady() throws InterruptedException {
        long deadlineNs = System.nanoTime() + READY_MS_MAX * 1_000_000;
        while (!isReady && process.isAlive() && System.nanoTime() < deadlineNs) {
            wait(50);
        }
        return isReady;
    }

    InetSocketAddress udp() {
        return udp;
    }

    ProcessStat stat() {
        return new ProcessStat(process.pid());
    }

    void requireAlive() throws RigException {
        if (!process.isAlive()) {
            throw new RigException("the daemon ended; its last lines:\n    " + String.join("\n    ", lines()), null);
        }
    }

    @Override
    public void close() {
        process.toHandle().destroy();
        try {
            if (!process.waitFor(3, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
            Files.deleteIfExists(config);
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            onLine("(" + config + " stays: " + e.getMessage() + ")");
        }
    }
}
