package io.github.xrayd.system;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;

/**
 * Real brokers on loopback, each in a process of its own, which is broker and controller (KRaft). Every broker has a
 * listener without and one with SASL/SCRAM, on ports that were free.
 */
final class KafkaCluster implements AutoCloseable {
    /** The user of the listener with SASL. */
    static final String USER = "xrayd";

    /** The user's password. */
    static final String PASSWORD = "right";

    private static final Duration START_MAX = Duration.ofSeconds(60);

    private final Path folder;
    private final List<Broker> brokers = new ArrayList<>();
    private @Nullable Admin admin;

    /** One broker; its ports stay the same when it is started again. */
    private static final class Broker {
        final int id;
        final int port;
        final int saslPort;
        final int controllerPort;
        final Path settings;

        @Nullable
        Process process;

        Broker(int id, Path folder) throws IOException {
            this.id = id;
            port = freePort();
            saslPort = freePort();
            controllerPort = freePort();
            settings = folder.resolve("broker-" + id + ".properties");
        }
    }

    private KafkaCluster(Path folder) {
        this.folder = folder;
    }

    /** Starts brokers, waits until all are there. */
    static KafkaCluster start(Path folder, int count) throws Exception {
        return start(folder, count, Map.of());
    }

    /** The same with more settings for each broker, over those here. */
    static KafkaCluster start(Path folder, int count, Map<String, String> more) throws Exception {
        KafkaCluster cluster = new KafkaCluster(folder);
        try {
            for (int id = 1; id <= count; id++) {
                cluster.brokers.add(new Broker(id, folder));
            }
            cluster.format(more);
            for (Broker broker : cluster.brokers) {
                cluster.run(broker);
            }
            cluster.awaitBrokers(count);
            return cluster;
        } catch (Throwable e) {
            cluster.close();
            throw e;
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private void format(Map<String, String> more) throws IOException, InterruptedException {
        String clusterId = Uuid.randomUuid().toString();
        List<Process> formatting = new ArrayList<>();
        for (Broker broker : brokers) {
            Map<String, String> all = settings(broker);
            all.putAll(more);
            Files.write(
                    broker.settings,
                    all.entrySet().stream()
                            .map(each -> each.getKey() + "=" + each.getValue())
                            .toList());
            formatting.add(java(
                    broker,
                    "kafka.tools.StorageTool",
                    "format",
                    "-t",
                    clusterId,
                    "-c",
                    broker.settings.toString(),
                    "--add-scram",
                    "SCRAM-SHA-256=[name=" + USER + ",password=" + PASSWORD + "]"));
        }
        for (Process process : formatting) {
            if (!process.waitFor(START_MAX.toSeconds(), TimeUnit.SECONDS) || process.exitValue() != 0) {
                process.destroyForcibly();
                throw new IOException("a broker's folder could not be formatted: " + logs());
            }
        }
    }

    private Map<String, String> settings(Broker broker) {
        String copies = Integer.toString(Math.min(3, brokers.size()));
        Map<String, String> all = new HashMap<>();
        all.put("process.roles", "broker,controller");
        all.put("node.id", Integer.toString(broker.id));
        all.put(
                "controller.quorum.voters",
                brokers.stream()
                        .map(each -> each.id + "@127.0.0.1:" + each.controllerPort)
                        .collect(Collectors.joining(",")));
        String listeners = "PLAINTEXT://127.0.0.1:" + broker.port + ",SASL_PLAINTEXT://127.0.0.1:" + broker.saslPort;
        all.put("listeners", listeners + ",CONTROLLER://127.0.0.1:" + broker.controllerPort);
        all.put("advertised.listeners", listeners);
        all.put("controller.listener.names", "CONTROLLER");
        all.put("inter.broker.listener.name", "PLAINTEXT");
        all.put(
                "listener.security.protocol.map",
                "CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT,SASL_PLAINTEXT:SASL_PLAINTEXT");
        all.put("sasl.enabled.mechanisms", "SCRAM-SHA-256");
        all.put(
                "listener.name.sasl_plaintext.scram-sha-256.sasl.jaas.config",
                "org.apache.kafka.common.security.scram.ScramLoginModule required;");
        all.put("log.dirs", folder.resolve("data-" + broker.id).toString());
        all.put("auto.create.topics.enable", "false");
        all.put("offsets.topic.replication.factor", copies);
        all.put("offsets.topic.num.partitions", "1");
        all.put("transaction.state.log.replication.factor", copies);
        all.put("share.coordinator.state.topic.replication.factor", copies);
        all.put("group.initial.rebalance.delay.ms", "0");
        all.put("group.min.session.timeout.ms", "1000");
        all.put("broker.session.timeout.ms", "3000");
        all.put("broker.heartbeat.interval.ms", "500");
        all.put("controlled.shutdown.enable", "true");
        all.put("log.segment.bytes", "16777216");
        return all;
    }

    /** The broker's own class path: libraries only, without this project's logging. */
    private static String classPath() {
        return Stream.of(System.getProperty("java.class.path").split(java.io.File.pathSeparator))
                .filter(entry -> entry.endsWith(".jar") && !entry.contains("xrayd"))
                .collect(Collectors.joining(java.io.File.pathSeparator));
    }

    private Process java(Broker broker, String... command) throws IOException {
        List<String> line = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Djava.awt.headless=true",
                "-cp",
                classPath()));
        line.addAll(List.of(command));
        return new ProcessBuilder(line)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log(broker).toFile()))
                .start();
    }

    private Path log(Broker broker) {
        return folder.resolve("broker-" + broker.id + ".log");
    }

    private String logs() throws IOException {
        StringBuilder all = new StringBuilder();
        for (Broker broker : brokers) {
            if (Files.exists(log(broker))) {
                all.append(Files.readString(log(broker)));
            }
        }
        return all.toString();
    }

    private void run(Broker broker) throws IOException {
        broker.process = java(broker, "kafka.Kafka", broker.settings.toString());
    }

    private void awaitBrokers(int count) throws Exception {
        if (!Await.isReached(START_MAX, () -> areThere(count))) {
            throw new IOException("the brokers did not start: " + logs());
        }
    }

    private boolean areThere(int count) throws Exception {
        try {
            return admin().describeCluster().nodes().get(2, TimeUnit.SECONDS).size() == count;
        } catch (ExecutionException | java.util.concurrent.TimeoutException e) {
            // Not there yet.
            checkAlive();
            return false;
        }
    }

    private void checkAlive() throws IOException {
        for (Broker broker : brokers) {
            if (broker.process != null && !broker.process.isAlive()) {
                throw new IOException("a broker has ended: " + logs());
            }
        }
    }

    private Admin admin() {
        Admin open = admin;
        if (open == null) {
            open = Admin.create(Map.of(
                    AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG,
                    addresses(),
                    AdminClientConfig.METRIC_REPORTER_CLASSES_CONFIG,
                    "",
                    AdminClientConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG,
                    "200"));
            admin = open;
        }
        return open;
    }

    /** The brokers' addresses, without SASL. */
    String addresses() {
        return brokers.stream().map(each -> "127.0.0.1:" + each.port).collect(Collectors.joining(","));
    }

    /** The brokers' addresses of the listener with SASL/SCRAM. */
    String saslAddresses() {
        return brokers.stream().map(each -> "127.0.0.1:" + each.saslPort).collect(Collectors.joining(","));
    }

    /**
     * Makes a topic with as many copies as there are brokers, up to three, two of which must be in step where there are
     * three.
     */
    void createTopic(String name, int partitions) throws Exception {
        short copies = (short) Math.min(3, brokers.size());
        NewTopic topic = new NewTopic(name, Optional.of(partitions), Optional.of(copies))
                .configs(Map.of("min.insync.replicas", copies == 3 ? "2" : "1"));
        admin().createTopics(List.of(topic)).all().get(30, TimeUnit.SECONDS);
    }

    /** Where each partition ends. */
    Map<TopicPartition, Long> ends(String topic, int partitions) throws Exception {
        Map<TopicPartition, OffsetSpec> asked = new HashMap<>();
        IntStream.range(0, partitions).forEach(i -> asked.put(new TopicPartition(topic, i), OffsetSpec.latest()));
        Map<TopicPartition, Long> ends = new HashMap<>();
        admin().listOffsets(asked).all().get(30, TimeUnit.SECONDS).forEach((name, end) -> ends.put(name, end.offset()));
        return ends;
    }

    /** What a group has committed, by partition; partitions without a commit are left out. */
    Map<TopicPartition, Long> committed(String group) throws Exception {
        Map<TopicPartition, OffsetAndMetadata> all = admin().listConsumerGroupOffsets(group)
                .partitionsToOffsetAndMetadata()
                .get(30, TimeUnit.SECONDS);
        Map<TopicPartition, Long> committed = new HashMap<>();
        all.forEach((name, offset) -> {
            if (offset != null) {
                committed.put(name, offset.offset());
            }
        });
        return committed;
    }

    /** All records of a topic, those of each partition in their order. */
    List<ConsumerRecord<String, String>> read(String topic, int partitions) throws Exception {
        Map<TopicPartition, Long> ends = ends(topic, partitions);
        List<ConsumerRecord<String, String>> all = new ArrayList<>();
        Map<String, Object> settings =
                Map.of("bootstrap.servers", addresses(), "auto.offset.reset", "earliest", "metric.reporters", "");
        try (KafkaConsumer<String, String> consumer =
                new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer())) {
            consumer.assign(ends.keySet());
            while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
                consumer.poll(Duration.ofMillis(200)).forEach(all::add);
            }
        }
        return all;
    }

    /** Writes a record and waits until the brokers have it. */
    void produce(String topic, int partition, @Nullable String key, @Nullable String value) throws Exception {
        Map<String, Object> settings = Map.of("bootstrap.servers", addresses(), "metric.reporters", "");
        try (KafkaProducer<String, String> producer =
                new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer())) {
            producer.send(new ProducerRecord<>(topic, partition, key, value)).get(30, TimeUnit.SECONDS);
        }
    }

    /** Kills a broker without notice; {@code number} counts from 0. */
    void kill(int number) throws InterruptedException {
        Process process = brokers.get(number).process;
        if (process != null) {
            process.destroyForcibly().waitFor();
        }
    }

    /** Starts a broker again that was killed or has ended. */
    void restart(int number) throws Exception {
        run(brokers.get(number));
    }

    /** Whether a broker's process lives. */
    boolean isAlive(int number) {
        Process process = brokers.get(number).process;
        return process != null && process.isAlive();
    }

    @Override
    public void close() {
        if (admin != null) {
            admin.close(Duration.ZERO);
        }
        for (Broker broker : brokers) {
            if (broker.process != null) {
                Process unusedEnding = broker.process.destroyForcibly();
            }
        }
    }
}
