package io.github.xrayd.cli.doctor;

import io.github.xrayd.child.ProcFs;
import io.github.xrayd.engine.aws.Finding;
import java.nio.file.Files;
import java.nio.file.Path;

/** What the kernel and the file system grant the daemon. */
public final class Host {
    private Host() {}

    /**
     * Whether the kernel grants the socket buffer that is asked for.
     *
     * @param bytes what is asked for; 0 for the system's default
     */
    public static Finding socketBuffer(long bytes) {
        String check = "socket buffer";
        long limit = ProcFs.kernelSetting("net.core.rmem_max");
        if (limit < 0) {
            return new Finding(check, Finding.State.SKIPPED, "this system does not report net.core.rmem_max", "");
        }
        if (bytes == 0) {
            return Finding.warning(
                    check,
                    "the system's default is asked for, " + ProcFs.kernelSetting("net.core.rmem_default") + " bytes",
                    "A burst of segments may not fit; leave --socket-buffer out, which asks for 4 MiB.");
        }
        if (limit >= bytes) {
            return Finding.ok(check, bytes + " bytes are granted (net.core.rmem_max = " + limit + ")");
        }
        return Finding.warning(
                check,
                "of " + bytes + " bytes the kernel grants " + limit + " (net.core.rmem_max)",
                "So that no burst is lost: sysctl -w net.core.rmem_max=" + bytes
                        + ", and the same line in /etc/sysctl.d to keep it.");
    }

    /** Whether a log file can be written; does not make it. */
    public static Finding logFile(Path file) {
        return Files.isDirectory(file)
                ? Finding.failed(
                        "log file", file.toAbsolutePath().normalize() + " is a directory", "Name a file with -f.")
                : writable("log file", file, "-f");
    }

    /**
     * Whether a directory of the daemon's can be written or made; does not make it.
     *
     * @param check what it is
     * @param flag the flag that names it
     */
    public static Finding directory(String check, Path directory, String flag) {
        return Files.exists(directory) && !Files.isDirectory(directory)
                ? Finding.failed(
                        check,
                        directory.toAbsolutePath().normalize() + " is not a directory",
                        "Name a directory with " + flag + ".")
                : writable(check, directory, flag);
    }

    private static Finding writable(String check, Path path, String flag) {
        Path absolute = path.toAbsolutePath().normalize();
        Path existing = absolute;
        while (!Files.exists(existing)) {
            Path above = existing.getParent();
            if (above == null) {
                break;
            }
            existing = above;
        }
        boolean isUsable = Files.isWritable(existing) && (existing.equals(absolute) || Files.isDirectory(existing));
        return isUsable
                ? Finding.ok(check, absolute + " can be written")
                : Finding.failed(
                        check,
                        absolute + " cannot be written: no permission at " + existing,
                        "Give the daemon's user the right to write there, or name another place with " + flag + ".");
    }
}
