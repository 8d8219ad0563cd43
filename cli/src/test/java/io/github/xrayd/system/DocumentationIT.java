package io.github.xrayd.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.xrayd.system.DocumentationTest.Block;
import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The commands of the pages that are marked to be run do what they say: each exits with 0. */
@EnabledOnOs(OS.LINUX)
@Timeout(300)
class DocumentationIT {
    @TempDir
    Path directory;

    @Test
    void shouldRunWhatThePagesShow() throws Exception {
        List<Block> blocks = DocumentationTest.blocks().stream()
                .filter(block -> block.mark().equals(DocumentationTest.RUN_MARK))
                .toList();
        assertTrue(blocks.size() > 1, "there are commands to run");
        for (Block block : blocks) {
            ProcessBuilder shell = new ProcessBuilder("bash", "-eu", "-c", block.commands())
                    .directory(directory.toFile())
                    .redirectErrorStream(true);
            shell.environment().put("PATH", Installed.HOME.resolve("bin") + File.pathSeparator + System.getenv("PATH"));
            Process run = shell.start();
            run.getOutputStream().close();
            String said = new String(run.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertTrue(run.waitFor(120, TimeUnit.SECONDS), block::commands);
            assertEquals(0, run.exitValue(), () -> block.page() + "\n" + block.commands() + "\n" + said);
        }
    }
}
