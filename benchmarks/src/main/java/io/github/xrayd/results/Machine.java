package io.github.xrayd.results;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** What has to be known of the machine and the software to judge a figure. What cannot be found out is left out. */
public final class Machine {
    private static final long TOOL_SECONDS_MAX = 10;

    private Machine() {}

    /**
     * The facts as of now, by name.
     *
     * @param set what is measured, such as {@code jmh} or the name of a set of the load test
     */
    public static Map<String, Object> describe(String set) {
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("set", set);
        facts.put("time", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
        facts.put("javaMajor", Runtime.version().feature());
        facts.put("java", System.getProperty("java.vm.name") + " " + System.getProperty("java.vm.version"));
        facts.put("os", osName());
        facts.put("kernel", System.getProperty("os.version"));
        facts.put("architecture", System.getProperty("os.arch"));
        put(facts, "cpu", line("/proc/cpuinfo", "model name"));
        facts.put("cores", Runtime.getRuntime().availableProcessors());
        put(facts, "memory", line("/proc/meminfo", "MemTotal"));
        put(facts, "rmemMax", line("/proc/sys/net/core/rmem_max", ""));
        put(facts, "loadAverageAtStart", line("/proc/loadavg", ""));
        put(facts, "commit", output("git", "rev-parse", "--short=12", "HEAD"));
        put(facts, "uncommittedFiles", output("git", "status", "--porcelain", "--untracked-files=no"));
        return facts;
    }

    private static void put(Map<String, Object> facts, String name, String value) {
        if (!value.isEmpty()) {
            facts.put(name, value);
        }
    }

    private static String osName() {
        String pretty = line("/etc/os-release", "PRETTY_NAME");
        return pretty.isEmpty() ? System.getProperty("os.name") : pretty.replace("\"", "");
    }

    /**
     * The value of the first line that starts with {@code key}, or the whole first line for an empty key; empty when
     * there is none.
     */
    private static String line(String file, String key) {
        try {
            for (String line : Files.readAllLines(Path.of(file))) {
                if (line.startsWith(key)) {
                    return line.substring(key.length())
                            .replaceFirst("^\\s*[:=]", "")
                            .strip();
                }
            }
        } catch (IOException e) {
            // Not a Linux: the fact is left out.
        }
        return "";
    }

    private static String output(String... command) {
        try {
            Process process = new ProcessBuilder(List.of(command))
                    .directory(ResultFolder.root().toFile())
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
            return process.waitFor(TOOL_SECONDS_MAX, TimeUnit.SECONDS) && process.exitValue() == 0 ? text : "";
        } catch (IOException e) {
            return "";
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "";
        }
    }
}
