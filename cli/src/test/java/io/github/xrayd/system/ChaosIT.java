package io.github.xrayd.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.dslplatform.json.DslJson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code xray chaos --quick} as a user calls it, over the faults that no other test has.
 *
 * <p>{@code -Dxrayd.chaos=all} tries every fault.
 */
@EnabledOnOs(OS.LINUX)
@Timeout(900)
class ChaosIT {
    private static final String SOME =
            "refused,half-answers,credentials,clock-skew,unprocessed-permanent,poison,memory-full,sigterm,proxy-mixed,garbage";
    private static final Path COMMAND = Path.of(System.getProperty("xrayd.home", "target/xray"), "bin", "xray")
            .toAbsolutePath();

    @TempDir
    Path folder;

    private int run(String... words) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(COMMAND.toString(), "chaos"));
        command.addAll(List.of(words));
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("output").toFile());
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        Process process = builder.start();
        try {
            assertTrue(process.waitFor(14, TimeUnit.MINUTES), this::output);
            return process.exitValue();
        } finally {
            process.destroy();
        }
    }

    private String output() {
        try {
            return Files.readString(folder.resolve("output"));
        } catch (IOException e) {
            return e.toString();
        }
    }

    @Test
    void shouldMeetEveryExpectation() throws Exception {
        Path json = folder.resolve("faults.json");
        List<String> words = new ArrayList<>(List.of("--quick", "--json", json.toString()));
        if (!"all".equals(System.getProperty("xrayd.chaos"))) {
            words.addAll(List.of("--fault", SOME));
        }
        int exitCode = run(words.toArray(new String[0]));
        System.out.println("ChaosIT:\n" + output());
        assertEquals(0, exitCode, this::output);
        byte[] bytes = Files.readAllBytes(json);
        Map<?, ?> results = new DslJson<>().deserialize(Map.class, bytes, bytes.length);
        List<?> rows = Objects.requireNonNull((List<?>) results.get("rows"));
        assertTrue(rows.size() >= SOME.split(",", -1).length, rows::toString);
        for (Object row : rows) {
            assertEquals("as expected", ((Map<?, ?>) row).get("verdict"), row::toString);
        }
    }

    @Test
    void shouldFailWhenAnExpectationIsNotMet() throws Exception {
        // An outage that 3 MB cannot hold, where nothing may be lost.
        assertEquals(1, run("--quick", "--fault", "http-500", "--rate", "4000", "--", "-m", "3"), this::output);
        assertTrue(output().contains("FAILED"), this::output);
        assertTrue(output().contains("xray chaos --fault http-500 --quick --rate 4000 -- -m 3"), this::output);
    }

    @Test
    void shouldSayWhatIsWrongWithTheOptions() throws Exception {
        assertEquals(2, run("--fault", "earthquake"), this::output);
        assertTrue(output().contains("there is no fault \"earthquake\": use one of baseline, refused,"), this::output);
    }
}
