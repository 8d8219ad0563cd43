package io.github.xrayd.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.xrayd.child.DaemonCommand;
import io.github.xrayd.child.DaemonLedger;
import io.github.xrayd.child.DaemonProcess;
import io.github.xrayd.child.ProcFs;
import io.github.xrayd.load.LoadConfig;
import io.github.xrayd.sandbox.Fault;
import io.github.xrayd.sandbox.Sandbox;
import io.github.xrayd.sandbox.SandboxConfig;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * The socket of a socket unit outlives the daemon: what the kernel takes while no daemon runs is delivered by the next
 * one.
 *
 * <p>{@code systemd-socket-activate} binds the socket and becomes a shell that keeps it and starts the daemon again and
 * again while a file exists. Whatever the kernel itself drops because its buffer is full is counted, so that no check
 * depends on speed.
 */
@EnabledOnOs(OS.LINUX)
@Timeout(180)
class SocketActivationIT {
    private static final Duration SETTLE = Duration.ofSeconds(8);
    private static final String ACTIVATE = "/usr/bin/systemd-socket-activate";
    /** Standard output is the socket, too, behind --inetd. */
    private static final String KEEPER =
            "exec >&2; gate=$0; n=0; while :; do while [ ! -e \"$gate\" ]; do sleep 0.01; done;"
                    + " n=$((n + 1)); XRAY_LEDGER_FILE=$gate.$n \"$@\"; done";
    /** Small, so that the kernel's buffer holds a second of them. */
    private static final int DOCUMENT_BYTES = 200;

    @TempDir
    private Path directory;

    private Path gate = Path.of("gate");
    private final HttpClient client = HttpClient.newHttpClient();

    @BeforeEach
    void makeGate() throws IOException {
        assumeTrue(Files.isExecutable(Path.of(ACTIVATE)), ACTIVATE + " is not installed");
        gate = Files.createFile(directory.resolve("gate"));
    }

    @Test
    void shouldLoseNothingWhenRestartedUnderLoad() throws Exception {
        int count = 60_000;
        try (Sandbox sandbox = Sandbox.start(
                        SandboxConfig.builder().keepDocuments(false).build());
                DaemonProcess daemon = startKept(sandbox);
                Datagrams datagrams = new Datagrams(daemon.udp())) {
            datagrams.sendDocument("{\"id\":\"first\"}");
            awaitStarts(daemon, 1);
            CompletableFuture<Load> load = send(sandbox, daemon, count);
            for (int restarts = 1; restarts <= 2; restarts++) {
                long before = sandbox.arrivals().documents();
                Await.until(
                        "the daemon delivers",
                        Await.LONG,
                        () -> sandbox.arrivals().documents() > before + 5_000);
                assertFalse(load.isDone(), "the load must go on over the restart");
                end(daemon, "TERM");
                awaitStarts(daemon, restarts + 1);
            }
            Load result = load.get();
            Files.delete(gate);
            end(daemon, "TERM");
            Await.until("three ledgers", Await.LONG, () -> ledgers().size() == 3);
            List<DaemonLedger> ledgers = ledgers();
            ledgers.forEach(ledger -> assertTrue(ledger.isBalanced(), ledger::toString));
            // The kernel counts for the socket, which is the same one all the time.
            long kernelDrops = ledgers.get(2).kernelDrops();
            System.out.printf("SocketActivationIT, restarts: %s; kernel drops %d%n", result.text(), kernelDrops);
            assertEquals(
                    count + 1 - kernelDrops,
                    ledgers.stream().mapToLong(DaemonLedger::received).sum());
            assertEquals(
                    count + 1 - kernelDrops,
                    ledgers.stream().mapToLong(DaemonLedger::delivered).sum(),
                    ledgers::toString);
            assertEquals(count - kernelDrops, result.verification().arrived(), ledgers::toString);
        }
    }

    @Test
    void shouldLoseOnlyWhatAKilledDaemonHeld() throws Exception {
        int held = 500;
        int count = 5_000;
        try (Sandbox sandbox = Sandbox.start(
                        SandboxConfig.builder().keepDocuments(false).build());
                DaemonProcess daemon = startKept(sandbox);
                Datagrams datagrams = new Datagrams(daemon.udp())) {
            datagrams.sendDocument("{\"id\":\"first\"}");
            awaitStarts(daemon, 1);
            Load before = Load.run(sandbox, load(daemon, count), SETTLE);
            boolean isSettled = Await.isReached(Await.LONG, () -> isHolding(metrics(daemon), 0));
            assertTrue(isSettled, () -> metrics(daemon) + daemon.output());
            sandbox.faults().set(Fault.hang(Duration.ofMinutes(2)));
            for (int i = 0; i < held; i++) {
                datagrams.sendDocument("{\"id\":\"held " + i + "\"}");
            }
            datagrams.awaitRead();
            String page = metrics(daemon);
            assertTrue(isHolding(page, held), page);
            long dropsBefore = count - before.verification().arrived();
            assertTrue(page.contains("\nxrayd_kernel_drops_total " + dropsBefore + ".0\n"), page);

            Files.delete(gate);
            end(daemon, "KILL");
            sandbox.faults().clear();
            CompletableFuture<Load> away = send(sandbox, daemon, count);
            Await.until(
                    "datagrams wait",
                    Await.LONG,
                    () -> ProcFs.queuedBytes(daemon.udp().getPort()) > 100_000);
            Files.createFile(gate);
            awaitStarts(daemon, 2);
            Load after = away.get();
            Files.delete(gate);
            end(daemon, "TERM");
            Await.until("a ledger", Await.LONG, () -> ledgers().size() == 1);
            DaemonLedger ledger = ledgers().get(0);
            System.out.printf("SocketActivationIT, kill -9: %s; %s%n", after.text(), ledger);
            assertTrue(ledger.isBalanced(), ledger::toString);
            long arrived =
                    before.verification().arrived() + after.verification().arrived();
            assertEquals(2L * count, arrived + ledger.kernelDrops(), ledger::toString);
            assertEquals(after.verification().arrived(), ledger.delivered());
        }
    }

    @Test
    void shouldTakeASocketUnitsDescriptorAndSayWhatItOverrules() throws Exception {
        try (Sandbox sandbox = Sandbox.start(SandboxConfig.builder().build());
                DaemonProcess daemon = Installed.start(
                        Installed.Host.by(activate()), sandbox.endpoint(), "-b", "127.0.0.1:0", "--receivers", "2");
                Datagrams datagrams = new Datagrams(daemon.udp())) {
            Arrived arrived = Arrived.at(sandbox);
            datagrams.sendDocument("{\"id\":\"first\"}");
            daemon.awaitReady();
            arrived.assertSame(List.of("{\"id\":\"first\"}"), daemon);
            daemon.awaitLine(line -> line.contains(
                    "inherited UDP socket 127.0.0.1:" + daemon.udp().getPort()));
            daemon.awaitLine(line -> line.contains("--bind is 127.0.0.1:0 and is not used"));
            daemon.awaitLine(line -> line.contains("--receivers is 2, but one inherited UDP socket has one receiver"));
            assertEquals(1, daemon.stop().delivered());
        }
    }

    private DaemonProcess startKept(Sandbox sandbox) throws Exception {
        List<String> starter = activate();
        starter.addAll(List.of("--inetd", "/bin/sh", "-c", KEEPER, gate.toString()));
        return Installed.start(Installed.Host.by(starter), sandbox.endpoint(), "-m", "64");
    }

    private static List<String> activate() {
        List<String> command =
                new ArrayList<>(List.of(ACTIVATE, "--datagram", "-l", "127.0.0.1:" + DaemonCommand.UDP_PORT));
        // It starts the program without its own environment.
        for (String variable :
                List.of("PATH", "JAVA_HOME", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "XRAY_LEDGER_FILE")) {
            command.addAll(List.of("-E", variable));
        }
        return command;
    }

    private static LoadConfig load(DaemonProcess daemon, int count) {
        return LoadConfig.to(daemon.udp())
                .ratePerSecond(10_000)
                .count(count)
                .sizeBytes(DOCUMENT_BYTES)
                .build();
    }

    private static CompletableFuture<Load> send(Sandbox sandbox, DaemonProcess daemon, int count) {
        return CompletableFuture.supplyAsync(() -> {
            try {
                return Load.run(sandbox, load(daemon, count), SETTLE);
            } catch (Exception e) {
                throw new AssertionError("the load", e);
            }
        });
    }

    /** Waits until the daemon has been started so often and is ready. */
    private static void awaitStarts(DaemonProcess daemon, int count) {
        Await.until(
                "start " + count,
                Await.LONG,
                () -> daemon.lines().stream()
                                .filter(line -> line.contains("HTTP Proxy server using X-Ray Endpoint"))
                                .count()
                        >= count);
    }

    /** Signals the daemon that runs and waits for its end; its starter lives on. */
    private static void end(DaemonProcess daemon, String signal) throws IOException, InterruptedException {
        ProcessHandle running = daemon.handle()
                .children()
                .filter(child -> child.info().command().orElse("").endsWith("/java"))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no daemon runs" + daemon.output()));
        Process kill = new ProcessBuilder("kill", "-" + signal, Long.toString(running.pid()))
                .inheritIO()
                .start();
        assertEquals(0, kill.waitFor());
        Await.until("the daemon ends", Await.LONG, () -> !running.isAlive());
    }

    /** The ledgers of the daemons that were not killed, in the order of their starts. */
    private List<DaemonLedger> ledgers() throws IOException {
        List<DaemonLedger> ledgers = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, "gate.[0-9]")) {
            for (Path file :
                    StreamSupport.stream(files.spliterator(), false).sorted().toList()) {
                ledgers.add(DaemonLedger.parse(Files.readAllBytes(file)));
            }
        }
        return ledgers;
    }

    private static boolean isHolding(String metrics, int count) {
        return metrics.lines().anyMatch(line -> line.matches("xrayd_held(\\{[^}]*})? " + count + "\\.0"));
    }

    private String metrics(DaemonProcess daemon) {
        URI uri = URI.create("http://127.0.0.1:" + daemon.tcp().getPort() + "/metrics");
        try {
            return client.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString())
                    .body();
        } catch (IOException e) {
            throw new AssertionError(daemon.output(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
