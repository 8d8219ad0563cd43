package io.github.xrayd.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.xrayd.child.DaemonLedger;
import io.github.xrayd.child.DaemonProcess;
import io.github.xrayd.engine.spool.SpoolInspector;
import io.github.xrayd.sandbox.Sandbox;
import io.github.xrayd.sandbox.SandboxConfig;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * With a spool an outage may be longer than memory, and than the process: what is on disk is delivered, by whoever
 * comes next.
 */
@EnabledOnOs(OS.LINUX)
@Timeout(180)
class SpoolIT {
    /** Four times what 3 MB hold. */
    private static final int COUNT = 8_000;

    private static final int PADDING = 900;
    /** More than fit in 3 MB, whatever the sizes. */
    private static final int MEMORY_SEGMENTS_MAX = 3_100;

    private static final long PAUSE_NANOS = 40_000_000L;

    @TempDir
    Path directory;

    private int port;

    @BeforeEach
    void reserve() throws IOException {
        try (ServerSocket reserved = new ServerSocket(0)) {
            port = reserved.getLocalPort();
        }
    }

    private DaemonProcess start(String... more) throws Exception {
        List<String> flags = new ArrayList<>(List.of("-m", "3", "--spool-dir", directory.toString()));
        flags.addAll(List.of(more));
        DaemonProcess daemon = Installed.start(URI.create("http://127.0.0.1:" + port), flags.toArray(new String[0]));
        daemon.awaitReady();
        return daemon;
    }

    private Sandbox sandbox() throws IOException {
        return Sandbox.start(SandboxConfig.builder().port(port).build());
    }

    private static List<String> send(DaemonProcess daemon, int count) throws IOException {
        List<String> sent = new ArrayList<>();
        try (Datagrams datagrams = new Datagrams(daemon.udp())) {
            for (int i = 0; i < count; i++) {
                sent.add("{\"name\":\"spool\",\"id\":\"" + i + "\",\"pad\":\"" + "x".repeat(PADDING) + "\"}");
                datagrams.sendDocument(sent.get(i));
                if (i % 100 == 99) {
                    // 2,500 a second at most: 3 MB are full in a second, and the disk must be given that time.
                    LockSupport.parkNanos(PAUSE_NANOS);
                }
            }
            datagrams.awaitRead();
        }
        return sent;
    }

    private long onDisk() {
        try {
            return new SpoolInspector(directory)
                    .files().stream()
                            .mapToLong(file -> file.waiting().documents())
                            .sum();
        } catch (IOException e) {
            return 0;
        }
    }

    @Test
    void shouldLoseNothingInAnOutageFourTimesAsLongAsMemory() throws Exception {
        try (DaemonProcess daemon = start()) {
            List<String> sent = send(daemon, COUNT);
            Await.until("batches are on disk", Await.LONG, () -> onDisk() > COUNT - MEMORY_SEGMENTS_MAX);
            try (Sandbox sandbox = sandbox()) {
                Arrived.at(sandbox).assertSame(sent, daemon);
                DaemonLedger ledger = daemon.stop();
                assertEquals(COUNT, ledger.delivered(), ledger::toString);
                assertEquals(0, ledger.undelivered(), ledger::toString);
                assertEquals(0, onDisk());
            }
        }
    }

    @Test
    void shouldDeliverWhatWasOnDiskWhenTheProcessIsKilled() throws Exception {
        long left;
        List<String> sent;
        try (DaemonProcess daemon = start()) {
            sent = send(daemon, COUNT);
            Await.until("batches are on disk", Await.LONG, () -> onDisk() > COUNT - MEMORY_SEGMENTS_MAX);
            daemon.signal("KILL");
            daemon.awaitExit(Await.LONG);
            left = onDisk();
        }
        assertTrue(left >= COUNT - MEMORY_SEGMENTS_MAX, () -> left + " on disk");
        try (Sandbox sandbox = sandbox()) {
            Arrived arrived = Arrived.at(sandbox);
            try (DaemonProcess daemon = start()) {
                Await.until("all is delivered", Await.LONG, () -> arrived.count() >= left && onDisk() == 0);
                DaemonLedger ledger = daemon.stop();
                System.out.printf("SpoolIT, kill -9: %d sent, %d on disk, %d arrived%n", COUNT, left, arrived.count());
                assertEquals(left, ledger.recovered(), ledger::toString);
                assertEquals(left, ledger.delivered(), ledger::toString);
                Set<String> distinct = new HashSet<>(arrived.documents());
                assertEquals(left, distinct.size(), "no document came twice");
                assertTrue(new HashSet<>(sent).containsAll(distinct));
            }
        }
    }

    @Test
    void shouldSpoolAtShutdownAndHaveTheNextProcessDeliver() throws Exception {
        List<String> sent;
        try (DaemonProcess daemon = start("--shutdown-timeout", "500ms")) {
            sent = send(daemon, COUNT);
            DaemonLedger ledger = daemon.stop();
            assertEquals(COUNT, ledger.total("spooled"), ledger::toString);
            assertEquals(COUNT, ledger.undelivered(), ledger::toString);
        }
        try (Sandbox sandbox = sandbox()) {
            Arrived arrived = Arrived.at(sandbox);
            try (DaemonProcess daemon = start()) {
                arrived.assertSame(sent, daemon);
                assertEquals(sent, inOrder(arrived), "oldest first");
                DaemonLedger ledger = daemon.stop();
                assertEquals(COUNT, ledger.recovered(), ledger::toString);
                assertEquals(COUNT, ledger.delivered(), ledger::toString);
            }
        }
    }

    /** Several calls are in flight, so batches may pass each other: in order means within a few batches of it. */
    private static List<String> inOrder(Arrived arrived) {
        List<String> documents = new ArrayList<>(arrived.documents());
        int most = 0;
        for (int i = 0; i < documents.size(); i++) {
            most = Math.max(most, Math.abs(number(documents.get(i)) - i));
        }
        assertTrue(most <= 50 * 64, "a document came " + most + " places from its own");
        documents.sort((a, b) -> number(a) - number(b));
        return documents;
    }

    private static int number(String document) {
        return Integer.parseInt(document.replaceFirst(".*\"id\":\"([0-9]+)\".*", "$1"));
    }

    @Test
    void shouldDeliverTheRestOfADamagedFileAndPutItAside() throws Exception {
        List<String> sent;
        try (DaemonProcess daemon = start("--shutdown-timeout", "0s")) {
            sent = send(daemon, 500);
            assertEquals(500, daemon.stop().total("spooled"));
        }
        Path file = Path.of(new SpoolInspector(directory).files().get(0).name());
        byte[] bytes = Files.readAllBytes(directory.resolve(file));
        bytes[bytes.length / 2] ^= 0x40;
        Files.write(directory.resolve(file), bytes);
        try (Sandbox sandbox = sandbox()) {
            Arrived arrived = Arrived.at(sandbox);
            try (DaemonProcess daemon = start()) {
                daemon.awaitLine(line -> line.contains(file + " is damaged; at least 1 records are missing"));
                Await.until("the rest is delivered", Await.LONG, () -> onDisk() == 0 && arrived.count() >= 450);
                DaemonLedger ledger = daemon.stop();
                assertEquals(ledger.recovered(), ledger.delivered(), ledger::toString);
                assertTrue(ledger.recovered() >= 450 && ledger.recovered() < 500, ledger::toString);
                assertTrue(new HashSet<>(sent).containsAll(arrived.documents()));
                assertTrue(Files.exists(directory.resolve(file + ".quarantined")), daemon::output);
            }
        }
    }

    @Test
    void shouldDeliverOtherFilesOnceBesideWhatCannotBeRead() throws Exception {
        List<String> sent;
        try (DaemonProcess daemon = start("--shutdown-timeout", "0s", "--spool-limit", "1")) {
            sent = send(daemon, 500);
            assertEquals(500, daemon.stop().total("spooled"));
        }
        SpoolInspector.FileInfo aside = new SpoolInspector(directory).files().get(1);
        Path inTheWay = Files.createDirectory(directory.resolve(aside.name().replace(".spool", ".ack")));
        Path fifo = directory.resolve("0000009000.spool");
        assertEquals(0, new ProcessBuilder("mkfifo", fifo.toString()).start().waitFor());
        try (Sandbox sandbox = sandbox()) {
            Arrived arrived = Arrived.at(sandbox);
            try (DaemonProcess daemon = start("--spool-limit", "1")) {
                daemon.awaitLine(line -> line.contains(aside.name() + " cannot be read with its"));
                daemon.awaitLine(line -> line.contains("left " + fifo.getFileName() + " alone"));
                long good = 500 - aside.waiting().documents();
                Await.until("the others are delivered", Await.LONG, () -> arrived.count() >= good);
                assertEquals(good, arrived.count(), "each once");
                Files.delete(inTheWay);
                arrived.assertSame(sent, daemon);
                DaemonLedger ledger = daemon.stop();
                assertEquals(500, ledger.recovered(), ledger::toString);
                assertEquals(500, ledger.delivered(), ledger::toString);
                assertEquals(0, ledger.undelivered(), ledger::toString);
            }
        }
        assertTrue(Files.exists(fifo), "not a file of the spool");
    }

    @Test
    void shouldRefuseTheDirectoryOfAnotherDaemon() throws Exception {
        try (DaemonProcess daemon = start()) {
            Process second = new ProcessBuilder(
                            Path.of(System.getProperty("xrayd.home", "target/xray"), "bin", "xray")
                                    .toAbsolutePath()
                                    .toString(),
                            "-o",
                            "-n",
                            "us-east-1",
                            "-b",
                            "127.0.0.1:0",
                            "-t",
                            "127.0.0.1:0",
                            "--spool-dir",
                            directory.toString())
                    .redirectErrorStream(true)
                    .start();
            String output = new String(second.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertEquals(1, second.waitFor(), output);
            assertTrue(
                    output.contains("The spool directory " + directory + " is in use by process "
                            + daemon.handle().pid()),
                    output);
        }
    }

    @Test
    void shouldWorkWithoutTheDirectoryWhenItCannotBeUsed() throws Exception {
        directory = Path.of("/proc/xrayd-cannot-be-made");
        try (Sandbox sandbox = sandbox()) {
            Arrived arrived = Arrived.at(sandbox);
            try (DaemonProcess daemon = Installed.start(
                    URI.create("http://127.0.0.1:" + port), "-m", "3", "--spool-dir", directory.toString())) {
                daemon.awaitLine(line -> line.contains("/proc/xrayd-cannot-be-made"));
                Await.until("/readyz names the spool", Await.LONG, () -> isSpoolFailing(daemon));
                List<String> sent = send(daemon, 200);
                arrived.assertSame(sent, daemon);
                assertEquals(200, daemon.stop().delivered());
            }
        }
    }

    private static boolean isSpoolFailing(DaemonProcess daemon) throws InterruptedException {
        HttpResponse<String> page = daemon.pageOrNull("/readyz");
        return page != null && page.statusCode() == 503 && page.body().contains("spool");
    }

    @Test
    void shouldCountWhatNeitherMemoryNorAFullDiskHolds() throws Exception {
        try (DaemonProcess daemon = start("--spool-limit", "2")) {
            List<String> sent = send(daemon, COUNT);
            daemon.awaitLine(line -> line.contains("Segment dropped"));
            long onDisk = onDisk();
            assertTrue(onDisk > 1_000 && onDisk < 2_500, () -> onDisk + " on disk");
            try (Sandbox sandbox = sandbox()) {
                Arrived arrived = Arrived.at(sandbox);
                Await.isReached(Duration.ofSeconds(20), () -> onDisk() == 0);
                DaemonLedger ledger = daemon.stop();
                System.out.printf("SpoolIT, full disk: %s%n", ledger);
                assertEquals(COUNT, ledger.received(), ledger::toString);
                assertEquals(COUNT, ledger.delivered() + ledger.total("dropped"), ledger::toString);
                assertEquals(ledger.delivered(), new HashSet<>(arrived.documents()).size());
                assertTrue(new HashSet<>(sent).containsAll(arrived.documents()));
            }
        }
    }
}
