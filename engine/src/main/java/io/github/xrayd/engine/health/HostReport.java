package io.github.xrayd.engine.health;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/**
 * The machine and its limits as Linux reports them, for diagnostics; elsewhere what Java knows. Files that cannot be
 * read are left out. Of the JVM's arguments only those that begin with {@code -X}: a property may hold a secret.
 */
public final class HostReport {
    private static final Set<String> MEMORY = Set.of("MemTotal", "MemAvailable", "SwapTotal", "SwapFree");
    private static final int LINES_MAX = 40;

    private HostReport() {}

    /** The report as it is now. */
    public static String text() {
        StringBuilder text = new StringBuilder()
                .append(System.getProperty("os.name"))
                .append(' ')
                .append(System.getProperty("os.version"))
                .append(' ')
                .append(System.getProperty("os.arch"))
                .append(", ")
                .append(Runtime.getRuntime().availableProcessors())
                .append(" processors, Java ")
                .append(System.getProperty("java.vm.version"))
                .append(", user ")
                .append(System.getProperty("user.name"))
                .append('\n');
        text.append("JVM arguments:");
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(argument -> argument.startsWith("-X"))
                .forEach(argument -> text.append(' ').append(argument));
        text.append('\n');
        file(text, "/proc/loadavg", line -> true);
        file(text, "/proc/meminfo", line -> MEMORY.contains(line.split(":", 2)[0]));
        file(text, "/proc/pressure/cpu", line -> true);
        file(text, "/proc/pressure/memory", line -> true);
        file(text, "/proc/pressure/io", line -> true);
        file(text, "/proc/sys/net/core/rmem_max", line -> true);
        file(text, "/proc/self/cgroup", line -> true);
        file(text, "/sys/fs/cgroup/memory.max", line -> true);
        file(text, "/sys/fs/cgroup/cpu.max", line -> true);
        file(text, "/sys/fs/cgroup/cpu.stat", line -> line.contains("throttled"));
        file(text, "/proc/self/limits", line -> true);
        file(text, "/proc/self/status", line -> line.startsWith("Vm") || line.startsWith("voluntary"));
        file(text, "/proc/net/snmp", line -> line.startsWith("Udp:"));
        return text.toString();
    }

    private static void file(StringBuilder text, String name, Predicate<String> isShown) {
        List<String> lines;
        try {
            lines = Files.readAllLines(Path.of(name));
        } catch (IOException e) {
            return;
        }
        text.append(name).append(":\n");
        lines.stream().filter(isShown).limit(LINES_MAX).forEach(line -> text.append("    ")
                .append(line)
                .append('\n'));
    }
}
