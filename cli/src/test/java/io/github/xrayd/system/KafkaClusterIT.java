package io.github.xrayd.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.xrayd.child.DaemonLedger;
import io.github.xrayd.child.DaemonProcess;
import io.github.xrayd.sandbox.Sandbox;
import io.github.xrayd.sandbox.SandboxConfig;
import java.io.OutputStream;
import java.net.URI;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Brokers that fail for good, or for want of disk: the others, or the collector's memory, keep what has arrived. */
@EnabledOnOs(OS.LINUX)
@Timeout(180)
class KafkaClusterIT {
    private static final String TOPIC = "xray_segments";
    private static final int PARTITIONS = 6;
    private static final int DISK_MEGABYTES = 64;

    @TempDir
    Path folder;

    private static List<String> documents(int from, int to) {
        return IntStream.range(from, to)
                .mapToObj(i -> String.format(
                        "{\"name\":\"cluster\",\"id\":\"%016x\",\"trace_id\":\"1-5759e988-%024x\",\"start_time\":1,\"end_time\":2}",
                        i, i))
                .toList();
    }

    private static void send(DaemonProcess daemon, List<String> documents) throws Exception {
        try (Datagrams datagrams = new Datagrams(daemon.udp())) {
            for (String document : documents) {
                datagrams.sendDocument(document);
            }
            datagrams.awaitRead();
        }
    }

    private static DaemonProcess collector(KafkaCluster cluster) throws Exception {
        DaemonProcess daemon = Installed.start(
                URI.create("http://127.0.0.1:9"),
                "-m",
                "16",
                "--xray-output",
                "off",
                "--kafka-output-brokers",
                cluster.addresses());
        daemon.awaitReady();
        return daemon;
    }

    private static void assertArrived(Arrived arrived, List<String> sent, DaemonProcess daemon) {
        boolean isComplete =
                Await.isReached(Await.LONG.multipliedBy(3), () -> new HashSet<>(arrived.documents()).containsAll(sent));
        assertTrue(isComplete, () -> arrived.count() + " of " + sent.size() + " arrived" + daemon.output());
    }

    @Test
    void shouldLoseNothingWhenOneOfThreeBrokersIsKilled() throws Exception {
        List<String> sent = documents(0, 3_000);
        try (KafkaCluster cluster = KafkaCluster.start(folder, 3);
                Sandbox sandbox = Sandbox.start(SandboxConfig.builder().build())) {
            cluster.createTopic(TOPIC, PARTITIONS);
            Arrived arrived = Arrived.at(sandbox);
            try (DaemonProcess collector = collector(cluster);
                    DaemonProcess uploader = Installed.start(
                            sandbox.endpoint(), "-m", "16", "--kafka-input-brokers", cluster.addresses())) {
                send(collector, sent.subList(0, 1_000));
                Await.until("some arrive", Await.LONG, () -> arrived.count() > 0);
                send(collector, sent.subList(1_000, 2_000));
                cluster.kill(1);
                send(collector, sent.subList(2_000, 3_000));
                assertArrived(arrived, sent, uploader);
                DaemonLedger collected = collector.stop();
                assertEquals(sent.size(), collected.delivered(), collected::toString);
                DaemonLedger uploaded = uploader.stop();
                assertEquals(0, uploaded.undelivered(), uploaded::toString);
            }
            assertEquals(
                    cluster.ends(TOPIC, PARTITIONS).values().stream()
                            .mapToLong(Long::longValue)
                            .sum(),
                    cluster.committed("xrayd").values().stream()
                            .mapToLong(Long::longValue)
                            .sum());
        }
    }

    /** Needs to be root, to have a disk that is small. */
    @Test
    void shouldLoseNothingWhenTheBrokersDiskIsFullForAWhile() throws Exception {
        Path disk = Files.createDirectory(folder.resolve("disk"));
        String size = "size=" + DISK_MEGABYTES + "m";
        assumeTrue(
                exitCode("mount", "-t", "tmpfs", "-o", size, "xrayd-test", disk.toString()) == 0,
                "a small disk cannot be mounted: not root?");
        try (KafkaCluster cluster = KafkaCluster.start(
                        folder, 1, Map.of("log.dirs", disk.resolve("data").toString()));
                Sandbox sandbox = Sandbox.start(SandboxConfig.builder().build())) {
            cluster.createTopic(TOPIC, PARTITIONS);
            Arrived arrived = Arrived.at(sandbox);
            List<String> sent = documents(0, 3_000);
            try (DaemonProcess collector = collector(cluster);
                    DaemonProcess uploader = Installed.start(
                            sandbox.endpoint(), "-m", "16", "--kafka-input-brokers", cluster.addresses())) {
                send(collector, sent.subList(0, 1_000));
                Await.until("some arrive", Await.LONG, () -> arrived.count() > 0);
                Path filler = disk.resolve("filler");
                fill(filler);
                send(collector, sent.subList(1_000, 3_000));
                Await.until("the broker has ended", Await.LONG, () -> !cluster.isAlive(0));
                Files.delete(filler);
                cluster.restart(0);
                assertArrived(arrived, sent, uploader);
                DaemonLedger collected = collector.stop();
                assertEquals(sent.size(), collected.delivered(), collected::toString);
            }
        } finally {
            assertEquals(0, exitCode("umount", "-l", disk.toString()), "umount");
        }
    }

    private static void fill(Path filler) throws Exception {
        FileStore store = Files.getFileStore(filler.getParent());
        byte[] block = new byte[4096];
        try (OutputStream out = Files.newOutputStream(filler)) {
            while (store.getUsableSpace() >= block.length) {
                out.write(block);
            }
        }
    }

    private static int exitCode(String... command) throws Exception {
        return new ProcessBuilder(command).inheritIO().start().waitFor();
    }
}
