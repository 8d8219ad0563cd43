package io.github.xrayd.load;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.dslplatform.json.DslJson;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class MixTemplatesTest {
    private static final int RESOURCE_LENGTH_MAX = 300_000;

    /**
     * The committed resource is what the SDK writes. To make it anew after a change of the generator: {@code mvn -pl
     * sandbox test -Dtest=MixTemplatesTest -Dsurefire.failIfNoSpecifiedTests=false
     * -Dtest.jvm.args=-Dload.mix.write=true}
     */
    @Test
    void shouldBeWhatTheSdkWrites() throws IOException {
        String generated = new MixTemplatesGenerator().generate();
        if (Boolean.getBoolean("load.mix.write")) {
            Files.writeString(Path.of("src/main/resources/io/github/xrayd/load", MixTemplates.RESOURCE), generated);
            return;
        }
        try (InputStream resource =
                Objects.requireNonNull(MixTemplates.class.getResourceAsStream(MixTemplates.RESOURCE))) {
            byte[] committed = resource.readAllBytes();
            assertEquals(new String(committed, StandardCharsets.UTF_8), generated);
            assertTrue(committed.length < RESOURCE_LENGTH_MAX, "it has " + committed.length + " bytes");
        }
    }

    @Test
    void shouldFollowTheSizesOfRealDocuments() {
        int[] sizes = MixTemplates.load().stream()
                .flatMapToInt(template -> {
                    int[] same = new int[template.weight()];
                    Arrays.fill(same, template.length());
                    return Arrays.stream(same);
                })
                .sorted()
                .toArray();
        assertEquals(MixTemplates.WEIGHT_SUM, sizes.length);
        assertEquals(152, sizes[0]);
        assertNear(342, sizes[499], 0.03);
        assertNear(1_028, sizes[899], 0.05);
        assertNear(8_996, sizes[989], 0.20);
        assertEquals(65_054, sizes[999]);
        assertNear(958, Arrays.stream(sizes).average().orElseThrow(), 0.03);
    }

    @Test
    void shouldPutIdsAtTheirPlaceAndKeepEverythingElse() throws IOException {
        long startEpochMillis = 1_900_000_000_123L;
        for (MixTemplates.Template template : MixTemplates.load()) {
            byte[] moved = MixTemplates.forRun(template.document(), startEpochMillis, 0xbeef);
            assertEquals(template.length(), moved.length);
            assertTrue(text(moved).startsWith(DocumentLayout.prefix(startEpochMillis / 1_000, 0xbeef) + ","));
            Map<String, Object> before = parse(template.document().getBytes(StandardCharsets.UTF_8));
            Map<String, Object> after = parse(moved);
            double shift = startTime(after) - startTime(before);
            assertEquals((startEpochMillis - MixTemplates.BASE_EPOCH_MILLIS) / 1e3, shift, 1e-6);
            for (String changed : List.of("trace_id", "id", "start_time", "end_time", "subsegments")) {
                assertEquals(before.remove(changed) != null, after.remove(changed) != null, changed);
            }
            assertEquals(before, after);
        }
    }

    @Test
    void shouldHoldEveryKindOfContent() {
        StringBuilder all = new StringBuilder();
        MixTemplates.load().forEach(template -> all.append(template.document()));
        for (String part : List.of(
                "\"subsegments\":[",
                "\"annotations\":{",
                "\"exceptions\":[",
                "\"sql\":{",
                "\"http\":{",
                "\"metadata\":{",
                "\"in_progress\":true",
                "\"type\":\"subsegment\"",
                "大阪 🚚",
                "\\\"48213\\\"")) {
            assertTrue(all.indexOf(part) >= 0, "no document has " + part);
        }
    }

    private static void assertNear(double expected, double actual, double tolerance) {
        assertEquals(expected, actual, expected * tolerance);
    }

    private static double startTime(Map<String, Object> document) {
        return ((Number) Objects.requireNonNull(document.get("start_time"))).doubleValue();
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    @SuppressWarnings("unchecked") // A JSON object's keys are strings.
    private static Map<String, Object> parse(byte[] json) throws IOException {
        return new DslJson<>().deserialize(Map.class, json, json.length);
    }
}
