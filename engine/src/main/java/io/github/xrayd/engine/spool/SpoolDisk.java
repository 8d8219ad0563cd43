package io.github.xrayd.engine.spool;

import java.io.Closeable;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * One directory of a file system, as little of it as a spool needs; tests override it to script its faults.
 *
 * <p>Names are plain file names. Called by one thread. Errors are {@link IOException}; an interrupted thread is not an
 * error: this uses {@link RandomAccessFile}, because a {@link FileChannel} closes itself when its thread is
 * interrupted, and threads are interrupted at shutdown, just when batches are spooled.
 */
public class SpoolDisk {
    /**
     * The lock files of this process. The system takes a process's lock away when any descriptor of the file is closed,
     * so a file that is locked here must not be opened a second time.
     */
    private static final Set<Object> LOCKED = ConcurrentHashMap.newKeySet();

    private final Path directory;
    private final boolean isPosix;
    /** Open while the directory is locked, so that a sync needs no descriptor. */
    private @Nullable FileChannel channel;

    SpoolDisk(Path directory) {
        this.directory = directory.toAbsolutePath();
        this.isPosix = directory.getFileSystem().supportedFileAttributeViews().contains("posix");
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
     * What is in the directory, in the order of the names; fails when there is more than {@code entriesMax}. Opens no
     * file.
     */
    public List<Entry> list(int entriesMax) throws IOException {
        List<Entry> entries = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
            for (Path file : files) {
                if (entries.size() == entriesMax) {
                    throw new IOException("More than " + entriesMax + " files in " + directory);
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
        return Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    }

    /** What tells this file from another of the same name. */
    private static Object key(Path path) throws IOException {
        Object key = attributes(path).fileKey();
        return key == null ? path.toRealPath() : key;
    }

    /** The path of a name that is a regular file. */
    private Path regular(String name) throws IOException {
        Path path = directory.resolve(name);
        Entry entry = entry(path);
        if (!entry.isFile()) {
            throw new FileSystemException(path.toString(), null, entry.refusal().replaceFirst("it", name));
        }
        return path;
    }

    /** Makes an empty file, readable by its owner only; returns whether it was not there before. */
    private boolean make(String name) throws IOException {
        try {
            Files.createFile(directory.resolve(name), permissions("rw-------"));
            return true;
        } catch (FileAlreadyExistsException e) {
            return false;
        }
    }

    private FileAttribute<?>[] permissions(String text) {
        return isPosix
                ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(text))}
                : new FileAttribute<?>[0];
    }

    /**
     * Opens a regular file; never follows a link or waits for a FIFO.
     *
     * @throws java.nio.file.NoSuchFileException when it is not there and {@code access} does not make it
     */
    public DiskFile open(String name, Access access) throws IOException {
        boolean isMade = access != Access.READ && make(name);
        if (access == Access.CREATE && !isMade) {
            throw new FileAlreadyExistsException(name);
        }
        Path path = regular(name);
        try {
            return new RealFile(path, new RandomAccessFile(path.toFile(), access == Access.READ ? "r" : "rw"), null);
        } catch (IOException e) {
            if (isMade) {
                Files.deleteIfExists(path);
            }
            throw e;
        }
    }

    /** Renames a file, over any file of the new name. */
    public void rename(String from, String to) throws IOException {
        Files.move(regular(from), directory.resolve(to), StandardCopyOption.ATOMIC_MOVE);
    }

    /** Deletes a regular file; does nothing when it is not there. */
    public void delete(String name) throws IOException {
        try {
            Files.delete(regular(name));
        } catch (NoSuchFileException e) {
            // It is gone already.
        }
    }

    /** Makes names that were added, changed or deleted survive a power loss. */
    public void forceDirectory() throws IOException {
        boolean isInterrupted = Thread.interrupted();
        try {
            openDirectory().force(true);
        } finally {
            restore(isInterrupted);
        }
    }

    private FileChannel openDirectory() throws IOException {
        FileChannel open = channel;
        if (open == null || !open.isOpen()) {
            open = FileChannel.open(directory, StandardOpenOption.READ);
            channel = open;
        }
        return open;
    }

    private static void restore(boolean isInterrupted) {
        if (isInterrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * Takes the lock file, until it is closed or the process ends, and writes this process's id into it for others to
     * read.
     *
     * @throws SpoolLockedException when someone has it, also in this process
     */
    public DiskFile lock(String name) throws IOException {
        make(name);
        Path path = regular(name);
        String pid = Long.toString(ProcessHandle.current().pid());
        Object key = key(path);
        if (!LOCKED.add(key)) {
            throw new SpoolLockedException(directory.toString(), pid);
        }
        boolean isInterrupted = Thread.interrupted();
        RandomAccessFile file = null;
        boolean isLocked = false;
        try {
            file = new RandomAccessFile(path.toFile(), "rw");
            String holder = holder(file);
            if (!holder.matches("[0-9]{0,19}")) {
                throw new FileSystemException(
                        path.toString(), null, name + " is not a lock file: it holds something else than a process id");
            }
            FileLock lock = file.getChannel().tryLock();
            if (lock == null) {
                throw new SpoolLockedException(directory.toString(), holder.isEmpty() ? "of unknown number" : holder);
            }
            file.setLength(0);
            file.write((pid + "\n").getBytes(StandardCharsets.UTF_8));
            openDirectory();
            DiskFile locked = new RealFile(path, file, lock);
            isLocked = true;
            return locked;
        } finally {
            if (!isLocked) {
                if (file != null) {
                    file.close();
                }
                LOCKED.remove(key);
            }
            restore(isInterrupted);
        }
    }

    /** What the file holds, without blanks and the zeros of a power loss; cut after 32 bytes. */
    private static String holder(RandomAccessFile file) throws IOException {
        byte[] text = new byte[32];
        int length = Math.max(0, file.read(text));
        file.seek(0);
        return new String(text, 0, length, StandardCharsets.UTF_8)
                .replace("\0", "")
                .strip();
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

    /** What a file is opened for. */
    enum Access {
        /** To read what is there. */
        READ,
        /** To read and write a file that must not be there yet. */
        CREATE,
        /** To read and write a file, made when missing. */
        WRITE
    }

    /** One open file; positions are bytes from its start. */
    interface DiskFile extends Closeable {
        /** Reads {@code length} bytes, or less at the end of the file; returns how many. */
        int read(byte[] target, int length, long position) throws IOException;

        /** Writes the first {@code length} bytes; after an error some of them may be there. */
        void write(byte[] source, int length, long position) throws IOException;

        long size() throws IOException;

        void truncate(long size) throws IOException;

        /** Makes content and length survive a power loss. */
        void force() throws IOException;

        /** Whether the file's name still leads to this file: not when it, or its directory, was deleted or replaced. */
        boolean isAttached();
    }

    /** An open file; with a lock, the lock file, which has the directory's channel closed with it. */
    private final class RealFile implements DiskFile {
        private final Path path;
        private final RandomAccessFile file;
        private final @Nullable FileLock lock;
        private final Object key;

        RealFile(Path path, RandomAccessFile file, @Nullable FileLock lock) throws IOException {
            this.path = path;
            this.file = file;
            this.lock = lock;
            this.key = key(path);
        }

        @Override
        public int read(byte[] target, int length, long position) throws IOException {
            file.seek(position);
            int done = 0;
            for (int read = 0; done < length && read >= 0; done += Math.max(0, read)) {
                read = file.read(target, done, length - done);
            }
            return done;
        }

        @Override
        public void write(byte[] source, int length, long position) throws IOException {
            file.seek(position);
            file.write(source, 0, length);
        }

        @Override
        public long size() throws IOException {
            return file.length();
        }

        @Override
        public void truncate(long size) throws IOException {
            file.setLength(size);
        }

        @Override
        public void force() throws IOException {
            file.getFD().sync();
        }

        @Override
        public boolean isAttached() {
            try {
                return (lock == null || lock.isValid()) && key.equals(key(path));
            } catch (IOException e) {
                return false;
            }
        }

        @Override
        public void close() throws IOException {
            boolean isHeld = lock != null && lock.isValid();
            try {
                if (isHeld && channel != null) {
                    channel.close();
                }
                file.close();
            } finally {
                if (isHeld) {
                    LOCKED.remove(key);
                }
            }
        }
    }
}
