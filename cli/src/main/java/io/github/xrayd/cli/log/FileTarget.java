package io.github.xrayd.cli.log;

import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/**
 * Lines at the end of a file, which is renamed to {@code NAME.1} before it would grow past its limit.
 *
 * <p>Makes missing directories with mode 0750; a new file has mode 0640, less the umask: it may hold pieces of what
 * clients sent. Uses a stream and not a channel, because a channel is closed when the thread that logs is interrupted.
 */
final class FileTarget implements LogTarget {
    /** The reference daemon's limit, in bytes. */
    static final long ROTATION_BYTES = 50_000_000;

    private final Path file;
    private final long bytesMax;
    private FileOutputStream stream;
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
    FileTarget(Path file, long bytesMax) throws IOException {
        this.file = file.toAbsolutePath();
        this.bytesMax = bytesMax;
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
            length = Files.size(file);
            rotateAtBytes = bytesMax;
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

    /** When the rename fails the file goes on growing, and the next attempt comes a tenth of the limit later. */
    private void rotate() throws IOException {
        try {
            Files.move(file, file.resolveSibling(file.getFileName() + ".1"), StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            rotateAtBytes = length + Math.max(1, bytesMax / 10);
            return;
        }
        reopen();
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
