package io.github.xrayd.report;

import java.util.List;

/** Every result folder with its machine. */
final class Folders implements Section {
    @Override
    public String markdown(Results results, Plots plots) {
        List<Results.Folder> folders = results.folders();
        if (folders.isEmpty()) {
            return "There is no result folder yet.\n";
        }
        Table table = new Table("folder", "set", "time", "Java", "machine", "load when it began", "commit");
        for (Results.Folder folder : folders) {
            Run facts = folder.environment();
            table.row(
                    "[" + folder.name() + "](" + folder.name() + "/)",
                    folder.set(),
                    folder.time(),
                    Table.number(facts.figure("javaMajor")),
                    Table.number(facts.figure("cores")) + " cores, " + facts.text("cpu") + ", Linux "
                            + facts.text("kernel"),
                    facts.text("loadAverageAtStart").split(" ", -1)[0],
                    facts.text("commit") + (facts.text("uncommittedFiles").isEmpty() ? "" : " and changes"));
        }
        return table.text();
    }
}
