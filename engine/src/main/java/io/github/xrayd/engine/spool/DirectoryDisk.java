package io.github.xrayd.engine.spool;

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
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * A directory of the real file system.
 *
 * <p>Uses {@link RandomAccessFile}, because a {@link FileChannel} closes itself when its thread is interrupted, and threads are
 * interrupted at shutdown, just when batches are spooled.
 */
final class DirectoryDisk implements SpoolDisk {
    /**
     * The lock files of this process. The system takes a process's lock away when any descriptor of the file is closed, so a file that is
     * locked here must not be opened a second time.
     */
    private static final Set<Object> LOCKED = ConcurrentHashMap.newKeySet();

    private final Path directory;
    private final boolean isPosix;
    private @Nullable FileChannel channel;

    DirectoryDisk(Path directory) {
        this.directory = directory.toAbsolutePath();
        this.isPosix = directory.getFileSystem().supportedFileAttributeViews().contains("posix");
    }

    @Override
    public String name() {
        return directory.toString();
    }

    @Override
    public void makeDirectory() throws IOException {
        if (!Files.isDirectory(directory)) {
            Files.createDirectories(directory, permissions("rwx------"));
        }
    }

    @Override
    public List<Entry> list(int entriesMax) throws IOException {
        List<Entry> entries = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
            for (Path file : files) {
                if (entries.size() == entriesMax) {
                    throw new IOException("More than " + entriesMax + " files in " + directory);
                }
                try {
                    BasicFileAttributes attributes = attributes(file);
                    String name = Objects.requireNonNull(file.getFileName()).toString();
                    entries.add(new Entry(name, attributes.size(), kind(attributes)));
                } catch (NoSuchFileException e) {
                    // Deleted meanwhile.
                }
            }
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        return entries;
    }

    private static BasicFileAttributes attributes(Path file) throws IOException {
        return Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    }

    private static String kind(BasicFileAttributes attributes) {
        if (attributes.isRegularFile()) {
            return "";
        }
        if (attributes.isSymbolicLink()) {
            return "a symbolic link";
        }
        return attributes.isDirectory() ? "a directory" : "a FIFO, socket or device";
    }

    /** The path of a name that is a regular file. */
    private Path regular(String name) throws IOException {
        Path path = directory.resolve(name);
        String kind = kind(attributes(path));
        if (!kind.isEmpty()) {
            throw new FileSystemException(path.toString(), null, name + " is " + kind + ", not a file");
        }
        return path;
    }

    @Override
    public DiskFile open(String name, Access access) throws IOException {
        boolean isMade = access == Access.CREATE;
        if (access != Access.READ) {
            try {
                Files.createFile(directory.resolve(name), permissions("rw-------"));
                isMade = true;
            } catch (FileAlreadyExistsException e) {
                if (access == Access.CREATE) {
                    throw e;
                }
            }
        }
        Path path = regular(name);
        boolean isOpen = false;
        try {
            DiskFile file = new RealFile(path, new RandomAccessFile(path.toFile(), access == Access.READ ? "r" : "rw"));
            isOpen = true;
            return file;
        } finally {
            if (isMade && !isOpen) {
                Files.deleteIfExists(path);
            }
        }
    }

    @Override
    public void rename(String from, String to) throws IOException {
        Files.move(regular(from), directory.resolve(to), StandardCopyOption.ATOMIC_MOVE);
    }

    @Override
    public void delete(String name) throws IOException {
        try {
            Files.delete(regular(name));
        } catch (NoSuchFileException e) {
            // It is gone already.
        }
    }

    @Override
    public void forceDirectory() throws IOException {
        boolean isInterrupted = Thread.interrupted();
        try {
            openDirectory().force(true);
        } finally {
            restore(isInterrupted);
        }
    }

    /** Opens the directory once and keeps it open, so that a sync needs no descriptor. */
    private FileChannel openDirectory() throws IOException {
        FileChannel open = channel;
        if (open == null || !open.isOpen()) {
            open = FileChannel.open(directory, StandardOpenOption.READ);
            channel = open;
        }
        return open;
    }

    private void closeDirectory() throws IOException {
        FileChannel open = channel;
        if (open != null) {
            channel = null;
            open.close();
        }
    }

    @Override
    public long usableBytes() throws IOException {
        return Files.getFileStore(directory).getUsableSpace();
    }

    @Override
    public DiskFile lock(String name) throws IOException {
        try {
            Files.createFile(directory.resolve(name), permissions("rw-------"));
        } catch (FileAlreadyExistsException e) {
            // Left by an earlier process; whether it is locked is what counts.
        }
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
            isLocked = true;
            return new LockFile(path, file, lock, key);
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
        file.seek(0);
        int length = file.read(text);
        file.seek(0);
        return length <= 0
                ? ""
                : new String(text, 0, length, StandardCharsets.UTF_8)
                        .replace("\0", "")
                        .strip();
    }

    private static void restore(boolean isInterrupted) {
        if (isInterrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private FileAttribute<?>[] permissions(String text) {
        return isPosix
                ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(text))}
                : new FileAttribute<?>[0];
    }

    /** What tells this file from another of the same name. */
    private static Object key(Path path) throws IOException {
        Object key = attributes(path).fileKey();
        return key == null ? path.toRealPath() : key;
    }

    /** An open file. */
    private static class RealFile implements DiskFile {
        private final Path path;
        private final RandomAccessFile file;
        private final Object key;

        RealFile(Path path, RandomAccessFile file) throws IOException {
            this.path = path;
            this.file = file;
            this.key = key(path);
        }

        @Override
        public int read(byte[] target, int offset, int length, long position) throws IOException {
            file.seek(position);
            return file.read(target, offset, length);
        }

        @Override
        public int write(byte[] source, int offset, int length, long position) throws IOException {
            file.seek(position);
            file.write(source, offset, length);
            return length;
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
                return key.equals(key(path));
            } catch (IOException e) {
                return false;
            }
        }

        @Override
        public void close() throws IOException {
            file.close();
        }
    }

    /** The lock file, with the lock on it. */
    private final class LockFile extends RealFile {
        private final FileLock lock;
        private final Object key;

        LockFile(Path path, RandomAccessFile file, FileLock lock, Object key) throws IOException {
            super(path, file);
            this.lock = lock;
            this.key = key;
        }

        @Override
        public boolean isAttached() {
            return lock.isValid() && super.isAttached();
        }

        @Override
        public void close() throws IOException {
            boolean isHeld = lock.isValid();
            try {
                closeDirectory();
                super.close();
            } finally {
                if (isHeld) {
                    LOCKED.remove(key);
                }
            }
        }
    }
}
