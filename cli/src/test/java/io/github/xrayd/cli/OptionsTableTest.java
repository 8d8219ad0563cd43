package io.github.xrayd.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class OptionsTableTest {
    @Test
    void shouldBeWhatTheDocumentationSays() throws IOException {
        String printed = Call.of(Path.of("."), "options", "--markdown").out();
        assertEquals(
                printed,
                Files.readString(Path.of("../docs/OPTIONS.md")),
                "docs/OPTIONS.md is old: run `xray options --markdown > docs/OPTIONS.md`");
    }

    @Test
    void shouldFindEachKeyInTheDistributionsFile() throws IOException {
        String file = Files.readString(Path.of("src/main/distribution/cfg.yaml"));
        for (Setting setting : Setting.values()) {
            String key = setting.key();
            if (key != null) {
                String member = key.substring(key.lastIndexOf('.') + 1);
                assertTrue(file.contains(member + ": "), () -> "src/main/distribution/cfg.yaml lacks " + key);
            }
        }
    }

    @Test
    void shouldNameEachOptionOnceAndDefaultToWhatItTakes() throws BadValueException {
        Set<String> names = new HashSet<>(Set.of("v", "version", "h", "help"));
        for (Setting setting : Setting.values()) {
            assertTrue(names.add(setting.longName()), setting.longName());
            assertTrue(setting.shortName() == null || names.add(setting.shortName()), setting.longName());
            assertEquals(setting.defaultText(), setting.kind().check(setting.defaultText()));
            String key = setting.key();
            assertTrue(key == null || names.add("key " + key), key);
        }
    }
}
