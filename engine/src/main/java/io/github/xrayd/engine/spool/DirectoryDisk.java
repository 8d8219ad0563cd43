package io.github.xrayd.engine.spool;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
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
import org.jspecify.annotations.Nullable;

/**
 * A directory of the real file system.
 *
 * <p>Uses {@link RandomAccessFile}, because a {@link FileChannel} closes itself when its thread is interrupted, and threads are
 * interrupted at shutdown, just when batches are spooled.
 */
final class DirectoryDisk implements SpoolDisk {
    private final Path directory;
    private final boolean isPosix;

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
            Path parent = directory.getParent();
            if (parent != null) {
                Files.createDirectories(parent);
            }
            Files.createDirectories(directory, permissions("rwx------"));
        }
    }

    @Override
    public List<String> list(int filesMax) throws IOException {
        List<String> names = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
            for (Path file : files) {
                if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
                    continue;
                }
                if (names.size() == filesMax) {
                    throw new IOException("More than " + filesMax + " files in " + directory);
                }
                names.add(Objects.requireNonNull(file.getFileName()).toString());
            }
        }
        return names;
    }

    @Override
    public DiskFile open(String name, Access access) throws IOException {
        Path path = directory.resolve(name);
        if (access == Access.CREATE) {
            Files.createFile(path, permissions("rw-------"));
        } else if (access == Access.WRITE) {
            try {
                Files.createFile(path, permissions("rw-------"));
            } catch (FileAlreadyExistsException e) {
                // Then it is opened as it is.
            }
        } else if (!Files.exists(path)) {
            throw new NoSuchFileException(path.toString());
        }
        return new RealFile(path, new RandomAccessFile(path.toFile(), access == Access.READ ? "r" : "rw"), null);
    }

    @Override
    public void rename(String from, String to) throws IOException {
        Files.move(directory.resolve(from), directory.resolve(to), StandardCopyOption.ATOMIC_MOVE);
    }

    @Override
    public void delete(String name) throws IOException {
        Files.deleteIfExists(directory.resolve(name));
    }

    @Override
    public void forceDirectory() throws IOException {
        boolean isInterrupted = Thread.interrupted();
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        } finally {
            restore(isInterrupted);
        }
    }

    @Override
    public long usableBytes() throws IOException {
        return Files.getFileStore(directory).getUsableSpace();
    }

    @Override
    public DiskFile lock(String name, String holder) throws IOException {
        Path path = directory.resolve(name);
        try {
            Files.createFile(path, permissions("rw-------"));
        } catch (FileAlreadyExistsException e) {
            // Left by an earlier process; whether it is locked is what counts.
        }
        boolean isInterrupted = Thread.interrupted();
        RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw");
        boolean isLocked = false;
        try {
            FileLock lock = tryLock(file.getChannel());
            if (lock == null) {
                throw new SpoolLockedException(directory.toString(), holder(file));
            }
            byte[] text = (holder + "\n").getBytes(StandardCharsets.UTF_8);
            file.setLength(0);
            file.write(text);
            isLocked = true;
            return new RealFile(path, file, lock);
        } finally {
            if (!isLocked) {
                file.close();
            }
            restore(isInterrupted);
        }
    }

    private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException e) {
            return null;
        }
    }

    private static String holder(RandomAccessFile file) throws IOException {
        byte[] text = new byte[32];
        int length = file.read(text);
        String holder = length <= 0 ? "" : new String(text, 0, length, StandardCharsets.UTF_8).strip();
        return holder.matches("[0-9]{1,19}") ? holder : "of unknown number";
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

    private static @Nullable Object key(Path path) throws IOException {
        return Files.readAttributes(path, BasicFileAttributes.class).fileKey();
    }

    /** A file, with the lock on it if it is one. */
    private static final class RealFile implements DiskFile {
        private final Path path;
        private final RandomAccessFile file;
        private final @Nullable FileLock lock;
        private final @Nullable Object key;

        RealFile(Path path, RandomAccessFile file, @Nullable FileLock lock) throws IOException {
            this.path = path;
            this.file = file;
            this.lock = lock;
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
                return (lock == null || lock.isValid()) && Objects.equals(key, key(path));
            } catch (IOException e) {
                return false;
            }
        }

        @Override
        public void close() throws IOException {
            file.close();
        }
    }
}
