package io.github.xrayd.child;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A process that has a port.
 *
 * @param pid its id
 * @param command its command line
 */
public record PortHolder(long pid, String command) {
    private static final int COMMAND_LENGTH_MAX = 120;

    /** Whether it looks like an X-Ray daemon, ours or the official one. */
    public boolean isDaemon() {
        return command.contains("xrayd-cli-")
                || command.matches("(\\S*/)?xray(\\s.*)?")
                || command.matches("(\\S*/)?xray_(linux|mac)\\S*(\\s.*)?");
    }

    /** Which process has a UDP port; null when none does, or the system does not report it. */
    public static @Nullable PortHolder udp(int port) {
        return of(ProcFs.udpSockets(port));
    }

    /** Which process listens on a TCP port; null when none does, or the system does not report it. */
    public static @Nullable PortHolder tcp(int port) {
        return of(ProcFs.tcpListeners(port));
    }

    private static @Nullable PortHolder of(List<ProcFs.Socket> sockets) {
        Set<String> targets = sockets.stream()
                .map(socket -> "socket:[" + socket.inode() + "]")
                .collect(Collectors.toSet());
        if (targets.isEmpty()) {
            return null;
        }
        for (Path process : entries(Path.of("/proc"), "[0-9]*")) {
            for (Path descriptor : entries(process.resolve("fd"), "*")) {
                if (targets.contains(target(descriptor))) {
                    return new PortHolder(Long.parseLong(process.getFileName().toString()), command(process));
                }
            }
        }
        return null;
    }

    private static List<Path> entries(Path directory, String glob) {
        List<Path> all = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory, glob)) {
            entries.forEach(all::add);
        } catch (IOException | RuntimeException e) {
            // Another user's process, or one that has ended: what was seen until then counts.
            return all;
        }
        return all;
    }

    private static String target(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).toString();
        } catch (IOException e) {
            return "";
        }
    }

    private static String command(Path process) {
        try {
            String line = new String(Files.readAllBytes(process.resolve("cmdline")), StandardCharsets.UTF_8)
                    .replace('\0', ' ')
                    .replaceAll("\\p{Cntrl}", "?")
                    .trim();
            boolean isJava = line.contains("xrayd-cli-");
            return isJava || line.length() <= COMMAND_LENGTH_MAX
                    ? line
                    : line.substring(0, COMMAND_LENGTH_MAX) + "\u2026";
        } catch (IOException e) {
            return "(unknown)";
        }
    }
}
