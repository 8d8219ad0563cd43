package io.github.xrayd.child;

import io.github.xrayd.sandbox.SandboxConfig;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * How to start a {@link DaemonProcess}: what is not said here is the same for everybody. For one thread.
 *
 * <p>The command line holds flags of the official daemon only, so that others can be started too. The daemon uploads
 * with the sandbox's credentials, and takes no setting, credential or proxy from this process's environment.
 */
public final class DaemonCommand {
    /** Stands for the UDP port in a wrapper's words. */
    public static final String UDP_PORT = "{udp}";

    private static final int TRIES = 3;

    private final Path xray;
    private final URI endpoint;
    private final Map<String, String> environment = new HashMap<>();
    private List<String> flags = List.of();
    private List<String> wrapper = List.of();
    private String host = "127.0.0.1";

    private DaemonCommand(Path xray, URI endpoint) {
        this.xray = xray;
        this.endpoint = endpoint;
        environment.put("PATH", String.valueOf(System.getenv("PATH")));
        environment.put("JAVA_HOME", System.getProperty("java.home"));
        environment.put("AWS_ACCESS_KEY_ID", SandboxConfig.ACCESS_KEY);
        environment.put("AWS_SECRET_ACCESS_KEY", SandboxConfig.SECRET_KEY);
    }

    /**
     * The command of an installation.
     *
     * @param xray its {@code bin/xray}
     * @param endpoint where to upload
     */
    public static DaemonCommand of(Path xray, URI endpoint) {
        return new DaemonCommand(xray, endpoint);
    }

    /** Flags beside endpoint, region and ports. */
    public DaemonCommand flags(List<String> values) {
        flags = List.copyOf(values);
        return this;
    }

    /** Flags for its JVM, separated by blanks. */
    public DaemonCommand javaOptions(String values) {
        return environment("XRAY_JAVA_OPTS", values);
    }

    /** The Java that it runs on, instead of this process's. */
    public DaemonCommand javaHome(Path value) {
        return environment("JAVA_HOME", value.toString());
    }

    /** One variable more; an empty value takes the variable away. */
    public DaemonCommand environment(String name, String value) {
        environment.put(name, value);
        return this;
    }

    /** The address of both ports instead of {@code 127.0.0.1}, as a flag takes it: {@code 0.0.0.0}, {@code [::]}. */
    public DaemonCommand host(String value) {
        host = value;
        return this;
    }

    /**
     * A program with its words, behind which the daemon's command follows: it limits itself in some way and becomes the
     * daemon, or starts and keeps it.
     */
    public DaemonCommand wrapper(List<String> words) {
        wrapper = List.copyOf(words);
        return this;
    }

    /**
     * Starts it and returns as soon as its UDP port is bound.
     *
     * @throws DaemonProcessException when it ends instead, or takes longer than 60 s, with its last lines
     */
    public DaemonProcess start() throws DaemonProcessException, InterruptedException {
        for (int tries = 1; ; tries++) {
            DaemonProcess daemon = launch();
            try {
                daemon.awaitBound();
                return daemon;
            } catch (DaemonProcessException e) {
                boolean hasPortTaken = daemon.hasPortTaken();
                daemon.close();
                if (!hasPortTaken || tries == TRIES) {
                    throw e;
                }
            } catch (InterruptedException e) {
                daemon.close();
                throw e;
            }
        }
    }

    /**
     * Starts it and returns when it could upload.
     *
     * @throws DaemonProcessException when it ends instead, or takes longer than 60 s, with its last lines
     */
    public DaemonProcess startReady() throws DaemonProcessException, InterruptedException {
        DaemonProcess daemon = start();
        try {
            daemon.awaitReady();
            return daemon;
        } catch (DaemonProcessException | InterruptedException e) {
            daemon.close();
            throw e;
        }
    }

    private DaemonProcess launch() throws DaemonProcessException {
        try {
            Path folder = Files.createTempDirectory("xray-daemon-");
            int udpPort;
            int tcpPort;
            try (DatagramSocket freeUdp = new DatagramSocket(0, InetAddress.getLoopbackAddress());
                    ServerSocket freeTcp = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
                udpPort = freeUdp.getLocalPort();
                tcpPort = freeTcp.getLocalPort();
            }
            Path config = Files.writeString(folder.resolve("cfg.yaml"), "Endpoint: \"" + endpoint + "\"\nVersion: 2\n");
            List<String> command = new ArrayList<>();
            for (String word : wrapper) {
                command.add(word.replace(UDP_PORT, Integer.toString(udpPort)));
            }
            command.addAll(List.of(xray.toString(), "-c", config.toString(), "-o", "-n", SandboxConfig.REGION));
            command.addAll(List.of("-b", host + ":" + udpPort, "-t", host + ":" + tcpPort));
            command.addAll(flags);
            ProcessBuilder builder = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(DaemonProcess.outputIn(folder).toFile());
            Map<String, String> variables = builder.environment();
            variables.clear();
            variables.put("HOME", folder.toString());
            variables.put("XRAY_LEDGER_FILE", DaemonProcess.ledgerIn(folder).toString());
            variables.putAll(environment);
            variables.values().removeIf(String::isEmpty);
            long startNanoTime = System.nanoTime();
            return new DaemonProcess(builder.start(), folder, udpPort, tcpPort, startNanoTime);
        } catch (IOException e) {
            throw new DaemonProcessException("cannot start " + xray + ": " + e.getMessage());
        }
    }
}
