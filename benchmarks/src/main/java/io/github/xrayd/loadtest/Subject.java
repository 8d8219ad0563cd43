package io.github.xrayd.loadtest;

import io.github.xrayd.child.DaemonCommand;
import io.github.xrayd.child.DaemonLedger;
import io.github.xrayd.child.DaemonProcess;
import io.github.xrayd.child.DaemonProcessException;
import io.github.xrayd.results.ResultFolder;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A daemon to measure.
 *
 * @param label what it is called in the results
 * @param command its executable
 * @param javaHome the Java it gets as {@code JAVA_HOME}; a daemon that is not Java's ignores it
 * @param flags flags of its own, in every case
 */
record Subject(String label, Path command, Path javaHome, List<String> flags) {
    private static final long VERSION_SECONDS_MAX = 20;
    private static final Duration STOP_MAX = Duration.ofSeconds(25);

    Subject {
        flags = List.copyOf(flags);
    }

    /**
     * Makes sure that the daemon is there.
     *
     * @throws LoadTestException when it is not, saying what to do
     */
    void check() throws LoadTestException {
        if (!Files.isExecutable(command)) {
            throw new LoadTestException(
                    command + " is not an executable: run mvn -q -DskipTests package first, or give "
                            + "the daemon's path with --daemon or --against");
        }
        if (!Files.isExecutable(javaHome.resolve("bin/java"))) {
            throw new LoadTestException(javaHome + " has no bin/java: give the folder of a Java with --java-home or "
                    + "--against-java-home");
        }
    }

    /**
     * Starts it and returns as soon as its UDP port is bound.
     *
     * @param caseFlags before its own
     * @throws LoadTestException when it ends instead, or takes too long
     */
    DaemonProcess start(URI endpoint, List<String> caseFlags) throws LoadTestException, InterruptedException {
        List<String> all = new ArrayList<>(caseFlags);
        all.addAll(flags);
        try {
            return DaemonCommand.of(command, endpoint)
                    .flags(all)
                    .javaHome(javaHome)
                    .start();
        } catch (DaemonProcessException e) {
            throw new LoadTestException(label + ": " + e.getMessage());
        }
    }

    /** Ends it with SIGTERM; returns its ledger, or null when it wrote none or did not end in 25 s. */
    static @Nullable DaemonLedger stop(DaemonProcess daemon) throws InterruptedException {
        daemon.terminate();
        try {
            daemon.awaitExit(STOP_MAX);
            return daemon.ledgerOrNull();
        } catch (DaemonProcessException e) {
            return null;
        }
    }

    Map<String, Object> toJson() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("label", label);
        json.put("command", shown());
        json.put("version", version());
        json.put("java", javaVersion());
        json.put("flags", String.join(" ", flags));
        return json;
    }

    /** The command as anybody may see it: from the project's root on, or its name alone. */
    private String shown() {
        Path absolute = command.toAbsolutePath().normalize();
        Path shown = absolute.startsWith(ResultFolder.root())
                ? ResultFolder.root().relativize(absolute)
                : absolute.getFileName();
        return String.valueOf(shown);
    }

    /** What it says of itself, or nothing when it does not. */
    private String version() {
        try {
            ProcessBuilder builder = new ProcessBuilder(command.toString(), "--version").redirectErrorStream(true);
            builder.environment().put("JAVA_HOME", javaHome.toString());
            Process process = builder.start();
            process.getOutputStream().close();
            String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return process.waitFor(VERSION_SECONDS_MAX, TimeUnit.SECONDS)
                    ? text.strip().lines().findFirst().orElse("")
                    : "";
        } catch (IOException e) {
            return "";
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "";
        }
    }

    private String javaVersion() {
        try {
            return Files.readAllLines(javaHome.resolve("release")).stream()
                    .filter(line -> line.startsWith("JAVA_VERSION="))
                    .map(line -> line.replaceAll("[^0-9.]", ""))
                    .findFirst()
                    .orElse("");
        } catch (IOException e) {
            return "";
        }
    }
}
