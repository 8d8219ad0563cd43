package io.github.xrayd.cli.doctor;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Which process has a port, as Linux tells it under {@code /proc}; nothing where it does not. */
public final class PortHolders {
    private static final String LISTENING = "0A";
    private static final int LOCAL_ADDRESS = 1;
    private static final int STATE = 3;
    private static final int INODE = 9;
    private static final int COMMAND_LENGTH_MAX = 120;

    private final Path proc;

    /** @param proc where the proc file system is mounted */
    public PortHolders(Path proc) {
        this.proc = proc;
    }

    /**
     * A process.
     *
     * @param command its command line
     */
    record Holder(long pid, String command) {
        /** Whether it looks like an X-Ray daemon, ours or the official one. */
        boolean isDaemon() {
            return command.contains("xrayd-cli-")
                    || command.matches("(\\S*/)?xray(\\s.*)?")
                    || command.matches("(\\S*/)?xray_(linux|mac)\\S*(\\s.*)?");
        }
    }

    @Nullable
    Holder udp(int port) {
        return holder(inodes(port, false, "net/udp", "net/udp6"));
    }

    @Nullable
    Holder tcp(int port) {
        return holder(inodes(port, true, "net/tcp", "net/tcp6"));
    }

    private Set<String> inodes(int port, boolean isListening, String... tables) {
        String suffix = String.format(":%04X", port);
        Set<String> inodes = new HashSet<>();
        for (String table : tables) {
            for (String line : lines(proc.resolve(table))) {
                String[] columns = line.trim().split("\\s+", -1);
                if (columns.length > INODE
                        && columns[LOCAL_ADDRESS].endsWith(suffix)
                        && (!isListening || columns[STATE].equals(LISTENING))) {
                    inodes.add("socket:[" + columns[INODE] + "]");
                }
            }
        }
        return inodes;
    }

    private @Nullable Holder holder(Set<String> inodes) {
        if (inodes.isEmpty()) {
            return null;
        }
        for (Path process : entries(proc, "[0-9]*")) {
            for (Path descriptor : entries(process.resolve("fd"), "*")) {
                if (inodes.contains(target(descriptor))) {
                    return new Holder(Long.parseLong(process.getFileName().toString()), command(process));
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
            String words = new String(Files.readAllBytes(process.resolve("cmdline")), StandardCharsets.UTF_8)
                    .replace('\0', ' ')
                    .replaceAll("\\p{Cntrl}", "?")
                    .trim();
            boolean isJava = words.contains("xrayd-cli-");
            return isJava || words.length() <= COMMAND_LENGTH_MAX
                    ? words
                    : words.substring(0, COMMAND_LENGTH_MAX) + "…";
        } catch (IOException e) {
            return "(unknown)";
        }
    }

    private static List<String> lines(Path file) {
        try {
            return Files.readAllLines(file);
        } catch (IOException e) {
            return List.of();
        }
    }
}
