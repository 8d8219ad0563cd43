package io.github.xrayd.chaos;

import io.github.xrayd.child.DaemonProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;

/**
 * A daemon's log file that is rotated as logrotate does it: renamed, then SIGHUP has the daemon open a new one. Deleted
 * when closed.
 */
final class RotatedLog implements AutoCloseable {
    private final Path file;
    private final Path rotated;

    /** A log; its directory is made. */
    RotatedLog(Path file) throws IOException {
        this.file = file;
        rotated = file.resolveSibling(file.getFileName() + ".1");
        Files.createDirectories(file.toAbsolutePath().getParent());
    }

    /** The flags of a daemon that writes it, behind others. */
    List<String> flags(List<String> others) {
        List<String> all = new ArrayList<>(others);
        all.add("--log-file");
        all.add(file.toString());
        return all;
    }

    /** Rotates it once. */
    void rotate(DaemonProcess daemon) throws IOException, InterruptedException {
        if (Files.exists(file)) {
            Files.move(file, rotated, StandardCopyOption.REPLACE_EXISTING);
        }
        daemon.signal("HUP");
    }

    @Override
    public void close() throws IOException {
        Files.deleteIfExists(file);
        Files.deleteIfExists(rotated);
    }
}
