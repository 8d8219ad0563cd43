package io.github.xrayd.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Writes plots into one folder and says how Markdown shows them. */
final class Plots {
    /** The folder's name beside the result folders. */
    static final String FOLDER = "plots";

    private final Path folder;

    Plots(Path home) {
        folder = home.resolve(FOLDER);
    }

    /** Writes an SVG and returns the Markdown that shows it in perf-results/README.md. */
    String write(String name, String title, String svg) throws IOException {
        Files.createDirectories(folder);
        Files.writeString(folder.resolve(name + ".svg"), svg + "\n");
        return "![" + title + "](" + FOLDER + "/" + name + ".svg)\n";
    }
}
