package io.github.xrayd.loadtest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.xrayd.results.JsonFiles;
import io.github.xrayd.results.ResultFolder;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The load test with the packaged daemon: every kind of case gives its figures. What they are is not asserted. */
@EnabledOnOs(OS.LINUX)
@Timeout(300)
class LoadTestIT {
    @TempDir
    private Path home;

    private record Ran(int exitCode, String output) {}

    private static Ran loadTest(String... arguments) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);
        int exitCode = LoadTest.run(out, out, arguments);
        return new Ran(exitCode, bytes.toString(StandardCharsets.UTF_8));
    }

    @Test
    void shouldMeasureEveryKindOfCase() throws Exception {
        Ran ran = loadTest("--set", "smoke", "--output", home.toString());
        assertEquals(0, ran.exitCode, ran.output);
        Path folder = onlyFolder();
        assertEquals(
                "smoke",
                JsonFiles.readObject(folder.resolve(ResultFolder.ENVIRONMENT)).get("set"));
        List<Map<?, ?>> runs = runs(folder);
        Set<String> kinds =
                runs.stream().map(run -> String.valueOf(run.get("kind"))).collect(Collectors.toSet());
        assertEquals(Set.of("START", "IDLE", "LOAD", "OUTAGE", "LOSSLESS", "RECEIVE"), kinds);
        Map<?, ?> load = find(runs, "rate-1000");
        assertEquals(1_000L, number(load, "sent"));
        assertEquals(number(load, "sent"), number(load, "delivered") + number(load, "lost"), ran.output);
        assertTrue(number(load, "rssPeakBytes") > 0);
        assertTrue(Files.size(folder.resolve(String.valueOf(load.get("histogram")))) > 0);
        assertTrue(number(find(runs, "outage"), "heldSegments") > 0, ran.output);
        assertTrue(number(find(runs, "receive"), "delivered") > 0, ran.output);
    }

    @Test
    void shouldCompareTwoDaemonsInTurn() throws Exception {
        String ours = ResultFolder.root().resolve("cli/target/xray/bin/xray").toString();
        Ran ran = loadTest(
                "--rate",
                "1000",
                "--duration",
                "500ms",
                "--warm-up",
                "0s",
                "--rounds",
                "2",
                "--against",
                ours,
                "--against-label",
                "same",
                "--name",
                "pair",
                "--output",
                home.toString());
        assertEquals(0, ran.exitCode, ran.output);
        List<String> order = runs(onlyFolder()).stream()
                .map(run -> String.valueOf(run.get("subject")))
                .toList();
        assertEquals(List.of("xrayd", "same", "same", "xrayd"), order);
        assertTrue(ran.output.contains("xrayd divided by same"), ran.output);
        assertTrue(Files.exists(onlyFolder().resolve("ratios-xrayd-same.json")));
    }

    @Test
    void shouldSayWhatIsWrong() {
        Ran missing = loadTest("--daemon", "/no/such/daemon", "--output", home.toString());
        assertEquals(1, missing.exitCode);
        assertTrue(missing.output.contains("/no/such/daemon is not an executable"), missing.output);
        Ran ended = loadTest("--daemon", "/bin/false", "--warm-up", "0s", "--output", home.toString());
        assertEquals(1, ended.exitCode);
        assertTrue(ended.output.contains("ended with exit code 1"), ended.output);
        Ran wrong = loadTest("--set", "everything");
        assertEquals(2, wrong.exitCode);
        assertTrue(wrong.output.contains("no set is called \"everything\""), wrong.output);
        assertEquals(2, loadTest("--rate", "fast").exitCode);
        assertEquals(2, loadTest("--warm-up", "15").exitCode);
    }

    private Path onlyFolder() throws Exception {
        try (var folders = Files.list(home)) {
            List<Path> all = folders.toList();
            assertEquals(1, all.size());
            return all.get(0);
        }
    }

    private static List<Map<?, ?>> runs(Path folder) throws Exception {
        List<Map<?, ?>> runs = new ArrayList<>();
        if (JsonFiles.readObject(folder.resolve("runs.json")).get("runs") instanceof List<?> list) {
            list.forEach(run -> runs.add((Map<?, ?>) run));
        }
        return runs;
    }

    private static Map<?, ?> find(List<Map<?, ?>> runs, String name) {
        return runs.stream()
                .filter(run -> name.equals(run.get("case")) && "xrayd".equals(run.get("subject")))
                .findFirst()
                .orElseThrow();
    }

    private static long number(Map<?, ?> run, String name) {
        return run.get(name) instanceof Number number ? number.longValue() : -1;
    }
}
