package io.github.xrayd.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.xrayd.sandbox.Sandbox;
import io.github.xrayd.sandbox.SandboxConfig;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code xray doctor} of the distribution, against the sandbox and against what is not in order. */
class DoctorIT {
    private static final Map<String, String> KEYS =
            Map.of("AWS_ACCESS_KEY_ID", SandboxConfig.ACCESS_KEY, "AWS_SECRET_ACCESS_KEY", SandboxConfig.SECRET_KEY);
    private static final String FREE = " -o -n us-east-1 -b 127.0.0.1:0 -t 127.0.0.1:0 --endpoint ";

    @TempDir
    Path directory;

    private XrayProcess doctor(Map<String, String> environment, String words) throws Exception {
        return XrayProcess.start(
                directory, environment, List.of(("doctor " + words).trim().split(" +")));
    }

    private static void assertLine(XrayProcess xray, String pattern) {
        assertTrue(
                xray.out().stream()
                        .anyMatch(line -> Pattern.compile(pattern).matcher(line).find()),
                () -> "no " + pattern + " in\n" + String.join("\n", xray.out()) + xray.err());
    }

    @Test
    void shouldFindAllWellBesideARunningDaemonWithItsSettings() throws Exception {
        int port;
        try (DatagramSocket udp = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            port = udp.getLocalPort();
        }
        try (Sandbox sandbox = Sandbox.start(SandboxConfig.builder().build())) {
            Files.writeString(
                    directory.resolve("cfg.yaml"),
                    "Version: 2\nEndpoint: " + sandbox.endpoint() + "\nRegion: us-east-1\nLocalMode: true\nSocket:\n"
                            + "  UDPAddress: 127.0.0.1:" + port + "\n  TCPAddress: 127.0.0.1:" + port + "\n");
            try (XrayProcess daemon = XrayProcess.start(directory, KEYS, List.of("-l", "info"));
                    XrayProcess xray = started(daemon, KEYS)) {
                assertEquals(0, xray.end(), () -> String.join("\n", xray.out()));
                assertEquals(List.of(), xray.err());
                assertLine(xray, "^ok +configuration +\\S*cfg.yaml$");
                assertLine(xray, "^ok +memory +\\d+ MB for segments");
                assertLine(xray, "^ok +UDP 127.0.0.1:" + port + " +held by a running X-Ray daemon, process \\d+");
                assertLine(xray, "^ok +TCP 127.0.0.1:" + port + " +held by a running X-Ray daemon, process \\d+");
                assertLine(xray, "^ok +region +us-east-1, from file \\S*cfg.yaml line 3$");
                assertLine(xray, "^ok +credentials +access key AKI…PLE, from EnvironmentVariableCredentialsProvider");
                assertLine(xray, "^ok +endpoint +http://127.0.0.1:\\d+ answers directly within \\d+ ms, without TLS");
                assertLine(xray, "^ok +uploads +POST /TraceSegments was answered with status ");
                assertLine(xray, "^ok +sampling +POST /GetSamplingRules was answered with status 200");
                assertLine(xray, "^ok +clock ");
            }
        }
    }

    private XrayProcess started(XrayProcess daemon, Map<String, String> environment) throws Exception {
        daemon.awaitOut("Using region");
        return doctor(environment, "");
    }

    @Test
    void shouldSayThatTheKeysAreWrong() throws Exception {
        try (Sandbox sandbox = Sandbox.start(SandboxConfig.builder().build());
                XrayProcess xray = doctor(Map.of("AWS_SECRET_ACCESS_KEY", "wrong"), FREE + sandbox.endpoint())) {
            assertEquals(1, xray.end());
            assertLine(xray, "^FAILED +uploads +POST /TraceSegments was answered with status 403");
            assertLine(xray, "-> Give the role or user the policy AWSXRayDaemonWriteAccess");
            assertLine(xray, "^2 checks failed");
        }
    }

    @Test
    void shouldSayThatTheEndpointIsDeadAndCredentialsAreMissing() throws Exception {
        Map<String, String> none =
                Map.of("AWS_ACCESS_KEY_ID", "", "AWS_SECRET_ACCESS_KEY", "", "AWS_EC2_METADATA_DISABLED", "true");
        int port;
        try (ServerSocket dead = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = dead.getLocalPort();
        }
        String endpoint = "http://127.0.0.1:" + port;
        try (XrayProcess xray = doctor(none, FREE + endpoint + " --json")) {
            assertEquals(1, xray.end());
            assertEquals(1, xray.out().size(), () -> xray.out().toString());
            String json = xray.out().get(0);
            assertTrue(json.startsWith("{\"version\":\"0.1.0\",\"healthy\":false,\"checks\":["), json);
            assertTrue(json.contains("{\"check\":\"endpoint\",\"state\":\"failed\",\"detail\":\"" + endpoint), json);
            assertTrue(json.contains("connection refused"), json);
            assertTrue(
                    json.contains("{\"check\":\"credentials\",\"state\":\"failed\",\"detail\":\"get credentials"),
                    json);
            for (String provider : List.of(
                    "SystemProperty",
                    "EnvironmentVariable",
                    "WebIdentityTokenFile",
                    "Profile",
                    "Container",
                    "InstanceProfile")) {
                assertTrue(json.contains(provider + "CredentialsProvider"), json);
            }
            assertTrue(json.contains("{\"check\":\"uploads\",\"state\":\"skipped\""), json);
        }
    }

    @Test
    void shouldSayWhatHoldsTheDaemonBackOnThisHost() throws Exception {
        try (DatagramSocket udp = new DatagramSocket(0, InetAddress.getLoopbackAddress());
                ServerSocket tcp = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Files.writeString(directory.resolve("plain"), "a file");
            List<String> words = new ArrayList<>(List.of("-o", "-m", "2", "-f", ".", "--socket-buffer", "1024M"));
            words.addAll(List.of("--spool-dir", "made/later", "--dead-letter-dir", "plain"));
            words.addAll(List.of("-b", "127.0.0.1:" + udp.getLocalPort(), "-t", "127.0.0.1:" + tcp.getLocalPort()));
            try (XrayProcess xray = doctor(Map.of(), String.join(" ", words))) {
                assertEquals(1, xray.end());
                String me = "in use by process " + ProcessHandle.current().pid() + ": ";
                assertLine(xray, "^FAILED +memory +Not enough Buffers Memory Allocated");
                assertLine(xray, "^FAILED +log file +.* is a directory");
                String granted = Files.readAllLines(Path.of("/proc/sys/net/core/rmem_max"))
                        .get(0);
                assertLine(xray, "^ok +spool +\\S+/made/later can be written");
                assertLine(xray, "^FAILED +dead letters +\\S+/plain is not a directory");
                assertLine(xray, "^warning +socket buffer +of 1073741824 bytes the kernel grants " + granted + " ");
                assertLine(xray, "-> So that no burst is lost: sysctl -w net.core.rmem_max=1073741824");
                assertLine(xray, "^FAILED +UDP 127.0.0.1:\\d+ +" + me);
                assertLine(xray, "^FAILED +TCP 127.0.0.1:\\d+ +" + me);
                assertLine(xray, "^FAILED +region +Cannot fetch region variable");
                assertLine(xray, "^skipped +uploads +not tried");
            }
        }
    }

    @Test
    void shouldSayThatTheFileIsWrongAndTakeNoWordItDoesNotKnow() throws Exception {
        Files.writeString(directory.resolve("cfg.yaml"), "Version: 2\nRegion: [\n");
        try (XrayProcess xray = doctor(Map.of(), "")) {
            assertEquals(1, xray.end());
            assertLine(xray, "^FAILED +configuration +Error occur when using config flag: yaml: line ");
        }
        try (XrayProcess xray = doctor(Map.of(), "--nosuch")) {
            assertEquals(2, xray.end());
            assertEquals(
                    List.of("xray doctor: flag provided but not defined: -nosuch", "Try 'xray doctor --help'."),
                    xray.err());
        }
        try (XrayProcess xray = doctor(Map.of(), "--help")) {
            assertEquals(0, xray.end());
            assertLine(xray, "^Usage: xray doctor");
        }
    }
}
