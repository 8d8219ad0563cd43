package io.github.xrayd.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** {@code xray plan} as an operator calls it. */
@Timeout(180)
class PlanCommandIT {
    private static final Path COMMAND = Path.of(System.getProperty("xrayd.home", "target/xray"), "bin", "xray")
            .toAbsolutePath();

    @TempDir
    Path folder;

    private record Result(int exitCode, String out, String err) {}

    private Process start(String... words) throws IOException {
        List<String> command = new ArrayList<>(List.of(COMMAND.toString(), "plan"));
        command.addAll(List.of(words));
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectOutput(folder.resolve("out").toFile())
                .redirectError(folder.resolve("err").toFile());
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        builder.environment().put("XDG_STATE_HOME", folder.toString());
        return builder.start();
    }

    private Result await(Process process) throws IOException, InterruptedException {
        assertTrue(process.waitFor(170, TimeUnit.SECONDS));
        return new Result(
                process.exitValue(), Files.readString(folder.resolve("out")), Files.readString(folder.resolve("err")));
    }

    private Result run(String... words) throws IOException, InterruptedException {
        return await(start(words));
    }

    @Test
    void shouldAnswerInTextAndWriteAPage() throws Exception {
        Result result = run("--rate", "500", "--runs", "2", "--report", "plan.html");
        assertEquals(0, result.exitCode(), result.err());
        assertTrue(result.out().contains("\n  xray -m "), result.out());
        assertTrue(result.out().contains("default profile"), result.out());
        assertTrue(Files.readString(folder.resolve("plan.html")).startsWith("<!DOCTYPE html>"));
    }

    @Test
    void shouldKeepItsInputInAFileAndPlanAgain() throws Exception {
        Result workload = run("--rate", "300", "--outage", "2m", "--runs", "1", "--print", "input");
        Files.writeString(folder.resolve("q.yaml"), workload.out());
        Result once = run("--file", "q.yaml", "--print", "flags,cfg");
        Result again = run("--rate", "300", "--outage", "2m", "--runs", "1", "--print", "flags,cfg");
        assertEquals(0, once.exitCode(), once.err());
        assertEquals(once.out(), again.out());
        assertTrue(once.out().contains("TotalBufferSizeMB: "), once.out());
    }

    @Test
    void shouldSayWhatIsWrongInOneLine() throws Exception {
        Result result = run("--rate", "-1");
        assertEquals(2, result.exitCode());
        assertEquals("xray plan: rate: -1 is not within 0.001 to 100000000 (a number, as 500 or 2.5)\n", result.err());
        assertEquals(2, run().exitCode());
        assertEquals(2, run("--rate", "1", "--speed", "2").exitCode());
        assertEquals(2, run("--file", "none.yaml").exitCode());
        assertEquals(2, run("--rate", "1", "--profile", "none.yaml").exitCode());
        assertEquals(2, run("--rate", "1", "--verify", "--xray", "none").exitCode());
    }

    @Test
    void shouldEndWith1WhenTheTargetIsNotReached() throws Exception {
        Result result = run("--rate", "5000", "--outage", "0s", "--runs", "1", "--span", "10s", "--json");
        assertEquals(1, result.exitCode(), result.err());
        assertTrue(result.out().contains("The quota is too low"), result.out());
    }

    @Test
    void shouldObserveRealTraffic() throws Exception {
        int port;
        try (DatagramSocket free = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        Process process = start(
                "--observe",
                "4s",
                "--listen",
                "127.0.0.1:" + port,
                "--record",
                "t.csv",
                "--runs",
                "1",
                "--span",
                "10s",
                "--print",
                "input");
        byte[] datagram =
                ("{\"format\": \"json\", \"version\": 1}\n" + "x".repeat(700)).getBytes(StandardCharsets.UTF_8);
        try (DatagramSocket sender = new DatagramSocket()) {
            while (!process.waitFor(5, TimeUnit.MILLISECONDS)) {
                sender.send(new DatagramPacket(datagram, datagram.length, InetAddress.getLoopbackAddress(), port));
            }
        }
        Result result = await(process);
        assertEquals(0, result.exitCode(), result.err());
        assertTrue(result.out().contains("size: '700'") || result.out().contains("size: 700"), result.out());
        assertTrue(result.out().contains("hosts: "), result.out());
        assertTrue(Files.readString(folder.resolve("t.csv")).startsWith("seconds,segments\n0.0,"));
    }

    /** That it measures and compares; by how much a prediction may be wrong is nothing that a busy machine can tell. */
    @Test
    @EnabledOnOs(OS.LINUX)
    void shouldVerifyAgainstTheDaemonItself() throws Exception {
        Result result = run("--rate", "500", "--outage", "0s", "--runs", "1", "--span", "10s", "--verify");
        assertTrue(result.exitCode() == 0 || result.exitCode() == 1, result.err());
        assertTrue(result.out().contains("Verified at 500 segments/s"), result.out() + result.err());
        assertTrue(result.out().contains("processor time of a segment"), result.out());
        assertTrue(result.out().contains("stated error"), result.out());
    }
}
