package io.github.xrayd.cli.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** The table of docs/DIFFERENCES.md says what the conformance table shows, no more and no less. */
class DifferencesTest {
    private static final Path ROOT = Path.of("..");
    private static final String HEADING = "## Differences";

    /** What one start of the command cannot show, and the test that does. */
    private static final Map<String, String> SHOWN_ELSEWHERE = Map.of(
            "memory per segment", "engine/src/test/java/io/github/xrayd/engine/PoliciesTest.java",
            "slow backend", "engine/src/test/java/io/github/xrayd/engine/upload/CallLimitTest.java",
            "memory limit of the container", "cli/src/test/java/io/github/xrayd/cli/MemoryGroupIT.java",
            "log lines", "cli/src/test/java/io/github/xrayd/cli/log/LogTextTest.java",
            "mode of the log file", "cli/src/test/java/io/github/xrayd/cli/log/FileTargetTest.java");

    private static Set<String> tableCells() throws IOException {
        Set<String> cells = new LinkedHashSet<>();
        List<String> lines = Files.readAllLines(ROOT.resolve("docs/DIFFERENCES.md"));
        int line = lines.indexOf(HEADING) + 1;
        while (line < lines.size() && !lines.get(line).startsWith("## ")) {
            String text = lines.get(line);
            if (text.startsWith("| ") && !text.startsWith("| |")) {
                assertTrue(cells.add(text.split("\\|", -1)[1].trim()), "twice in the table: " + text);
            }
            line++;
        }
        return cells;
    }

    private static List<Case.Row> rows() throws IOException {
        return Table.read().stream().flatMap(each -> each.rows().stream()).toList();
    }

    @Test
    void shouldHaveARowInTheDocumentForEachDifferenceAndARowInTheTableForEachOfTheDocuments() throws IOException {
        Set<String> shown = new TreeSet<>(SHOWN_ELSEWHERE.keySet());
        rows().stream()
                .filter(row -> !row.difference().isEmpty())
                .map(Case.Row::readme)
                .forEach(shown::add);
        assertEquals(
                String.join("\n", shown),
                String.join("\n", new TreeSet<>(tableCells())),
                "the first cells of docs/DIFFERENCES.md are those that rows of table.yaml name as readme");
    }

    @Test
    void shouldGiveAReasonForEachDifferenceAndNoneElse() throws IOException {
        Set<String> ids = new HashSet<>();
        for (Case.Row row : rows()) {
            assertTrue(ids.add(row.id()), "twice: " + row.id());
            assertTrue(!row.says().isEmpty() && !row.id().isEmpty(), row.toString());
            assertEquals(row.difference().isEmpty(), row.readme().isEmpty(), row.id());
        }
    }

    @Test
    void shouldFindTheTestsThatShowTheRest() {
        SHOWN_ELSEWHERE.values().forEach(file -> assertTrue(Files.exists(ROOT.resolve(file)), file));
    }
}
