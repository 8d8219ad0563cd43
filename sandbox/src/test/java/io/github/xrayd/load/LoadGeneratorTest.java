package io.github.xrayd.load;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.dslplatform.json.DslJson;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class LoadGeneratorTest {
    private static final int RUN_ID = 0xc0ffee01;

    /** Low enough for the default socket buffer of a machine whose receiver stalls for some 40 ms. */
    private static final int RATE = 2_000;

    @Test
    void shouldDeliverEachSequenceNumberOnceInDocumentsOfTheExactSize() throws Exception {
        try (CountingReceiver receiver = new CountingReceiver()) {
            long before = System.currentTimeMillis() * 1_000;
            LoadConfig config = LoadConfig.to(receiver.address())
                    .ratePerSecond(RATE)
                    .count(2_000)
                    .runId(RUN_ID)
                    .build();
            LoadReport report = LoadGenerator.run(config, LoadListener.NONE);
            List<CountingReceiver.Arrival> arrivals = receiver.await(2_000);
            long after = (System.currentTimeMillis() + 1) * 1_000;

            assertEquals(2_000, report.sent());
            assertEquals(2_000, report.sequenceLimit());
            assertEquals(0, report.errorCount());
            TreeSet<Long> sequences = new TreeSet<>();
            for (CountingReceiver.Arrival arrival : arrivals) {
                assertTrue(arrival.text().startsWith("{\"format\": \"json\", \"version\": 1}\n{\"trace_id\":\"1-"));
                assertEquals(
                        "c0ffee01",
                        arrival.document().substring(DocumentLayout.RUN_ID_OFFSET, DocumentLayout.SEQUENCE_OFFSET));
                assertEquals(1_024, arrival.documentLength());
                assertTrue(arrival.sendEpochMicros() >= before && arrival.sendEpochMicros() <= after);
                sequences.add(arrival.sequence());
            }
            assertEquals(2_000, sequences.size());
            assertEquals(0, sequences.first());
            assertEquals(1_999, sequences.last());
            assertEquals(2_000L * (1_024 + DocumentLayout.HEADER_LENGTH), report.bytes());
        }
    }

    @Test
    void shouldInterleaveSourcesAndThreads() throws Exception {
        try (CountingReceiver receiver = new CountingReceiver()) {
            LoadConfig config = LoadConfig.to(receiver.address())
                    .ratePerSecond(RATE)
                    .count(1_200)
                    .sources(100)
                    .threads(3)
                    .build();
            LoadGenerator.run(config, LoadListener.NONE);
            Map<SocketAddress, Integer> bySource = new HashMap<>();
            Set<Long> sequences = new HashSet<>();
            int changes = 0;
            SocketAddress last = receiver.address();
            for (CountingReceiver.Arrival arrival : receiver.await(1_200)) {
                bySource.merge(arrival.source(), 1, Integer::sum);
                sequences.add(arrival.sequence());
                changes += arrival.source().equals(last) ? 0 : 1;
                last = arrival.source();
            }
            assertEquals(100, bySource.size());
            assertEquals(1_200, sequences.size());
            assertEquals(1_200, changes);
            bySource.values().forEach(count -> assertTrue(count >= 11 && count <= 13, bySource.toString()));
        }
    }

    @Test
    void shouldSendTheMixOfRealDocuments() throws Exception {
        try (CountingReceiver receiver = new CountingReceiver()) {
            LoadConfig config = LoadConfig.to(receiver.address())
                    .ratePerSecond(RATE / 2)
                    .count(MixTemplates.WEIGHT_SUM)
                    .mix()
                    .build();
            LoadGenerator.run(config, LoadListener.NONE);
            List<Integer> lengths = new ArrayList<>();
            for (CountingReceiver.Arrival arrival : receiver.await(MixTemplates.WEIGHT_SUM)) {
                assertTrue(arrival.text().startsWith("{\"format\": \"json\", \"version\": 1}\n{\"trace_id\":\"1-"));
                byte[] document = arrival.document().getBytes(StandardCharsets.UTF_8);
                Map<?, ?> parsed = new DslJson<>().deserialize(Map.class, document, document.length);
                assertTrue(parsed != null && parsed.containsKey("name"));
                lengths.add(document.length);
            }
            List<Integer> expected = new ArrayList<>();
            for (MixTemplates.Template template : MixTemplates.load()) {
                for (int i = 0; i < template.weight(); i++) {
                    expected.add(template.length());
                }
            }
            assertEquals(
                    expected.stream().sorted().toList(),
                    lengths.stream().sorted().toList());
        }
    }

    @Test
    void shouldSendABurstAndReportWhatItDid() throws Exception {
        try (CountingReceiver receiver = new CountingReceiver()) {
            LoadConfig config = LoadConfig.to(receiver.address())
                    .burst(100)
                    .sizeBytes(142)
                    .sources(7)
                    .build();
            List<LoadProgress> heard = new ArrayList<>();
            LoadReport report = LoadGenerator.run(config, heard::add);
            receiver.await(100);
            assertEquals(100, report.sent());
            assertEquals(0, report.lagNanosMax());
            assertTrue(report.durationNanos() > 0 && report.achievedRate() > 0);
            assertEquals(1.0, heard.get(heard.size() - 1).doneFraction());
        }
    }

    @Test
    void shouldCountRefusalsWhenNobodyListens() throws Exception {
        InetSocketAddress closed;
        try (DatagramSocket socket = new DatagramSocket(0, InetAddress.getByName("127.0.0.1"))) {
            closed = (InetSocketAddress) socket.getLocalSocketAddress();
        }
        LoadConfig config = LoadConfig.to(closed).ratePerSecond(RATE).count(200).build();
        LoadReport report = LoadGenerator.run(config, LoadListener.NONE);
        assertTrue(report.errors().getOrDefault(SendError.REFUSED, 0L) > 100, report.toString());
        assertEquals(LoadOutcome.EXIT_LOSS, new LoadOutcome(report, null).exitCode());
    }

    @Test
    void shouldEndEarlyWhenStopped() throws Exception {
        try (CountingReceiver receiver = new CountingReceiver()) {
            LoadConfig config = LoadConfig.to(receiver.address())
                    .ratePerSecond(100)
                    .duration(Duration.ofHours(1))
                    .build();
            LoadGenerator generator = new LoadGenerator(config);
            LoadReport report = generator.run(progress -> {
                if (progress.sent() > 0) {
                    generator.stop();
                }
            });
            assertTrue(report.isStopped());
            assertEquals(report.sent(), receiver.await(report.sent()).size());
            assertTrue(report.sent() < config.plannedCount());
        }
    }

    @Test
    void shouldSayWhatIsWrongWithAConfiguration() {
        InetSocketAddress target = new InetSocketAddress(InetAddress.getLoopbackAddress(), 2000);
        assertComplains("neither is set", LoadConfig.to(target));
        assertComplains("both are set", LoadConfig.to(target).count(1).duration(Duration.ofSeconds(1)));
        assertComplains("rate -1.0", LoadConfig.to(target).count(1).ratePerSecond(-1));
        assertComplains("sources 4097", LoadConfig.to(target).count(1).sources(4_097));
        assertComplains("size 141", LoadConfig.to(target).count(1).sizeBytes(141));
        assertComplains("size 65475", LoadConfig.to(target).count(1).sizeBytes(65_475));
        assertComplains("threads 2", LoadConfig.to(target).count(1).threads(2));
        assertComplains(
                "unknown",
                LoadConfig.to(InetSocketAddress.createUnresolved("nowhere.invalid", 2000))
                        .count(1));
        assertComplains(
                "port is 0",
                LoadConfig.to(new InetSocketAddress("127.0.0.1", 0)).count(1));
        assertFalse(LoadConfig.to(target).count(1).build().isMix());
    }

    private static void assertComplains(String part, LoadConfig.LoadBuilder builder) {
        String message =
                assertThrows(IllegalArgumentException.class, builder::build).getMessage();
        assertTrue(String.valueOf(message).contains(part), message);
    }
}
