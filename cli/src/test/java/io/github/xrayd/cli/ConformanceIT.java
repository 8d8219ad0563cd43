package io.github.xrayd.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What the reference daemon does, as a table against the distribution: words, file, environment and signal on the one side, exit code
 * and lines on the other.
 */
class ConformanceIT {
    private static final String TIME = "\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ ";
    private static final String FREE = " -b 127.0.0.1:0 -t 127.0.0.1:0 --endpoint http://127.0.0.1:1";
    private static final String INITIALIZING = "[Info] Initializing AWS X-Ray daemon v0.1.0";

    @TempDir
    Path directory;

    /**
     * A row.
     *
     * @param file the content of the working directory's cfg.yaml, or empty for none
     * @param signal sent when the region is known, or empty when the daemon ends by itself
     * @param out lines of standard output in this order, others may stand between; each without its time; {@code …} is any text
     * @param err all lines of standard error
     */
    private record Row(
            String name,
            String words,
            String file,
            Map<String, String> environment,
            String signal,
            int exitCode,
            List<String> out,
            List<String> err) {
        Row(String name, String words, int exitCode) {
            this(name, words, "", Map.of(), "", exitCode, List.of(), List.of());
        }

        Row file(String value) {
            return new Row(name, words, value, environment, signal, exitCode, out, err);
        }

        Row environment(String variable, String value) {
            return new Row(name, words, file, Map.of(variable, value), signal, exitCode, out, err);
        }

        Row signal(String value) {
            return new Row(name, words, file, environment, value, exitCode, out, err);
        }

        Row out(String... lines) {
            return new Row(name, words, file, environment, signal, exitCode, List.of(lines), err);
        }

        Row err(String... lines) {
            return new Row(name, words, file, environment, signal, exitCode, out, List.of(lines));
        }

        @Override
        public String toString() {
            return name;
        }
    }

    private static Stream<Row> rows() {
        return Stream.of(
                new Row("SIGTERM drains and ends well", "-o -n us-east-1" + FREE, 0)
                        .signal("TERM")
                        .out(
                                INITIALIZING,
                                "[Info] Using buffer memory limit of … MB",
                                "[Info] Starting proxy http server on 127.0.0.1:…",
                                "[Info] Using region: us-east-1",
                                "[Info] HTTP Proxy server using X-Ray Endpoint : http://127.0.0.1:1",
                                "[Info] Got shutdown signal: terminated",
                                "[Info] Ledger: 0 received = …"),
                new Row("SIGINT too", "-o -n us-east-1" + FREE, 0)
                        .signal("INT")
                        .out("[Info] Got shutdown signal: interrupt"),
                new Row("the memory limit is said", "-o -n us-east-1 -m 0x10" + FREE, 0)
                        .signal("TERM")
                        .out("[Info] Using buffer memory limit of 16 MB"),
                new Row("a negative memory limit is automatic", "-o -n us-east-1 -m -5" + FREE, 0)
                        .signal("TERM")
                        .out("[Info] Using buffer memory limit of … MB"),
                new Row("below 3 MB it does not start", "-m 2", 1)
                        .out(
                                INITIALIZING,
                                "[Error] Not enough Buffers Memory Allocated. Min Buffers Memory required: 3 MB."),
                new Row("the region comes from AWS_REGION", "-o" + FREE, 0)
                        .environment("AWS_REGION", "eu-west-3")
                        .signal("TERM")
                        .out("[Info] Using region: eu-west-3"),
                new Row("the flag wins over AWS_REGION", "-o -n us-west-2" + FREE, 0)
                        .environment("AWS_REGION", "eu-west-3")
                        .signal("TERM")
                        .out("[Info] Using region: us-west-2"),
                new Row("the file wins over AWS_REGION", "-o" + FREE, 0)
                        .environment("AWS_REGION", "eu-west-3")
                        .file("Version: 2\nRegion: us-west-2\n")
                        .signal("TERM")
                        .out("[Info] Using region: us-west-2"),
                new Row("our variable wins over the file", "-o" + FREE, 0)
                        .environment("XRAY_REGION", "eu-west-3")
                        .file("Version: 2\nRegion: us-west-2\n")
                        .signal("TERM")
                        .out("[Info] Using region: eu-west-3"),
                new Row("without a region it ends", "-o" + FREE, 1)
                        .out(
                                INITIALIZING,
                                "[Error] Cannot fetch region variable from config file, environment variables, "
                                        + "ecs metadata, or ec2 metadata. Use local-mode to use the local config region.…"),
                new Row("unknown keys of the implicit file are warned of", "-o -n us-east-1" + FREE, 0)
                        .file("Version: 2\nFoo: 1\n")
                        .signal("TERM")
                        .out("[Warn] Foo flag is invalid. …"),
                new Row("the same file is wrong when it is named", "-c cfg.yaml", 1)
                        .file("Version: 2\nFoo: 1\n")
                        .err(
                                "[Error] Foo flag is invalid. Please refer to AWS X-Ray Documentation for more information."
                                        + " (…cfg.yaml, line 2, column 1)"),
                new Row("a missing file", "-c none.yaml", 1)
                        .err("[Error] Error occur when using config flag: open none.yaml: no such file or directory"),
                new Row("the UDP port is busy", "-o -n us-east-1 -t 127.0.0.1:0 -b 127.0.0.1:UDP_BUSY", 1)
                        .out(INITIALIZING, "[Error] listen udp 127.0.0.1:UDP_BUSY: bind: address already in use"),
                new Row(
                                "the TCP port is busy: UDP goes on",
                                "-o -n us-east-1 -b 127.0.0.1:0 -t 127.0.0.1:TCP_BUSY --endpoint http://127.0.0.1:1",
                                0)
                        .signal("TERM")
                        .out("[Error] proxy http server failed to listen: …", "[Info] Using region: us-east-1"),
                new Row("a bad port", "-o -n us-east-1 -b 127.0.0.1:99999", 1)
                        .out("[Error] address 99999: invalid port"),
                new Row("no port", "-o -n us-east-1 -b 2100", 1).out("[Error] address 2100: missing port in address"),
                new Row("a bad endpoint", "-o -n us-east-1 --endpoint 127.0.0.1:2180", 1)
                        .out("[Error] Unable to start http proxy server: unable to parse xray endpoint: "
                                + "parse \"127.0.0.1:2180\": first path segment in URL cannot contain colon…"),
                new Row("a bad proxy", "-o -n us-east-1 -p ://bad", 1)
                        .out("[Error] Bad proxy URL: parse \"://bad\": missing protocol scheme"),
                new Row("a log file that cannot be written", "-o -f .", 1).err("[Error] ….…"),
                new Row("an unknown flag", "-nosuch", 2)
                        .out("Usage: X-Ray [options]")
                        .err("flag provided but not defined: -nosuch"),
                new Row("a value glued to its flag", "-m3", 2)
                        .out("Usage: X-Ray [options]")
                        .err("flag provided but not defined: -m3"),
                new Row("the version", "--version", 0).out("AWS X-Ray daemon version: v0.1.0"),
                new Row("the version beside a broken file", "-v", 0)
                        .file("{{{")
                        .out("AWS X-Ray daemon version: v0.1.0"),
                new Row("an unknown command", "sandbx", 2)
                        .err("unknown command \"sandbx\": the commands are config, …"),
                new Row("the effective configuration", "config -m 7", 0).out("buffer-memory     7 … flag -m"));
    }

    @ParameterizedTest
    @MethodSource("rows")
    void shouldDoWhatTheTableSays(Row row) throws Exception {
        if (!row.file().isEmpty()) {
            Files.writeString(directory.resolve("cfg.yaml"), row.file());
        }
        try (DatagramSocket udp = new DatagramSocket(0, InetAddress.getLoopbackAddress());
                ServerSocket tcp = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                XrayProcess xray = XrayProcess.start(
                        directory,
                        row.environment(),
                        List.of(ports(row.words(), udp, tcp).split(" ")))) {
            end(row, xray);
            assertEquals(row.exitCode(), xray.end(), () -> xray.out() + " " + xray.err());
            List<String> all = new ArrayList<>(xray.out());
            for (String line : row.out()) {
                assertTrue(dropUntil(ports(line, udp, tcp), all), () -> "no \"" + line + "\" in " + xray.out());
            }
            assertEquals(row.err().size(), xray.err().size(), () -> xray.err().toString());
            for (int i = 0; i < row.err().size(); i++) {
                String seen = xray.err().get(i);
                assertTrue(matches(row.err().get(i), seen), seen);
            }
        }
    }

    private static void end(Row row, XrayProcess xray) throws IOException, InterruptedException {
        if (!row.signal().isEmpty()) {
            xray.awaitOut("HTTP Proxy server using X-Ray Endpoint");
            xray.signal(row.signal());
        }
    }

    private static String ports(String text, DatagramSocket udp, ServerSocket tcp) {
        return text.replace("UDP_BUSY", Integer.toString(udp.getLocalPort()))
                .replace("TCP_BUSY", Integer.toString(tcp.getLocalPort()));
    }

    private static boolean dropUntil(String wanted, List<String> lines) {
        while (!lines.isEmpty()) {
            if (matches(wanted, lines.remove(0))) {
                return true;
            }
        }
        return false;
    }

    private static boolean matches(String wanted, String line) {
        String pattern = Stream.of(wanted.split("…", -1))
                .map(Pattern::quote)
                .reduce((a, b) -> a + ".*" + b)
                .orElse("");
        return line.matches((wanted.startsWith("[") ? TIME : "") + pattern);
    }

    @Test
    void shouldDrainWhatArrivedBeforeTheSignalUntilASecondOneEndsTheWait() throws Exception {
        int port;
        try (DatagramSocket probe = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            port = probe.getLocalPort();
        }
        // A backend that takes connections and never answers.
        try (ServerSocket backend = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
                DatagramSocket client = new DatagramSocket();
                XrayProcess xray = XrayProcess.start(
                        directory,
                        Map.of(),
                        List.of(
                                "-o",
                                "-n",
                                "us-east-1",
                                "-b",
                                "127.0.0.1:" + port,
                                "-t",
                                "127.0.0.1:0",
                                "--shutdown-timeout",
                                "10m",
                                "--endpoint",
                                "http://127.0.0.1:" + backend.getLocalPort()))) {
            xray.awaitOut("HTTP Proxy server using X-Ray Endpoint");
            byte[] datagram = "{\"format\":\"json\",\"version\":1}\n{}".getBytes(StandardCharsets.US_ASCII);
            client.send(new DatagramPacket(datagram, datagram.length, InetAddress.getLoopbackAddress(), port));
            xray.signal("TERM");
            xray.awaitOut("Got shutdown signal: terminated");
            xray.signal("TERM");
            assertEquals(0, xray.end());
            String last = xray.out().get(xray.out().size() - 1);
            assertTrue(last.contains("[Info] Ledger: 1 received = 0 delivered"), last);
            assertTrue(last.contains(" + 1 abandoned"), last);
        }
    }

    @Test
    void shouldSayNothingAtStartAndStopWhenOnlyErrorsAreWanted() throws Exception {
        int port;
        try (ServerSocket probe = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = probe.getLocalPort();
        }
        List<String> words = List.of(("-o -n us-east-1 -l error -b 127.0.0.1:0 -t 127.0.0.1:" + port).split(" "));
        try (XrayProcess xray = XrayProcess.start(directory, Map.of(), words)) {
            Await.until(() -> isAccepting(port));
            xray.signal("TERM");
            assertEquals(0, xray.end());
            assertEquals(List.of(), xray.out());
            assertEquals(List.of(), xray.err());
        }
    }

    private static boolean isAccepting(int port) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (IOException e) {
            return false;
        }
    }

    @Test
    void shouldOpenTheLogFileAnewOnSighup() throws Exception {
        Path log = directory.resolve("logs/xray.log");
        List<String> words = List.of(("-o -n us-east-1 -f logs/xray.log" + FREE).split(" "));
        try (XrayProcess xray = XrayProcess.start(directory, Map.of(), words)) {
            Await.until(() -> Files.exists(log) && Files.readString(log).contains("Using region"));
            Files.move(log, directory.resolve("logs/xray.log.1"));
            xray.signal("HUP");
            Await.until(() -> Files.exists(log));
            xray.signal("TERM");
            assertEquals(0, xray.end());
            assertTrue(Files.readString(log).contains("[Info] Got shutdown signal: terminated"));
            assertEquals(List.of(), xray.out());
            assertEquals(List.of(), xray.err());
        }
    }

    @Test
    void shouldTellSystemdThatItIsReadyAndAlive() throws Exception {
        Path program = directory.resolve("systemd-notify");
        Path told = directory.resolve("told");
        Files.writeString(program, "#!/bin/sh\necho \"$@\" >>\"" + told + "\"\n");
        assertTrue(program.toFile().setExecutable(true));
        Map<String, String> environment = Map.of(
                "NOTIFY_SOCKET",
                "/run/none",
                "WATCHDOG_USEC",
                "200000",
                "PATH",
                directory + ":" + System.getenv("PATH"));
        List<String> words = List.of(("-o -n us-east-1" + FREE).split(" "));
        try (XrayProcess xray = XrayProcess.start(directory, environment, words)) {
            Await.until(() -> Files.exists(told) && Files.readAllLines(told).size() >= 4);
            List<String> lines = Files.readAllLines(told);
            assertTrue(lines.get(0).matches("--pid=\\d+ READY=1"), lines.get(0));
            assertTrue(lines.get(3).matches("--pid=\\d+ WATCHDOG=1"), lines.get(3));
            xray.signal("TERM");
            assertEquals(0, xray.end());
        }
    }
}
