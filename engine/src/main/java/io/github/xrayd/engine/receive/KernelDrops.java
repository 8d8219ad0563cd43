package io.github.xrayd.engine.receive;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * Datagrams the kernel dropped because a socket's buffer was full, read from {@code /proc/net/udp} and
 * {@code /proc/net/udp6} (the last column, "drops"; proc(5)).
 *
 * <p>The kernel keeps the number per socket since it was opened; several sockets on one port are added up.
 */
public final class KernelDrops {
    private static final List<Path> TABLES = List.of(Path.of("/proc/net/udp"), Path.of("/proc/net/udp6"));
    private static final int LOCAL_ADDRESS_COLUMN = 1;

    private KernelDrops() {}

    /**
     * The drops of all sockets bound to a port of this host.
     *
     * @param port the local port
     * @return the count, or -1 when this system does not report it
     */
    public static long ofPort(int port) {
        String suffix = String.format(Locale.ROOT, ":%04X", port);
        long drops = -1;
        for (Path table : TABLES) {
            for (String line : lines(table)) {
                if (!line.contains(suffix)) {
                    // Read once a second, and a host may have many sockets.
                    continue;
                }
                String[] columns = line.trim().split("\\s+", -1);
                if (columns.length > LOCAL_ADDRESS_COLUMN && columns[LOCAL_ADDRESS_COLUMN].endsWith(suffix)) {
                    drops = Math.max(drops, 0) + Long.parseLong(columns[columns.length - 1]);
                }
            }
        }
        return drops;
    }

    private static List<String> lines(Path table) {
        try {
            return Files.readAllLines(table);
        } catch (IOException e) {
            return List.of();
        }
    }
}
