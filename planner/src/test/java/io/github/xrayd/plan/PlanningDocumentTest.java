package io.github.xrayd.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.xrayd.plan.model.CostProfile;
import io.github.xrayd.plan.model.Plan;
import io.github.xrayd.plan.output.Snippets;
import io.github.xrayd.plan.question.Field;
import io.github.xrayd.plan.question.Question;
import io.github.xrayd.plan.question.Wishes;
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
            int at = i;
            while (!lines.get(at).startsWith(SETTINGS)) {
                at++;
            }
            assertTrue(at - i <= 4, lines.get(i));
            Plan plan = plan(lines.get(i).substring(COMMAND.length()));
            assertEquals(lines.get(at).trim(), Snippets.flags(plan), lines.get(i));
            assertTrue(plan.isReached(), () -> plan.findings().toString());
            examples++;
        }
        assertEquals(3, examples);
    }

    private static Plan plan(String words) {
        Wishes wishes = new Wishes();
        String[] parts = words.split(" ", -1);
        for (int i = 0; i < parts.length; i += 2) {
            Field field = Objects.requireNonNull(Field.of(parts[i].substring(2)), parts[i]);
            wishes.put(field, parts[i + 1]);
        }
        return Plan.of(Question.of(wishes, Path.of(".")), CostProfile.standard());
    }
}
