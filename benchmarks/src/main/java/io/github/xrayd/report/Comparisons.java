package io.github.xrayd.report;

import io.github.xrayd.results.JsonFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Two daemons measured in turn, as ratios with their spread; of each set and pair the newest. */
final class Comparisons implements Section {
    private static final String START = "ratios-";

    @Override
    public String markdown(Results results, Plots plots) throws IOException {
        Map<String, String> newest = new LinkedHashMap<>();
        for (Results.Folder folder : results.folders()) {
            try (Stream<Path> files = Files.list(folder.path())) {
                for (Path file : files.sorted().toList()) {
                    String name = String.valueOf(file.getFileName());
                    if (name.startsWith(START)) {
                        newest.put(folder.set() + name, describe(folder, new Run(JsonFiles.readObject(file))));
                    }
                }
            }
        }
        return newest.isEmpty()
                ? "None yet: give `--against PATH` to the load test.\n"
                : String.join("\n", List.copyOf(newest.values()));
    }

    private static String describe(Results.Folder folder, Run ratios) {
        Table table = new Table("case", "figure", "median", "least", "most", "rounds");
        ratios.map("ratios").forEach((caseName, figures) -> {
            if (figures instanceof Map<?, ?> byFigure) {
                byFigure.forEach((figure, spread) -> {
                    if (spread instanceof Map<?, ?> json) {
                        Run found = new Run(json);
                        table.row(
                                String.valueOf(caseName),
                                String.valueOf(figure),
                                Table.number(found.figure("median")),
                                Table.number(found.figure("min")),
                                Table.number(found.figure("max")),
                                Table.number(found.figure("count")));
                    }
                });
            }
        });
        return ratios.text("first") + " divided by " + ratios.text("second") + ", from [" + folder.name() + "]("
                + folder.name() + "/):\n\n" + table.text();
    }
}
