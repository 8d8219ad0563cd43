package io.github.xrayd.engine.spool;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.file.LinkOption.NOFOLLOW_LINKS;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import org.agrona.CloseHelper;
import org.jspecify.annotations.Nullable;

/**
 * One directory of a file system, as little of it as a spool needs; tests override it to script its faults.
 *
 * <p>Names are plain file names. Called by one thread. Errors are {@link IOException}. Nobody interrupts the threads
 * that use it: an interrupt would close the {@link FileChannel} in use.
 */
public class SpoolDisk implements Closeable {
    /**
     * Keys of the lock files of this process. The system takes a process's lock away when any descriptor of the file is
     * closed, so a file that is locked here must not be opened a second time.
     */
    private static final Set<Object> LOCKED = new HashSet<>();

    private static final int ENTRIES_MAX = 200_000;

    /** Java has no type for most disk errors, only the system's message. */
    private static final Pattern FULL =
            Pattern.compile("no space left|not enough space|quota exceeded|disk is full", Pattern.CASE_INSENSITIVE);

    /** The most bytes given to a channel at once, which keeps a buffer of that length for each thread. */
    private static final int PIECE_BYTES = 64 << 10;

    private final Path directory;
    private @Nullable FileChannel lock;
    private @Nullable Object lockKey;
    /** Open while the directory is locked, so that a sync needs no descriptor. */
    private @Nullable FileChannel channel;

    SpoolDisk(Path directory) {
        this.directory = directory.toAbsolutePath();
    }

    /** The directory's name, for messages. */
    public String name() {
        return directory.toString();
    }

    /** Makes the directory, readable by its owner only; does nothing when it is there. */
    public void makeDirectory() throws IOException {
        if (!Files.isDirectory(directory)) {
            Files.createDirectories(directory, permissions("rwx------"));
        }
    }

    /**
     * What is in the directory, in the order of the names; fails when there is more than {@value #ENTRIES_MAX}. Opens
     * no file.
     */
    public List<Entry> list() throws IOException {
        List<Entry> entries = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
            for (Path file : files) {
                if (entries.size() == ENTRIES_MAX) {
                    throw new IOException("More than " + ENTRIES_MAX + " files in " + directory);
                }
                try {
                    entries.add(entry(file));
                } catch (NoSuchFileException e) {
                    // Deleted meanwhile.
                }
            }
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        entries.sort(Comparator.comparing(Entry::name));
        return entries;
    }

    private static Entry entry(Path file) throws IOException {
        BasicFileAttributes attributes = attributes(file);
        String refusal = "";
        if (!attributes.isRegularFile()) {
            String kind = attributes.isDirectory() ? "a directory" : "a FIFO, socket or device";
            refusal = "it is " + (attributes.isSymbolicLink() ? "a symbolic link" : kind) + ", not a file";
        }
        return new Entry(Objects.requireNonNull(file.getFileName()).toString(), attributes.size(), refusal);
    }

    private static BasicFileAttributes attributes(Path file) throws IOException {
        return Files.readAttributes(file, BasicFileAttributes.class, NOFOLLOW_LINKS);
    }

    /** What tells the file of this name from another one of the same name; null when there is none. */
    public @Nullable Object key(String name) {
        try {
            return attributes(directory.resolve(name)).fileKey();
        } catch (IOException e) {
            return null;
        }
    }

    /** The path of a name that is a regular file, or of none. */
    private Path regular(String name) throws IOException {
        Path path = directory.resolve(name);
        if (Files.exists(path, NOFOLLOW_LINKS)) {
            Entry entry = entry(path);
            if (!entry.isFile()) {
                throw new FileSystemException(
                        path.toString(), null, entry.refusal().replaceFirst("it", name));
            }
        }
        return path;
    }

    private FileAttribute<?>[] permissions(String text) {
        return directory.getFileSystem().supportedFileAttributeViews().contains("posix")
                ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(text))}
                : new FileAttribute<?>[0];
    }

    /**
     * Opens a regular file; never follows a link or waits for a FIFO. What it makes is readable by its owner only.
     *
     * @param access READ; or to read and write: CREATE a file when it is missing, or CREATE_NEW
     * @throws NoSuchFileException when it is not there and is not to be made
     * @throws java.nio.file.FileAlreadyExistsException when it is there and must be new
     */
    public FileChannel open(String name, StandardOpenOption access) throws IOException {
        Path path = access == CREATE_NEW ? directory.resolve(name) : regular(name);
        return access == READ
                ? FileChannel.open(path, READ, NOFOLLOW_LINKS)
                : FileChannel.open(path, Set.of(access, READ, WRITE, NOFOLLOW_LINKS), permissions("rw-------"));
    }

    /** Reads {@code length} bytes, or less at the end of the file; returns how many. */
    static int read(FileChannel file, byte[] target, int length, long position) throws IOException {
        int done = 0;
        int read = 0;
        while (done < length && read >= 0) {
            int piece = Math.min(PIECE_BYTES, length - done);
            read = file.read(ByteBuffer.wrap(target, done, piece), position + done);
            done += Math.max(0, read);
        }
        return done;
    }

    /** Writes all bytes; after an error some of them may be there. */
    static void write(FileChannel file, byte[] source, long position) throws IOException {
        int done = 0;
        while (done < source.length) {
            int piece = Math.min(PIECE_BYTES, source.length - done);
            done += file.write(ByteBuffer.wrap(source, done, piece), position + done);
        }
    }

    /** Renames a file, over any file of the new name. */
    public void rename(String from, String to) throws IOException {
        Files.move(regular(from), directory.resolve(to), StandardCopyOption.ATOMIC_MOVE);
    }

    /** Deletes a regular file; does nothing when it is not there. */
    public void delete(String name) throws IOException {
        Files.deleteIfExists(regular(name));
    }

    /** Makes names that were added, changed or deleted survive a power loss; only while the directory is locked. */
    public void forceDirectory() throws IOException {
        Objects.requireNonNull(channel, "not locked").force(true);
    }

    /**
     * Locks the directory until it is closed or the process ends, and writes this process's id into the lock file for
     * others to read.
     *
     * @throws SpoolLockedException when someone has it, also in this process
     */
    public void lock() throws IOException {
        String pid = Long.toString(ProcessHandle.current().pid());
        synchronized (LOCKED) {
            Object holderKey = key(SpoolFileLayout.LOCK);
            if (holderKey != null && LOCKED.contains(holderKey)) {
                throw new SpoolLockedException(name(), pid);
            }
            FileChannel file = open(SpoolFileLayout.LOCK, CREATE);
            try {
                byte[] text = new byte[32];
                // Without blanks and the zeros of a power loss.
                String holder = new String(text, 0, read(file, text, text.length, 0), US_ASCII)
                        .replace("\0", "")
                        .strip();
                if (!holder.matches("[0-9]{0,19}")) {
                    String reason =
                            SpoolFileLayout.LOCK + " is not a lock file: it holds something else than a process id";
                    throw new FileSystemException(name(), null, reason);
                }
                if (file.tryLock() == null) {
                    throw new SpoolLockedException(name(), holder.isEmpty() ? "of unknown number" : holder);
                }
                write(file.truncate(0), (pid + "\n").getBytes(US_ASCII), 0);
                Object key = attributes(directory.resolve(SpoolFileLayout.LOCK)).fileKey();
                channel = FileChannel.open(directory, READ);
                LOCKED.add(key);
                lockKey = key;
                lock = file;
            } finally {
                if (lock == null) {
                    file.close();
                }
            }
        }
    }

    /** Whether it is locked, and its name still leads to it: not when it was deleted or replaced. */
    public boolean isLocked() {
        return lockKey != null && lockKey.equals(key(SpoolFileLayout.LOCK));
    }

    /** Gives up the lock; does nothing when it is not locked. */
    @Override
    public void close() {
        synchronized (LOCKED) {
            CloseHelper.quietCloseAll(channel, lock);
            if (lockKey != null) {
                LOCKED.remove(lockKey);
            }
            lockKey = null;
            lock = null;
        }
    }

    /** Whether the disk, or the user's share of it, is full. */
    static boolean isFull(IOException e) {
        return FULL.matcher(text(e)).find();
    }

    /** Whether the process, or the system, has no file descriptor left. */
    static boolean isOutOfDescriptors(IOException e) {
        return text(e).toLowerCase(Locale.ROOT).contains("too many open files");
    }

    /** The reason without the file's name, so that the same error at another file has the same text. */
    static String text(IOException e) {
        String message = e instanceof FileSystemException f ? f.getReason() : e.getMessage();
        if (message == null) {
            // What its type says: NoSuchFileException is "no such file".
            String type = e.getClass().getSimpleName().replace("Exception", "");
            message = type.replaceAll("(?<=[a-z])(?=[A-Z])", " ").toLowerCase(Locale.ROOT);
        }
        return message;
    }

    /**
     * A name in the directory.
     *
     * @param size of the file in bytes
     * @param refusal why it is not opened, when it is no regular file; else empty
     */
    record Entry(String name, long size, String refusal) {
        boolean isFile() {
            return refusal.isEmpty();
        }
    }
}
