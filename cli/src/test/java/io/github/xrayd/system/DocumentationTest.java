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
    /** Stands before a block of commands that another test runs. */
    private static final Pattern RUN_BY_MARK = Pattern.compile("<!-- run by (\\w+) -->");

    private static final Pattern LINK = Pattern.compile("\\]\\(([^)#\\s]+)(#[^)]*)?\\)");
    private static final int COLUMNS_MAX = 120;
    private static final int README_LINES_MAX = 120;

    /** A block of commands with what stands before it. */
    record Block(Path page, String mark, String commands) {
        /** The test class that runs it, or an empty text. */
        String test() {
            Matcher mark = RUN_BY_MARK.matcher(mark());
            return mark.matches() ? mark.group(1) : "";
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
        for (String name : List.of(
                "README.md",
                "CONTRIBUTING.md",
                "SECURITY.md",
                "docs/README.md",
                "docs/TUTORIAL.md",
                "docs/HOWTO.md",
                "docs/MONITORING.md",
                "docs/METRICS.md",
                "docs/BENCHMARKS.md",
                "docs/DIFFERENCES.md",
                "docs/LIMITS.md",
                "docs/MIGRATE.md",
                "docs/FLEET.md",
                "docs/RELEASE.md")) {
            pages.add(ROOT.resolve(name));
        }
        try (Stream<Path> files = Files.list(ROOT.resolve("docs/runbooks"))) {
            pages.addAll(files.sorted().toList());
        }
        return pages;
    }

    static List<Block> blocks() throws IOException {
        List<Block> blocks = new ArrayList<>();
        for (Path page : pages()) {
            List<String> lines = Files.readAllLines(page);
            for (int i = 0; i < lines.size(); i++) {
                if (lines.get(i).equals("```sh")) {
                    int end = i + 1;
                    while (!lines.get(end).equals("```")) {
                        end++;
                    }
                    blocks.add(new Block(
                            page, i == 0 ? "" : lines.get(i - 1), String.join("\n", lines.subList(i + 1, end))));
                    i = end;
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
                            || runsBlocks(block.test())
                            || NOT_RUN_MARK.matcher(block.mark()).matches(),
                    () -> block.page() + ": no mark before\n" + block.commands());
        }
    }

    /** Whether a test of that name asks for its blocks. */
    private static boolean runsBlocks(String test) throws IOException {
        Path file = ROOT.resolve("cli/src/test/java/io/github/xrayd/system").resolve(test + ".java");
        return !test.isEmpty()
                && Files.exists(file)
                && Files.readString(file).contains("DocumentationTest.commandsFor(" + test + ".class)");
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
                boolean isProse = !isCode && !line.startsWith("|") && !line.startsWith("!") && !line.startsWith("<");
                if (isProse && line.codePointCount(0, line.length()) > COLUMNS_MAX) {
                    tooLong.add(page.getFileName() + ": " + line);
                }
            }
        }
        assertEquals(List.of(), tooLong);
    }
}
