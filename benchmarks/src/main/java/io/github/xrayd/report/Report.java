package io.github.xrayd.report;

import io.github.xrayd.results.ResultFolder;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * {@code mvn -q -pl benchmarks report}: makes what stands between {@code <!-- report NAME -->} and {@code <!-- end NAME
 * -->} in the project's documents anew from the newest results, and the plots beside them. A set that was not measured
 * says so.
 */
public final class Report {
    private static final List<Path> DOCUMENTS = List.of(
            Path.of("perf-results", "README.md"), Path.of("docs", "PERFORMANCE.md"), Path.of("docs", "BENCHMARKS.md"));

    private static final Map<String, Section> SECTIONS = sections();

    private Report() {}

    private static Map<String, Section> sections() {
        Map<String, Section> sections = new LinkedHashMap<>();
        sections.put("front-page", new FrontPage());
        sections.put("headline", new Headline());
        sections.put("throughput", new Throughput());
        sections.put("footprint", new Footprint());
        sections.put("latency", new Latency());
        sections.put("outage", new Outage());
        sections.put("start", new Start());
        sections.put("receivers", new Receivers());
        sections.put("sizes", new Loads("sizes"));
        sections.put("sources", new Loads("sources"));
        sections.put("burst", new Loads("burst"));
        sections.put("receive", new Receive());
        sections.put("jmh", new Microbenchmarks());
        sections.put("comparisons", new Comparisons());
        sections.put("model", new Model());
        sections.put("folders", new Folders());
        return sections;
    }

    /**
     * Makes the report of the project, or of the folder given; exits with 1 when a file cannot be read or a mark has no
     * end.
     */
    public static void main(String[] arguments) {
        Path root = arguments.length == 0 ? ResultFolder.root() : Path.of(arguments[0]);
        try {
            make(root, System.out);
        } catch (IOException | IllegalArgumentException e) {
            System.err.println("report: " + e.getMessage());
            System.exit(1);
        }
    }

    /**
     * Makes the report.
     *
     * @param root the project's folder
     * @throws IOException when a file cannot be read or written
     */
    static void make(Path root, PrintStream out) throws IOException {
        Path home = root.resolve("perf-results");
        Results results = Results.read(home);
        Plots plots = new Plots(home);
        for (Path document : DOCUMENTS) {
            Path file = root.resolve(document);
            if (!Files.exists(file)) {
                continue;
            }
            String text = Files.readString(file);
            String page = Marks.<IOException>replace(
                    document.toString(), text, name -> section(document, name).markdown(results, plots));
            if (!page.equals(text)) {
                Files.writeString(file, page);
                out.println("made " + document);
            }
        }
    }

    private static Section section(Path document, String name) {
        Section section = SECTIONS.get(name);
        if (section == null) {
            throw new IllegalArgumentException(
                    document + ": there is no part called " + name + ", only " + String.join(", ", SECTIONS.keySet()));
        }
        return section;
    }
}
