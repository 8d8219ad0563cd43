package io.github.xrayd.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.xrayd.plan.input.Field;
import io.github.xrayd.plan.input.PlanInput;
import io.github.xrayd.plan.input.Workload;
import io.github.xrayd.plan.model.CostProfile;
import io.github.xrayd.plan.model.KafkaTier;
import io.github.xrayd.plan.model.Plan;
import io.github.xrayd.plan.output.KafkaText;
import io.github.xrayd.plan.output.PlanText;
import io.github.xrayd.plan.output.Snippets;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** The examples of docs/PLANNING.md: each command's settings are those that stand below it. */
class PlanningDocumentTest {
    private static final Path DOCUMENT = Path.of("../docs/PLANNING.md");
    private static final String COMMAND = "xray plan ";
    private static final String SETTINGS = "    xray -m ";

    @Test
    void shouldPrintTheSettingsThatTheCommandsGive() throws IOException {
        List<String> lines = Files.readAllLines(DOCUMENT);
        int examples = 0;
        for (int i = 0; i < lines.size(); i++) {
            if (!lines.get(i).startsWith(COMMAND)) {
                continue;
            }
            Workload workload = workload(lines.get(i).substring(COMMAND.length()));
            if (workload.site().topology() == Workload.Topology.KAFKA) {
                String fleet = KafkaText.of(KafkaTier.of(workload, CostProfile.standard()));
                assertTrue(fleet.contains("partitions"), fleet);
                continue;
            }
            int at = i;
            while (!lines.get(at).startsWith(SETTINGS)) {
                at++;
            }
            assertTrue(at - i <= 4, lines.get(i));
            Plan plan = Plan.of(workload, CostProfile.standard());
            assertEquals(lines.get(at).trim(), Snippets.flags(plan), lines.get(i));
            assertTrue(plan.isReached(), () -> plan.findings().toString());
            String printed = words(PlanText.of(plan));
            for (at++;
                    at < lines.size()
                            && (lines.get(at).isEmpty() || lines.get(at).startsWith("    "));
                    at++) {
                String line = words(lines.get(at));
                // What the document prints of the simulation is shortened.
                assertTrue(line.startsWith("Simulated") || printed.contains(line), line);
            }
            examples++;
        }
        assertEquals(3, examples);
    }

    /** With one space between words. */
    private static String words(String text) {
        return text.replaceAll("\\s+", " ").trim();
    }

    private static Workload workload(String words) {
        PlanInput input = new PlanInput();
        String[] parts = words.split(" ", -1);
        for (int i = 0; i < parts.length; i += 2) {
            Field field = Objects.requireNonNull(Field.of(parts[i].substring(2)), parts[i]);
            input.put(field, parts[i + 1]);
        }
        return Workload.of(input, Path.of("."));
    }
}
