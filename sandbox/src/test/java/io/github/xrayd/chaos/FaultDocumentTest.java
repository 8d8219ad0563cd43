package io.github.xrayd.chaos;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FaultDocumentTest {
    @TempDir
    Path folder;

    private static Result result(String name, String why) {
        Scenario scenario = Scenarios.all().stream()
                .filter(one -> one.name().equals(name))
                .findFirst()
                .orElseThrow();
        return new Result(scenario, "xray chaos --fault " + name, null, null, List.of(why));
    }

    @Test
    void shouldReplaceWhatWasTriedAndKeepTheRestInTheTablesOrder() throws IOException {
        Path file = folder.resolve("faults.md");
        Files.writeString(file, "before\n" + FaultDocument.BEGIN + "\n" + FaultDocument.END + "\nafter\n");
        FaultDocument.update(file, List.of(result("hang", "x"), result("baseline", "x")));
        FaultDocument.update(file, List.of(result("refused", "x")));
        List<String> rows = Files.readAllLines(file).stream()
                .filter(line -> line.startsWith("| `"))
                .toList();
        assertEquals(3, rows.size());
        assertTrue(rows.get(0).startsWith("| `baseline` |"), rows.get(0));
        assertTrue(rows.get(1).startsWith("| `refused` |"), rows.get(1));
        assertTrue(rows.get(2).startsWith("| `hang` |"), rows.get(2));
        String text = Files.readString(file);
        assertTrue(text.startsWith("before\n") && text.endsWith("\nafter\n"), text);
        FaultDocument.update(file, List.of(result("refused", "x")));
        assertEquals(text, Files.readString(file));
    }

    @Test
    void shouldSayWhatAFileWithoutAPlaceForTheTableLacks() throws IOException {
        Path file = folder.resolve("other.md");
        Files.writeString(file, "nothing");
        IOException e = assertThrows(IOException.class, () -> FaultDocument.update(file, List.of()));
        assertTrue(String.valueOf(e.getMessage()).contains(FaultDocument.BEGIN), e.getMessage());
    }
}
