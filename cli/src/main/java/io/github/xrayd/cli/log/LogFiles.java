package io.github.xrayd.cli.log;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * Makes log files that the daemon's user writes, its group reads and others do not see. What is there keeps its mode.
 */
public final class LogFiles {
    private static final String FILE_MODE = "rw-r-----";
    private static final String DIRECTORY_MODE = "rwxr-x---";

    private LogFiles() {}

    /** Makes the file when it is missing; mode 0640, less the umask. */
    public static void create(Path file) throws IOException {
        try {
            Files.createFile(file, attributes(file, FILE_MODE));
        } catch (FileAlreadyExistsException e) {
            // It keeps the mode that its owner gave it.
            return;
        }
    }

    /** Makes what is missing of the directory; mode 0750, less the umask. */
    static void createDirectories(Path directory) throws IOException {
        Files.createDirectories(directory, attributes(directory, DIRECTORY_MODE));
    }

    private static FileAttribute<?>[] attributes(Path path, String mode) {
        return path.getFileSystem().supportedFileAttributeViews().contains("posix")
                ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(mode))}
                : new FileAttribute<?>[0];
    }
}
