package io.github.xrayd.chaos;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Keeps the fault table of a Markdown file: rows that were tried are replaced, the others stay. */
final class FaultDocument {
    static final String BEGIN = "<!-- xray chaos: begin -->";
    static final String END = "<!-- xray chaos: end -->";

    private FaultDocument() {}

    /**
     * Writes the rows into the file.
     *
     * @throws IOException when the file cannot be read or written, or lacks the two lines between which the table
     *     stands
     */
    static void update(Path file, List<Result> results) throws IOException {
        String text = Files.exists(file) ? Files.readString(file) : BEGIN + "\n" + END + "\n";
        int begin = text.indexOf(BEGIN);
        int end = text.indexOf(END);
        if (begin < 0 || end < begin) {
            throw new IOException(
                    file + " has no place for the table: add the lines " + BEGIN + " and " + END + " where it belongs");
        }
        Map<String, String> rows = rows(text.substring(begin + BEGIN.length(), end));
        for (Result result : results) {
            if (result.skipped() != null && rows.containsKey(result.scenario().name())) {
                // Keep the row of a machine that can run it.
                continue;
            }
            rows.put(result.scenario().name(), ResultText.markdownRow(result));
        }
        StringBuilder table = new StringBuilder(ResultText.markdownHead());
        for (Scenario scenario : Scenarios.all()) {
            String row = rows.remove(scenario.name());
            table.append(row == null ? "" : row);
        }
        Files.writeString(
                file,
                text.substring(0, begin) + BEGIN + "\n\n" + table + "\n" + text.substring(end),
                java.nio.charset.StandardCharsets.UTF_8);
    }

    /** The rows that stand there now, by the word in their first cell. */
    private static Map<String, String> rows(String table) {
        Map<String, String> rows = new LinkedHashMap<>();
        List<String> lines = new ArrayList<>(table.lines().toList());
        for (String line : lines) {
            int open = line.indexOf('`');
            int close = line.indexOf('`', open + 1);
            if (line.startsWith("| `") && close > open) {
                rows.put(line.substring(open + 1, close), line + "\n");
            }
        }
        return rows;
    }
}
