package io.github.xrayd.plan.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.xrayd.plan.input.Field;
import io.github.xrayd.plan.input.InvalidInputException;
import io.github.xrayd.plan.input.PlanInput;
import io.github.xrayd.plan.input.Workload;
import io.github.xrayd.plan.output.KafkaText;
import io.github.xrayd.plan.output.PlanJson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class KafkaTierTest {
    private static KafkaTier tier(Map<Field, String> said) {
        PlanInput input = new PlanInput();
        input.put(Field.TOPOLOGY, "kafka");
        said.forEach(input::put);
        return KafkaTier.of(Workload.of(input, Path.of(".")), CostProfile.standard());
    }

    private static double figure(KafkaTier tier, String id) {
        return tier.figures().stream()
                .filter(figure -> figure.id().equals(id))
                .findFirst()
                .orElseThrow()
                .number();
    }

    @Test
    void shouldComputeEachFigureByItsFormula() {
        KafkaTier tier = tier(Map.of(
                Field.RATE, "20000",
                Field.BURST_FACTOR, "1",
                Field.SIZE, "1000",
                Field.QUOTA, "0",
                Field.OUTAGE, "1h",
                Field.CATCH_UP, "2h",
                Field.COMPRESSION, "50%",
                Field.RETENTION, "1d",
                Field.CORES, "4"));
        double record = (1000 + KafkaTier.RECORD_BYTES) * 0.5;
        assertEquals(record, figure(tier, "record"), 1e-6);
        assertEquals(3, tier.brokers(), "three copies need three brokers, whose network is idle");
        assertEquals(20_000 * record * 3 / 3, figure(tier, "broker-network-in"), 1);
        assertEquals(20_000 * record * (3 - 1 + 1) / 3, figure(tier, "broker-network-out"), 1);
        assertEquals(20_000 * record * 86_400 * 3 / 3 * 1.25, figure(tier, "broker-disk"), 1);
        assertEquals(72e6, figure(tier, "lag"), 1);
        assertTrue(figure(tier, "recovery") <= 7_200, "the uploaders are enough to catch up in time");
        assertEquals(0, tier.partitions() % tier.uploaders());
        assertTrue(tier.partitions() >= 2 * tier.uploaders());
        assertTrue(tier.isReached(), () -> tier.findings().toString());
    }

    @Test
    void shouldNeedMoreUploadersForOtlpWhereThatCostsMore() {
        Map<Field, String> fleet = Map.of(Field.RATE, "100000", Field.QUOTA, "0", Field.CORES, "1");
        Map<Field, String> otlp = new HashMap<>(fleet);
        otlp.put(Field.UPLOAD_TO, "otlp");
        assertTrue(tier(otlp).uploaders() > tier(fleet).uploaders());
    }

    @Test
    void shouldHaveASecondCollectorAndUploaderForASmallFleet() {
        KafkaTier tier = tier(Map.of(Field.HOST_RATE, "1", Field.HOSTS, "1000"));
        assertEquals(2, tier.collectors());
        assertEquals(2, tier.uploaders());
        assertTrue(tier.isReached(), () -> tier.findings().toString());
    }

    @Test
    void shouldSayWhatDoesNotFit() {
        KafkaTier slow = tier(Map.of(Field.RATE, "5000", Field.QUOTA, "2600"));
        assertFalse(slow.isReached());
        assertEquals(Double.POSITIVE_INFINITY, figure(slow, "recovery"));
        assertFalse(tier(Map.of(Field.RATE, "5000", Field.QUOTA, "0", Field.OUTAGE, "1d", Field.RETENTION, "1h"))
                .isReached());
        assertFalse(tier(Map.of(Field.RATE, "500000", Field.QUOTA, "0", Field.COLLECTORS, "1"))
                .isReached());
        assertFalse(tier(Map.of(
                        Field.RATE,
                        "20000",
                        Field.QUOTA,
                        "0",
                        Field.BROKERS_AWAY,
                        "1h",
                        Field.COLLECTORS,
                        "2",
                        Field.MEMORY_MAX,
                        "64M"))
                .isReached());
    }

    @Test
    void shouldTakeItsFieldsForItsTopologyOnly() {
        PlanInput input = new PlanInput();
        input.put(Field.RATE, "500");
        input.put(Field.REPLICAS, "3");
        assertThrows(InvalidInputException.class, () -> Workload.of(input, Path.of(".")));
    }

    @Test
    void shouldPrintWhatIsToRun() {
        KafkaTier tier = tier(Map.of(Field.HOST_RATE, "1", Field.HOSTS, "1000"));
        String text = KafkaText.of(tier);
        assertTrue(text.contains("--kafka-output-brokers BROKERS"), text);
        assertTrue(text.contains("--kafka-input-brokers BROKERS"), text);
        assertTrue(text.contains("--partitions " + tier.partitions() + " --replication-factor 3"), text);
        assertTrue(PlanJson.write(KafkaText.json(tier)).contains("\"isReached\": true"));
    }

    /** The table of docs/FLEET.md; what fails prints the line as it should be. */
    @Test
    void shouldHaveTheFiguresOfTheDocument() throws IOException {
        String document = Files.readString(Path.of("../docs/FLEET.md"));
        for (String hosts : new String[] {"1000", "100000", "1000000"}) {
            KafkaTier tier = tier(Map.of(
                    Field.HOST_RATE,
                    "1",
                    Field.HOSTS,
                    hosts,
                    Field.QUOTA,
                    "0",
                    Field.OUTAGE,
                    "1h",
                    Field.CATCH_UP,
                    "1h",
                    Field.CORES,
                    "4"));
            StringBuilder line = new StringBuilder("| ").append(Text.number(Long.parseLong(hosts)));
            for (String id : new String[] {
                "collectors",
                "collector-memory",
                "partitions",
                "brokers",
                "broker-network-in",
                "broker-disk",
                "uploaders",
                "lag",
                "recovery"
            }) {
                line.append(" | ").append(value(tier, id));
            }
            line.append(" |");
            assertTrue(document.contains(line), line::toString);
        }
    }

    private static String value(KafkaTier tier, String id) {
        return tier.figures().stream()
                .filter(figure -> figure.id().equals(id))
                .findFirst()
                .orElseThrow()
                .value();
    }
}
