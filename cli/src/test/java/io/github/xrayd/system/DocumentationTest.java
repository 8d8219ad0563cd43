package io.github.xrayd.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The pages for people: short enough, linked, and each command run by a test or marked as not run. */
class DocumentationTest {
    static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
    /** Stands before a block of commands that {@link DocumentationIT} runs. */
    static final String RUN_MARK = "<!-- run here -->";

    private static final Pattern NOT_RUN_MARK = Pattern.compile("<!-- not run here: \\S.* -->");
    /**
     * Stands before a block of commands that another test runs: a class, or a check of the packages with what it
     * replaces.
     */
    private static final Pattern RUN_BY_MARK =
            Pattern.compile("<!-- run by (\\w+) -->|<!-- run here: (packaging/src/test/\\w+)(?:, .*)? -->");

    /**
     * The first line of commands that are set off by blanks; a drawing or a part of a file does not begin like that.
     */
    private static final Pattern INDENTED = Pattern.compile("(?: {4}| {8})(?:sudo |\\w+=\\S+ )*(?:\\S*/)?"
            + "(?:xray|mvn|apt-get|rpm|tar|docker|podman|skopeo|helm|kubectl|aws|cp|sed|systemctl|gpg|curl|jcmd|kafka-\\w+"
            + "|version=\\S+)(?: |$)");

    private static final Pattern LINK = Pattern.compile("\\]\\(([^)#\\s]+)(#[^)]*)?\\)");
    private static final int COLUMNS_MAX = 120;
    private static final int README_LINES_MAX = 120;

    /** A block of commands with what stands before it. */
    record Block(Path page, String mark, String commands) {
        /** The test class that runs it, or an empty text. */
        String test() {
            Matcher mark = RUN_BY_MARK.matcher(mark());
            if (!mark.matches()) {
                return "";
            }
            return mark.group(1) == null ? mark.group(2) : mark.group(1);
        }
    }

    /** The commands of a page that a test is to run, in their order. */
    static List<String> commandsFor(Class<?> test) throws IOException {
        return blocks().stream()
                .filter(block -> block.test().equals(test.getSimpleName()))
                .map(Block::commands)
                .toList();
    }

    static List<Path> pages() throws IOException {
        List<Path> pages = new ArrayList<>();
        for (String name : List.of("README.md", "CONTRIBUTING.md", "SECURITY.md")) {
            pages.add(ROOT.resolve(name));
        }
        for (String folder : List.of("docs", "docs/runbooks")) {
            try (Stream<Path> files = Files.list(ROOT.resolve(folder))) {
                pages.addAll(files.filter(file -> file.toString().endsWith(".md"))
                        .sorted()
                        .toList());
            }
        }
        return pages;
    }

    static List<Block> blocks() throws IOException {
        List<Block> blocks = new ArrayList<>();
        for (Path page : pages()) {
            List<String> lines = Files.readAllLines(page);
            boolean isFenced = false;
            for (int i = 0; i < lines.size(); i++) {
                String line = lines.get(i);
                if (line.equals("```sh")) {
                    int end = i + 1;
                    while (!lines.get(end).equals("```")) {
                        end++;
                    }
                    blocks.add(new Block(
                            page,
                            i == 0 ? "" : lines.get(i - 1).strip(),
                            String.join("\n", lines.subList(i + 1, end))));
                    i = end;
                } else if (line.startsWith("```")) {
                    isFenced = !isFenced;
                } else if (!isFenced
                        && INDENTED.matcher(line).lookingAt()
                        && !lines.get(i - 1).startsWith("    ")) {
                    // Behind a block of commands stands what they print.
                    boolean isOutput =
                            lines.get(i - 1).isEmpty() && lines.get(i - 2).equals("```");
                    int end = i;
                    while (end < lines.size() && lines.get(end).startsWith("    ")) {
                        end++;
                    }
                    if (!isOutput) {
                        blocks.add(new Block(page, lines.get(i - 1).strip(), String.join("\n", lines.subList(i, end))));
                    }
                    i = end - 1;
                }
            }
        }
        return blocks;
    }

    @Test
    void shouldHaveAShortReadme() throws IOException {
        int lines = Files.readAllLines(ROOT.resolve("README.md")).size();
        assertTrue(lines < README_LINES_MAX, lines + " lines");
    }

    @Test
    void shouldRunEachCommandOrSayWhyNot() throws IOException {
        for (Block block : blocks()) {
            assertTrue(
                    block.mark().equals(RUN_MARK)
                            || isRunBy(block)
                            || NOT_RUN_MARK.matcher(block.mark()).matches(),
                    () -> block.page() + ": no mark before\n" + block.commands());
        }
    }

    /** Whether there is the check of the packages, or a test class of that name which speaks of the block's page. */
    private static boolean isRunBy(Block block) throws IOException {
        if (block.test().isEmpty() || block.test().contains("/")) {
            return Files.isExecutable(ROOT.resolve(block.test()))
                    && !block.test().isEmpty();
        }
        String page = block.page().getFileName().toString();
        String name = block.test() + ".java";
        for (String module : List.of("cli", "engine", "planner", "sandbox", "connectors", "benchmarks")) {
            try (Stream<Path> files =
                    Files.find(ROOT.resolve(module).resolve("src/test/java"), 12, (file, all) -> file.endsWith(name))) {
                for (Path file : files.toList()) {
                    if (Files.readString(file).contains(page)) {
                        return true;
                    }
                }
            }
        }
        return false;
    }

    @Test
    void shouldLinkToWhatExists() throws IOException {
        for (Path page : pages()) {
            Matcher link = LINK.matcher(Files.readString(page));
            while (link.find()) {
                String target = link.group(1);
                if (!target.contains("://") && !target.startsWith("mailto:")) {
                    Path file = page.resolveSibling(target).normalize();
                    assertTrue(Files.exists(file), () -> page + " links to " + target + ", which is not there");
                }
            }
        }
    }

    @Test
    void shouldHaveNoLongLinesOfProse() throws IOException {
        List<String> tooLong = new ArrayList<>();
        for (Path page : pages()) {
            boolean isCode = false;
            for (String line : Files.readAllLines(page)) {
                isCode ^= line.startsWith("```");
                // Tables, pictures, HTML, and what is set off by blanks: commands, output, drawings.
                boolean isProse = !isCode && !line.matches("(\\||!|<| {4}).*");
                if (isProse && line.codePointCount(0, line.length()) > COLUMNS_MAX) {
                    tooLong.add(page.getFileName() + ": " + line);
                }
            }
        }
        assertEquals(List.of(), tooLong);
    }
}
