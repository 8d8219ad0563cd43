package io.github.xrayd.loadtest;

import io.github.xrayd.child.ProcFs;
import io.github.xrayd.load.LoadConfig;
import io.github.xrayd.load.LoadException;
import io.github.xrayd.load.LoadReport;
import io.github.xrayd.load.Senders;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Measures receiving alone: a child process does nothing but receive, this one sends as fast as one thread can.
 *
 * <p>The same is sent twice, and the second time is measured: a virtual machine has compiled by then. What the second
 * time brought is what was sent less what the kernel dropped; the sum of both must be what the child counted.
 *
 * <p>The child prints {@code port N}, and {@code received N} when it gets a datagram of one byte.
 */
final class ReceiveCases {
    private static final long QUIET_NANOS = 300_000_000;
    private static final long END_MARK_NANOS = 20_000_000;
    private static final int END_MARKS_MAX = 500;

    private ReceiveCases() {}

    /**
     * Measures one receiver.
     *
     * @param label what it is called in the results
     * @param command starts the child
     * @throws LoadTestException when the child does not speak as expected
     */
    static Map<String, Object> run(String label, List<String> command, Case theCase, int round)
            throws LoadTestException, IOException, InterruptedException {
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("subject", label);
        result.put("round", round);
        result.putAll(theCase.toJson());
        Process child = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (BufferedReader output =
                new BufferedReader(new InputStreamReader(child.getInputStream(), StandardCharsets.US_ASCII))) {
            int port = (int) number(output.readLine(), "port ", label);
            InetSocketAddress target = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
            LoadReport warmUp = send(target, theCase);
            LockSupport.parkNanos(QUIET_NANOS);
            long cpuBefore = ProcFs.cpuNanos(child.pid());
            long dropsBefore = ProcFs.udpDrops(port);
            LoadReport report = send(target, theCase);
            LockSupport.parkNanos(QUIET_NANOS);
            long cpuNanos = ProcFs.cpuNanos(child.pid()) - cpuBefore;
            long dropsAfter = ProcFs.udpDrops(port);
            end(target, child);
            long total = number(output.readLine(), "received ", label);
            if (total != warmUp.sent() + report.sent() - dropsAfter) {
                throw new LoadTestException(label + " received " + total + " of " + (warmUp.sent() + report.sent())
                        + " datagrams, but the kernel dropped " + dropsAfter);
            }
            long received = report.sent() - (dropsAfter - dropsBefore);
            result.put("sent", report.sent());
            result.put("sendingSeconds", report.durationNanos() / 1e9);
            result.put("delivered", received);
            result.put("lost", report.sent() - received);
            result.put("kernelDrops", dropsAfter - dropsBefore);
            result.put("receivedPerSecond", received * 1e9 / report.durationNanos());
            result.put("cpuNanosPerDatagram", received == 0 ? 0 : (double) cpuNanos / received);
            return result;
        } finally {
            child.destroyForcibly();
        }
    }

    private static LoadReport send(InetSocketAddress target, Case theCase)
            throws LoadTestException, InterruptedException {
        LoadConfig load = LoadConfig.to(target)
                .lineRate()
                .duration(theCase.sending().duration())
                .sources(theCase.sending().sources())
                .sizeBytes(theCase.sending().sizeBytes())
                .build();
        try (Senders senders = Senders.start(load)) {
            while (!senders.await(TimeUnit.SECONDS.toNanos(1))) {
                // It ends by its duration.
            }
            return senders.report();
        } catch (LoadException e) {
            throw new LoadTestException(String.valueOf(e.getMessage()), e);
        }
    }

    private static void end(InetSocketAddress target, Process child) throws IOException {
        try (DatagramSocket socket = new DatagramSocket()) {
            for (int i = 0; i < END_MARKS_MAX && child.isAlive(); i++) {
                socket.send(new DatagramPacket(new byte[] {'x'}, 1, target));
                LockSupport.parkNanos(END_MARK_NANOS);
            }
        }
    }

    private static long number(String line, String start, String label) throws LoadTestException {
        if (line == null || !line.startsWith(start)) {
            throw new LoadTestException(
                    label + " was to print \"" + start.strip() + " <number>\", not \"" + line + "\"");
        }
        return Long.parseLong(line.substring(start.length()));
    }

    /** The command of our own receiver, on the Java that runs this. */
    static List<String> ownCommand(boolean isNative) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of(
                "--add-exports",
                "java.base/jdk.internal.misc=ALL-UNNAMED",
                "--add-exports",
                "java.base/sun.nio.ch=ALL-UNNAMED"));
        if (isNative) {
            command.add("--enable-native-access=ALL-UNNAMED");
        }
        command.addAll(List.of(
                "-Dagrona.disable.bounds.checks=true",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                "io.github.xrayd.benchmarks.ReceiveLoop"));
        return command;
    }
}
