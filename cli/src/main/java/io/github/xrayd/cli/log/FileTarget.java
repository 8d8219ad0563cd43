package io.github.xrayd.cli.log;

import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import org.jspecify.annotations.Nullable;

/**
 * Lines at the end of a file, which is renamed to {@code NAME.1} before it would grow past its limit.
 *
 * <p>Makes missing directories with mode 0750; a new file has mode 0640, less the umask: it may hold pieces of what
 * clients sent. Uses a stream and not a channel, because a channel is closed when the thread that logs is interrupted.
 *
 * <p>Looks before a line, every {@link #LOOK_NS} at most, whether the file still has its name: one that was renamed or
 * removed is opened anew without a signal, which {@code nohup} keeps from the daemon.
 */
final class FileTarget implements LogTarget {
    /** The reference daemon's limit, in bytes. */
    static final long ROTATION_BYTES = 50 << 20;

    static final long LOOK_NS = 200_000_000;

    private static final int LINKS_MAX = 40;

    private final Path file;
    private final long bytesMax;
    private final LogClock clock;
    private FileOutputStream stream;
    /** What tells the open file from another one of its name, or null where the system has nothing for that. */
    private @Nullable Object key;

    private long lookedNs;
    private long length;
    private long rotateAtBytes;
    private boolean isLineBroken;
    private boolean isClosed;

    /**
     * Opens the file.
     *
     * @param bytesMax length at which it is renamed, or 0 for never
     * @throws IOException naming the file and why it cannot be written
     */
    FileTarget(Path file, long bytesMax, LogClock clock) throws IOException {
        this.file = file.toAbsolutePath();
        this.bytesMax = bytesMax;
        this.clock = clock;
        stream = open();
    }

    private FileOutputStream open() throws IOException {
        try {
            Path directory = file.getParent();
            if (directory != null && !Files.isDirectory(directory)) {
                LogFiles.createDirectories(directory);
            }
            LogFiles.create(file);
            FileOutputStream opened = new FileOutputStream(file.toFile(), true);
            rotateAtBytes = bytesMax;
            lookedNs = clock.monotonicNs();
            key = null;
            length = 0;
            try {
                BasicFileAttributes found = Files.readAttributes(file, BasicFileAttributes.class);
                key = found.fileKey();
                length = found.size();
            } catch (NoSuchFileException e) {
                // Moved away already: the next look finds it missing.
                return opened;
            }
            return opened;
        } catch (IOException e) {
            throw new IOException("Cannot write the log file " + file + ": " + reason(e), e);
        }
    }

    private static String reason(IOException e) {
        String kind = e.getClass().getSimpleName();
        return switch (kind) {
            case "AccessDeniedException" -> "permission denied at " + e.getMessage();
            case "FileAlreadyExistsException" -> e.getMessage() + " is not a directory";
            case "FileNotFoundException" -> String.valueOf(e.getMessage());
            default -> kind + " " + e.getMessage();
        };
    }

    @Override
    public void write(byte[] lines) throws IOException {
        if (isClosed) {
            throw new IOException("the log file is closed");
        }
        look();
        if (bytesMax > 0 && length > 0 && length + lines.length > rotateAtBytes) {
            rotate();
        }
        if (isLineBroken) {
            stream.write('\n');
            length++;
            isLineBroken = false;
        }
        try {
            stream.write(lines);
            length += lines.length;
        } catch (IOException e) {
            // A full disk may have taken the first half.
            isLineBroken = true;
            throw e;
        }
    }

    /** Opens the file anew when somebody has moved it away, and learns how long it is when somebody has cut it. */
    private void look() {
        long nowNs = clock.monotonicNs();
        if (nowNs - lookedNs < LOOK_NS) {
            return;
        }
        lookedNs = nowNs;
        boolean isMoved = false;
        try {
            BasicFileAttributes found = Files.readAttributes(file, BasicFileAttributes.class);
            isMoved = key != null && !key.equals(found.fileKey());
            length = found.size();
        } catch (NoSuchFileException e) {
            isMoved = true;
        } catch (IOException e) {
            // Nothing is known of it; the lines go where they went before.
            return;
        }
        if (isMoved) {
            try {
                reopen();
            } catch (IOException e) {
                // Where nobody may make a new file, the old one is the best there is.
                return;
            }
        }
    }

    /** When the rename fails the file goes on growing, and the next attempt comes a tenth of the limit later. */
    private void rotate() throws IOException {
        rotateAtBytes = length + Math.max(1, bytesMax / 10);
        try {
            Path renamed = regularFile();
            if (renamed == null) {
                return;
            }
            Files.move(
                    renamed, renamed.resolveSibling(renamed.getFileName() + ".1"), StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            return;
        }
        reopen();
    }

    /**
     * The file behind links, or null when it is something that must keep its name, as {@code /dev/stdout}, which leads
     * to an open file whatever that is called, or a pipe.
     */
    private @Nullable Path regularFile() throws IOException {
        Path path = file;
        for (int links = 0; links < LINKS_MAX && Files.isSymbolicLink(path); links++) {
            Path parent = path.getParent();
            Path directory = parent == null ? null : parent.toRealPath();
            if (directory == null || directory.startsWith("/proc")) {
                return null;
            }
            path = directory.resolve(Files.readSymbolicLink(path));
        }
        return Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS) ? path : null;
    }

    @Override
    public void reopen() throws IOException {
        FileOutputStream old = stream;
        stream = open();
        isLineBroken = false;
        isClosed = false;
        old.close();
    }

    @Override
    public void close() throws IOException {
        isClosed = true;
        stream.close();
    }
}
