package io.github.xrayd.cli;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Spoilt configuration files: each is taken, or refused with one line that says what is wrong.
 *
 * <p>Each run has another seed; {@code -Dxrayd.fuzz.seed=N} replays one, {@code -Dxrayd.fuzz.files=N} reads that many.
 */
@Timeout(300)
class ConfigFuzzTest {
    private static final int FILES = Integer.getInteger("xrayd.fuzz.files", 5_000);
    private static final List<String> WORDS = List.of(
            ":",
            ": ",
            "-",
            "- ",
            "\t",
            "  ",
            "#",
            "&a ",
            "*a",
            "<<: *a",
            "!!binary ",
            "!!java.net.URL ",
            "|",
            ">",
            "{",
            "}",
            "[",
            "]",
            "\"",
            "'",
            "%YAML 9.9",
            "---",
            "...",
            "?",
            "~",
            "0x7fffffff",
            "-1",
            "1e999",
            ".inf",
            "9999999999999999999999",
            "\u0000",
            "\u0007",
            "\ud83d\ude00",
            "\ufeff",
            "Version: 2",
            "Socket:",
            "[".repeat(300),
            "a: ".repeat(300));

    @TempDir
    Path directory;

    private static String spoilt(String text, SplittableRandom random) {
        List<String> lines = new ArrayList<>(text.lines().toList());
        for (int i = 1 + random.nextInt(4); i > 0 && !lines.isEmpty(); i--) {
            int at = random.nextInt(lines.size());
            String line = lines.get(at);
            int column = random.nextInt(line.length() + 1);
            String word = WORDS.get(random.nextInt(WORDS.size()));
            switch (random.nextInt(7)) {
                case 0 -> lines.remove(at);
                case 1 -> lines.add(random.nextInt(lines.size() + 1), line);
                case 2 -> lines.set(at, " ".repeat(random.nextInt(5)) + line.strip());
                case 3 -> lines.set(at, line.substring(0, column));
                case 4 ->
                    lines.set(at, line.substring(0, column) + (char) random.nextInt(0x250) + line.substring(column));
                default -> lines.set(at, line.substring(0, column) + word + line.substring(column));
            }
        }
        return String.join(random.nextInt(10) == 0 ? "\r\n" : "\n", lines);
    }

    @Test
    void shouldTakeOrRefuseWithOneLine() throws IOException {
        long seed = Long.getLong("xrayd.fuzz.seed", System.nanoTime());
        SplittableRandom random = new SplittableRandom(seed);
        String sample =
                Files.readString(Path.of("src/main/distribution/cfg.yaml")).replace("\n#", "\n");
        String original = Files.readString(Path.of("src/main/distribution/cfg.yaml"));
        Path file = directory.resolve("cfg.yaml");
        int taken = 0;
        for (int i = 0; i < FILES; i++) {
            String text = spoilt(random.nextInt(4) == 0 ? sample : original, random);
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            if (bytes.length > 0 && random.nextInt(20) == 0) {
                bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
            }
            Files.write(file, bytes);
            try {
                ConfigFile.read(file, random.nextBoolean());
                taken++;
            } catch (ConfigException e) {
                String message = String.valueOf(e.getMessage());
                assertFalse(message.isBlank() || message.contains("Exception"), () -> replay(seed, text, message));
                assertFalse(message.contains("\n"), () -> replay(seed, text, message));
            } catch (RuntimeException | StackOverflowError e) {
                throw new AssertionError(replay(seed, text, e.toString()), e);
            }
        }
        int count = taken;
        assertTrue(count > FILES / 20 && count < FILES, () -> count + " of " + FILES + " were taken");
    }

    private static String replay(long seed, String text, String message) {
        return "-Dxrayd.fuzz.seed=" + seed + ": " + message + "\n" + text;
    }
}
