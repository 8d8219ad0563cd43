package io.github.xrayd.cli;

import io.github.xrayd.cli.log.LogText;
import io.github.xrayd.engine.StartException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The directory of {@code --diagnostics-dir}: holds the last {@value #REPORTS_MAX} reports, each of {@value #BYTES_MAX}
 * bytes at most and readable by its owner only. A report is a new file, never one that exists; files with other names
 * are left alone.
 */
final class DiagnosticsDirectory {
    /** How many reports are kept; the oldest goes first. */
    static final int REPORTS_MAX = 10;

    /** The longest report, in bytes. */
    static final int BYTES_MAX = 4 << 20;

    private static final String CUT = "\n(the report is cut here, at its limit)\n";
    private static final int NUMBERS_MAX = 100;
    private static final Pattern NAME = Pattern.compile("xrayd-\\d{8}T\\d{6}Z-\\d+(-\\d+)?\\.txt");
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);

    private final Path path;

    private DiagnosticsDirectory(Path path) {
        this.path = path;
    }

    /** The directory that the settings name, or null without one. */
    static @Nullable DiagnosticsDirectory of(Settings settings) {
        Path path = settings.pathOrNull(Setting.DIAGNOSTICS_DIR);
        return path == null
                ? null
                : new DiagnosticsDirectory(path.toAbsolutePath().normalize());
    }

    /**
     * Makes sure that reports can be written, as far as is known without writing one. Makes nothing.
     *
     * @throws StartException when they cannot
     */
    void check() throws StartException {
        Path existing = path;
        while (!Files.exists(existing, LinkOption.NOFOLLOW_LINKS) && existing.getParent() != null) {
            existing = existing.getParent();
        }
        if (!Files.isDirectory(existing)) {
            throw refused(existing + " is not a directory");
        }
        if (!Files.isWritable(existing)) {
            throw refused("no permission to write at " + existing);
        }
    }

    /**
     * Makes the directory where it is missing, for its owner only.
     *
     * @throws StartException when it cannot be made or written
     */
    void prepare() throws StartException {
        check();
        try {
            Files.createDirectories(path, owners(path.toAbsolutePath().getRoot(), "rwx------"));
        } catch (IOException e) {
            throw refused(e.toString());
        }
    }

    private StartException refused(String reason) {
        return new StartException("--diagnostics-dir " + path + " cannot be used: " + reason
                + ". Give the daemon's user the right to write there, or name another directory.");
    }

    /**
     * Writes a report, and deletes the oldest of those beyond {@value #REPORTS_MAX}. One at a time.
     *
     * @return its file
     * @throws IOException when it cannot be written
     */
    synchronized Path write(String text, long pid) throws IOException {
        byte[] bytes = LogText.redacted(text).getBytes(StandardCharsets.UTF_8);
        if (bytes.length > BYTES_MAX) {
            byte[] cut = CUT.getBytes(StandardCharsets.UTF_8);
            System.arraycopy(cut, 0, bytes, BYTES_MAX - cut.length, cut.length);
            bytes = Arrays.copyOf(bytes, BYTES_MAX);
        }
        Path file = create("xrayd-" + TIME.format(Instant.now()) + "-" + pid);
        Files.write(file, bytes);
        prune(file);
        return file;
    }

    private Path create(String name) throws IOException {
        for (int number = 1; number < NUMBERS_MAX; number++) {
            try {
                return createNew(path.resolve(name + (number == 1 ? "" : "-" + number) + ".txt"));
            } catch (FileAlreadyExistsException e) {
                // Another one of this second, or somebody's file: not over it, but beside it.
            }
        }
        throw new IOException("there are " + NUMBERS_MAX + " reports of this second in " + path);
    }

    /**
     * Makes a file that is not there yet, readable by its owner only.
     *
     * @throws FileAlreadyExistsException when it is there, or a link of its name
     */
    static Path createNew(Path file) throws IOException {
        return Files.createFile(file, owners(file.toAbsolutePath().getRoot(), "rw-------"));
    }

    /** Nothing on a file system without POSIX permissions: the directory's own rules hold there. */
    private static FileAttribute<?>[] owners(Path root, String permissions) {
        return root.getFileSystem().supportedFileAttributeViews().contains("posix")
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))
                }
                : new FileAttribute<?>[0];
    }

    private void prune(Path newest) throws IOException {
        List<Path> reports;
        try (Stream<Path> files = Files.list(path)) {
            reports = files.filter(
                            file -> NAME.matcher(file.getFileName().toString()).matches()
                                    && Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
                                    && !file.equals(newest))
                    .sorted()
                    .toList();
        }
        for (Path oldest : reports.subList(0, Math.max(0, reports.size() - (REPORTS_MAX - 1)))) {
            Files.deleteIfExists(oldest);
        }
    }

    @Override
    public String toString() {
        return path.toString();
    }
}
