package io.github.xrayd.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.xrayd.child.DaemonLedger;
import io.github.xrayd.child.DaemonProcess;
import io.github.xrayd.sandbox.Sandbox;
import io.github.xrayd.sandbox.SandboxConfig;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * Collector → real broker → uploaders → X-Ray, with what can go wrong on the way: what the broker has acknowledged is
 * delivered, and no offset is committed before that.
 */
@EnabledOnOs(OS.LINUX)
@Timeout(120)
class KafkaIT {
    private static final int PARTITIONS = 4;
    private static final int TRACES = 40;
    /**
     * The group misses a member that was killed after seconds, and not after the three quarters of a minute that are
     * Kafka's default.
     */
    private static final String[] QUICK = {
        "--kafka-input-properties", "session.timeout.ms=6000\nheartbeat.interval.ms=1000"
    };

    private static final AtomicInteger NUMBER = new AtomicInteger();

    @TempDir
    static Path clusterFolder;

    private static KafkaCluster cluster;

    @TempDir
    Path folder;

    private String topic = "";
    private String group = "";

    @BeforeAll
    static void startCluster() throws Exception {
        cluster = KafkaCluster.start(clusterFolder, 1);
    }

    @AfterAll
    static void stopCluster() {
        if (cluster != null) {
            cluster.close();
        }
    }

    @BeforeEach
    void nameTopic() {
        topic = "xray_" + NUMBER.incrementAndGet();
        group = topic + "_uploaders";
    }

    private static URI away() throws Exception {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return URI.create("http://127.0.0.1:" + socket.getLocalPort());
        }
    }

    private static Sandbox sandbox() throws Exception {
        return Sandbox.start(SandboxConfig.builder().build());
    }

    private static Sandbox sandboxAt(URI endpoint) throws Exception {
        return Sandbox.start(SandboxConfig.builder().port(endpoint.getPort()).build());
    }

    private DaemonProcess collector(String... more) throws Exception {
        return collectorAt(cluster.addresses(), more);
    }

    private DaemonProcess collectorAt(String brokers, String... more) throws Exception {
        List<String> flags = new ArrayList<>(List.of(
                "-m", "16", "--kafka-output-brokers", brokers, "--kafka-output-topic", topic, "--xray-output", "off"));
        flags.addAll(List.of(more));
        DaemonProcess daemon = Installed.start(away(), flags.toArray(new String[0]));
        daemon.awaitReady();
        return daemon;
    }

    private DaemonProcess uploader(URI endpoint, String... more) throws Exception {
        List<String> flags = new ArrayList<>(List.of(
                "-m",
                "16",
                "--kafka-input-brokers",
                cluster.addresses(),
                "--kafka-input-topic",
                topic,
                "--kafka-input-group",
                group));
        flags.addAll(List.of(more));
        return Installed.start(endpoint, flags.toArray(new String[0]));
    }

    private static String document(int i) {
        String trace = String.format("1-5759e988-%024x", i % TRACES);
        return "{\"name\":\"fleet\",\"id\":\"" + String.format("%016x", i) + "\",\"trace_id\":\"" + trace
                + "\",\"start_time\":1," + "\"end_time\":2,\"metadata\":{\"pad\":\"" + "x".repeat(300) + "\"}}";
    }

    private static List<String> documents(int from, int to) {
        return IntStream.range(from, to).mapToObj(KafkaIT::document).toList();
    }

    private static void send(DaemonProcess daemon, List<String> documents) throws Exception {
        try (Datagrams datagrams = new Datagrams(daemon.udp())) {
            for (String document : documents) {
                datagrams.sendDocument(document);
            }
            datagrams.awaitRead();
        }
    }

    private void awaitRecords(int count) {
        Await.until("the topic has all records", Await.LONG, () -> records() >= count);
    }

    private long records() throws Exception {
        return cluster.ends(topic, PARTITIONS).values().stream()
                .mapToLong(Long::longValue)
                .sum();
    }

    private long committed() throws Exception {
        return cluster.committed(group).values().stream()
                .mapToLong(Long::longValue)
                .sum();
    }

    /** What is committed where the topic ends, for partitions that have records. */
    private void assertAllCommitted() throws Exception {
        Map<TopicPartition, Long> ends = cluster.ends(topic, PARTITIONS);
        ends.values().removeIf(end -> end == 0);
        assertEquals(ends, cluster.committed(group));
    }

    private static void assertArrived(Arrived arrived, List<String> sent, DaemonProcess daemon) {
        boolean isComplete =
                Await.isReached(Await.LONG.multipliedBy(2), () -> new HashSet<>(arrived.documents()).containsAll(sent));
        assertTrue(isComplete, () -> arrived.count() + " of " + sent.size() + " arrived" + daemon.output());
        assertTrue(new HashSet<>(sent).containsAll(arrived.documents()), "something else arrived");
    }

    @Test
    void shouldCarryDocumentsByteForByteThroughATopicToTwoUploaders() throws Exception {
        cluster.createTopic(topic, PARTITIONS);
        List<String> sent = documents(0, 4_000);
        try (Sandbox sandbox = sandbox();
                DaemonProcess collector = collector()) {
            Arrived arrived = Arrived.at(sandbox);
            try (DaemonProcess first = uploader(sandbox.endpoint());
                    DaemonProcess second = uploader(sandbox.endpoint())) {
                send(collector, sent);
                assertArrived(arrived, sent, first);
                DaemonLedger collected = collector.stop();
                assertEquals(sent.size(), collected.delivered(), collected::toString);
                DaemonLedger one = first.stop();
                DaemonLedger two = second.stop();
                assertEquals(arrived.count(), one.delivered() + two.delivered(), () -> one + " " + two);
                assertEquals(0, one.undelivered() + two.undelivered(), () -> one + " " + two);
            }
            assertAllCommitted();
        }
        Map<String, Integer> last = new HashMap<>();
        Map<String, Integer> partitions = new HashMap<>();
        for (ConsumerRecord<String, String> record : cluster.read(topic, PARTITIONS)) {
            int number = sent.indexOf(record.value());
            assertTrue(number >= 0, record::value);
            assertEquals("5759e988" + String.format("%024x", number % TRACES), record.key());
            assertTrue(last.getOrDefault(record.key(), -1) < number, "a trace's documents are not in order");
            last.put(record.key(), number);
            assertEquals(
                    record.partition(),
                    partitions.computeIfAbsent(record.key(), key -> record.partition()),
                    "a trace is in two partitions");
            assertEquals("{\"format\":\"json\",\"version\":1}", header(record, "xray-format"));
            assertEquals(InetAddress.getLocalHost().getHostName(), header(record, "xray-source"));
            long receivedMs = Long.parseLong(header(record, "xray-received-ms"));
            assertTrue(Math.abs(System.currentTimeMillis() - receivedMs) < 120_000, () -> "received " + receivedMs);
        }
        assertEquals(TRACES, last.size());
    }

    private static String header(ConsumerRecord<String, String> record, String name) {
        return new String(record.headers().lastHeader(name).value(), java.nio.charset.StandardCharsets.UTF_8);
    }

    @Test
    void shouldDeliverEverythingWhenUploadersAreKilledAndComeAndGo() throws Exception {
        cluster.createTopic(topic, PARTITIONS);
        List<String> sent = documents(0, 6_000);
        try (Sandbox sandbox = sandbox();
                DaemonProcess collector = collector()) {
            Arrived arrived = Arrived.at(sandbox);
            try (DaemonProcess killed = uploader(sandbox.endpoint(), QUICK);
                    DaemonProcess lasting = uploader(sandbox.endpoint(), QUICK)) {
                send(collector, sent.subList(0, 2_000));
                Await.until("some arrive", Await.LONG, () -> arrived.count() > 500);
                send(collector, sent.subList(2_000, 3_000));
                killed.kill();
                send(collector, sent.subList(3_000, 4_000));
                try (DaemonProcess joining = uploader(sandbox.endpoint(), QUICK)) {
                    send(collector, sent.subList(4_000, 5_000));
                    joining.awaitLine(line -> line.contains("Consuming partitions"));
                    joining.stop();
                    send(collector, sent.subList(5_000, 6_000));
                    assertArrived(arrived, sent, lasting);
                }
                awaitAllCommitted();
                DaemonLedger left = lasting.stop();
                assertEquals(0, left.undelivered(), left::toString);
            }
            assertAllCommitted();
            int duplicates = arrived.count() - sent.size();
            assertTrue(duplicates >= 0 && duplicates < sent.size(), () -> duplicates + " duplicates");
        }
    }

    private void awaitAllCommitted() {
        Await.until("all is committed", Await.LONG, () -> committed() == records());
    }

    @Test
    void shouldKeepInTheTopicWhatXrayDoesNotTakeHoweverLongThatLasts() throws Exception {
        cluster.createTopic(topic, PARTITIONS);
        List<String> sent = documents(0, 3_000);
        URI endpoint = away();
        try (DaemonProcess collector = collector()) {
            try (DaemonProcess uploader = uploader(endpoint, "--retry-max-age", "1s", "-m", "3")) {
                send(collector, sent);
                awaitRecords(sent.size());
                uploader.awaitLine(line -> line.contains("Consuming partitions"));
                uploader.awaitLine(line -> line.contains("Sending segment batch failed"));
                // Longer than the retry age, and than the daemon's patience when it ends.
                Await.isReached(java.time.Duration.ofSeconds(4), () -> !uploader.isAlive());
                assertEquals(0, committed(), "nothing is settled");
                uploader.signal("TERM");
                uploader.awaitExit(Await.LONG);
                DaemonLedger ledger = uploader.ledger();
                assertTrue(ledger.isBalanced(), ledger::toString);
                assertEquals(
                        ledger.received(),
                        ledger.lostByReason().getOrDefault("abandoned.to_source", 0L),
                        ledger::toString);
                assertEquals(0, committed(), "nothing is settled");
                String left = ledger.received() + " left in their topic";
                assertTrue(uploader.output().contains(" + 0 abandoned + " + left), uploader::output);
                assertFalse(uploader.output().contains("Abandoned"), uploader::output);
                uploader.awaitLine(line -> line.contains("[Info] Left ") && line.contains("will be consumed again"));
            }
            try (Sandbox sandbox = sandboxAt(endpoint);
                    DaemonProcess uploader = uploader(endpoint)) {
                Arrived arrived = Arrived.at(sandbox);
                assertArrived(arrived, sent, uploader);
                awaitAllCommitted();
                assertEquals(sent.size(), arrived.count(), "nothing was delivered before, so nothing arrives twice");
            }
        }
    }

    @Test
    void shouldPassPoisonAndDeliverItsNeighbours() throws Exception {
        cluster.createTopic(topic, PARTITIONS);
        String good = document(1);
        String other = document(2);
        cluster.produce(topic, 0, null, null);
        cluster.produce(topic, 0, "k", good);
        cluster.produce(topic, 0, "k", "");
        cluster.produce(topic, 0, "k", "x".repeat(70_000));
        cluster.produce(topic, 0, "k", "{\"not\": \"a segment\"");
        cluster.produce(topic, 0, "k", other);
        try (Sandbox sandbox = sandbox();
                DaemonProcess uploader = uploader(sandbox.endpoint(), "--validate", "document")) {
            Arrived arrived = Arrived.at(sandbox);
            assertArrived(arrived, List.of(good, other), uploader);
            awaitAllCommitted();
            DaemonLedger ledger = uploader.stop();
            assertEquals(2, ledger.delivered(), ledger::toString);
            assertEquals(6, ledger.received(), ledger::toString);
        }
        assertAllCommitted();
    }

    @Test
    void shouldSendWhenTheTopicIsThereAtLast() throws Exception {
        List<String> sent = documents(0, 200);
        try (DaemonProcess collector = collector();
                Sandbox sandbox = sandbox();
                DaemonProcess uploader = uploader(sandbox.endpoint())) {
            send(collector, sent);
            collector.awaitLine(
                    line -> line.contains("the Kafka topic " + topic + " at ") && line.contains("does not exist"));
            uploader.awaitLine(
                    line -> line.contains("the Kafka topic " + topic + " at ") && line.contains("does not exist"));
            cluster.createTopic(topic, PARTITIONS);
            assertArrived(Arrived.at(sandbox), sent, collector);
            assertEquals(sent.size(), records(), "nothing was sent before, so nothing is sent twice");
        }
    }

    @Test
    void shouldSayWhenCredentialsAreWrongAndKeepEverythingForTheRightOnes(@TempDir Path logs) throws Exception {
        cluster.createTopic(topic, PARTITIONS);
        List<String> sent = documents(0, 300);
        Path log = logs.resolve("xray.log");
        String[] wrong = {
            "--spool-dir",
            folder.toString(),
            "--kafka-output-properties",
            sasl("wrong"),
            "--shutdown-timeout",
            "1s",
            "--log-file",
            log.toString()
        };
        try (DaemonProcess collector = collectorAt(cluster.saslAddresses(), wrong)) {
            send(collector, sent);
            Await.until("the log says so", Await.LONG, () -> Files.readString(log)
                    .contains("do not accept the credentials"));
            assertFalse(Files.readString(log).contains("wrong"), "the password is in the log");
            assertLogged(log, collector);
            DaemonLedger ledger = collector.stop();
            assertEquals(sent.size(), ledger.total("spooled"), ledger::toString);
        }
        String[] right = {"--spool-dir", folder.toString(), "--kafka-output-properties", sasl(KafkaCluster.PASSWORD)};
        try (DaemonProcess collector = collectorAt(cluster.saslAddresses(), right)) {
            awaitRecords(sent.size());
            DaemonLedger ledger = collector.stop();
            assertEquals(sent.size(), ledger.delivered(), ledger::toString);
        }
    }

    /** What Kafka's clients log stands in the daemon's log, in its format, and nowhere else. */
    private static void assertLogged(Path log, DaemonProcess daemon) throws Exception {
        assertEquals(List.of(), daemon.lines());
        List<String> lines = Files.readAllLines(log);
        assertTrue(
                lines.stream().anyMatch(line -> line.contains("[Error]") && line.contains("failed authentication")),
                lines::toString);
        for (String line : lines) {
            assertTrue(line.matches("\\d{4}-\\d\\d-\\d\\dT[\\d:]{8}Z \\[(Info|Warn|Error)\\] .+"), line);
        }
    }

    private static String sasl(String password) {
        return "security.protocol=SASL_PLAINTEXT\nsasl.mechanism=SCRAM-SHA-256\n"
                + "sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required username=\""
                + KafkaCluster.USER + "\" password=\"" + password + "\";";
    }

    @Test
    void shouldLoseNothingWhenTheBrokerIsKilledAndComesBack() throws Exception {
        cluster.createTopic(topic, PARTITIONS);
        List<String> sent = documents(0, 4_000);
        try (Sandbox sandbox = sandbox();
                DaemonProcess collector = collector();
                DaemonProcess uploader = uploader(sandbox.endpoint())) {
            Arrived arrived = Arrived.at(sandbox);
            send(collector, sent.subList(0, 1_000));
            Await.until("some arrive", Await.LONG, () -> arrived.count() > 0);
            cluster.kill(0);
            send(collector, sent.subList(1_000, 3_000));
            cluster.restart(0);
            send(collector, sent.subList(3_000, 4_000));
            assertArrived(arrived, sent, uploader);
            DaemonLedger collected = collector.stop();
            assertEquals(sent.size(), collected.delivered(), collected::toString);
            DaemonLedger uploaded = uploader.stop();
            assertEquals(0, uploaded.undelivered(), uploaded::toString);
        }
        assertAllCommitted();
    }

    @Test
    void shouldSpoolWhatTheBrokersDoNotTakeBeforeTheCollectorEnds() throws Exception {
        cluster.createTopic(topic, PARTITIONS);
        List<String> sent = documents(0, 500);
        long spooled;
        try (DaemonProcess collector = collector("--spool-dir", folder.toString(), "--shutdown-timeout", "1s")) {
            send(collector, sent.subList(0, 100));
            awaitRecords(100);
            cluster.kill(0);
            send(collector, sent.subList(100, 500));
            DaemonLedger ledger = collector.stop();
            // The broker may be killed before the acknowledgement of what it has is out.
            spooled = ledger.total("spooled");
            assertTrue(spooled >= 400, ledger::toString);
            assertEquals(500, ledger.delivered() + spooled, ledger::toString);
        } finally {
            cluster.restart(0);
        }
        String[] replay = {
            Installed.HOME.resolve("bin/xray").toString(),
            "spool",
            "replay",
            "--spool-dir",
            folder.toString(),
            "--kafka-output-brokers",
            cluster.addresses(),
            "--kafka-output-topic",
            topic
        };
        String replayed = Tool.run(folder, replay);
        assertTrue(replayed.contains(spooled + " documents found, " + spooled + " delivered"), replayed);
        assertTrue(records() >= 500, () -> "records are missing");
    }

    private static String inProgress(int i) {
        return document(i).replace("\"end_time\":2", "\"in_progress\":true");
    }

    private DaemonProcess otlpUploader(URI otlp) throws Exception {
        return uploader(otlp, "--xray-output", "off", "--otlp-endpoint", otlp.toString());
    }

    @Test
    void shouldSettleForOtlpWhatIsDeliveredAndPassPoison() throws Exception {
        cluster.createTopic(topic, PARTITIONS);
        List<String> good = List.of(document(1), inProgress(2), document(3), document(4));
        cluster.produce(topic, 0, "k", good.get(0));
        cluster.produce(topic, 0, "k", good.get(1));
        cluster.produce(topic, 0, "k", inProgress(3));
        for (String poison : Arrays.asList(null, "", "{\"not\": \"a segment\"", "T1U=", "{\"name\":\"without ids\"}")) {
            cluster.produce(topic, 0, "k", poison);
        }
        cluster.produce(topic, 0, "k", good.get(2));
        cluster.produce(topic, 0, "k", good.get(3));
        try (Sandbox otlp = sandbox();
                DaemonProcess uploader = otlpUploader(otlp.endpoint())) {
            Arrived spans = Arrived.at(otlp);
            // The second record is put off, in case its complete document comes. It is no obstacle to those behind it.
            boolean isLoneThere = false;
            while (!isLoneThere) {
                long committed = committed();
                isLoneThere = spans.hasEqual(good.subList(1, 2));
                assertTrue(isLoneThere || committed < 2, () -> "committed: " + committed + uploader.output());
                assertTrue(uploader.isAlive(), uploader::output);
            }
            spans.awaitEqual(good, uploader);
            assertFalse(spans.hasEqual(List.of(inProgress(3))), "its complete document came");
            awaitAllCommitted();
            DaemonLedger ledger = uploader.stop();
            assertEquals(10, ledger.received(), ledger::toString);
            assertEquals(5, ledger.delivered(), ledger::toString);
            assertTrue(ledger.isBalanced(), ledger::toString);
        }
        assertAllCommitted();
    }

    @Test
    void shouldGiveXrayAndOtlpEverythingThoughOneIsAwayAndAnUploaderIsKilled() throws Exception {
        cluster.createTopic(topic, PARTITIONS);
        List<String> sent = new ArrayList<>(documents(1, 4_001));
        IntStream.range(0, 50).forEach(i -> sent.add(2 * i, inProgress(5_000 + i)));
        URI away = away();
        try (Sandbox xray = sandbox();
                DaemonProcess collector = collector()) {
            Arrived documents = Arrived.at(xray);
            String[] both = Stream.concat(
                            Stream.of("--otlp-endpoint", away.toString(), "--shutdown-timeout", "1s"), Stream.of(QUICK))
                    .toArray(String[]::new);
            send(collector, sent);
            awaitRecords(sent.size());
            try (DaemonProcess uploader = uploader(xray.endpoint(), both)) {
                assertArrived(documents, sent, uploader);
                assertEquals(0, committed(), "OTLP has nothing");
                DaemonLedger ledger = uploader.stop();
                assertEquals(
                        sent.size(), ledger.lostByReason().getOrDefault("abandoned.to_source", 0L), ledger::toString);
            }
            assertEquals(0, committed(), "OTLP has nothing");
            try (Sandbox otlp = sandboxAt(away)) {
                Arrived spans = Arrived.at(otlp);
                try (DaemonProcess killed = uploader(xray.endpoint(), both)) {
                    Await.until("some arrive", Await.LONG, () -> spans.count() > 500);
                    killed.kill();
                }
                try (DaemonProcess uploader = uploader(xray.endpoint(), both)) {
                    spans.awaitEqual(sent, uploader);
                    awaitAllCommitted();
                    DaemonLedger ledger = uploader.stop();
                    assertEquals(0, ledger.undelivered(), ledger::toString);
                }
            }
        }
    }
}
