package io.github.xrayd.engine.spool;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A disk in memory whose faults come from a seed: short writes, a full disk, errors, a process that dies in any
 * operation, and a power loss after which any unsynced sector and any unsynced name may be there or not.
 */
public final class ScriptedDisk extends SpoolDisk {
    /** The process is gone; thrown from inside the operation in which it died. */
    public static final class Crash extends Error {
        private static final long serialVersionUID = 1;

        public Crash() {
            super("crash", null, false, false);
        }
    }

    private static final int SECTOR = 512;

    private final Random random;
    /** Chance of an error in each operation, 0 to 1. */
    public double errorChance;
    /** Chance that a write takes a part only, and then fails. */
    public double shortChance;
    /** Bytes the disk has. */
    public long capacity = Long.MAX_VALUE;

    /** Files at which every operation fails. */
    public final Set<String> broken = new HashSet<>();
    /** How many files may be open at once. */
    public int handlesMax = Integer.MAX_VALUE;

    /** Whether a power loss takes nothing that was written, as on a disk mounted for synchronous writes. */
    public boolean isWriteThrough;

    public boolean isReadOnly;
    public boolean isGone;
    /** Operations until the process dies, or negative for never. */
    public int crashIn = -1;

    int operations;
    /** Operations that failed. */
    int failures;

    /** Files that are open. */
    int handles;

    private Map<String, Inode> names = new TreeMap<>();
    private Map<String, Inode> syncedNames = new TreeMap<>();
    private List<Consumer<Map<String, Inode>>> unsyncedNames = new ArrayList<>();
    private Map<String, Inode> takenAway = new TreeMap<>();
    private @Nullable Inode lock;
    private boolean isDead;
    private int process;

    public ScriptedDisk(Random random) {
        super(Path.of("scripted"));
        this.random = random;
    }

    private static final class Inode {
        byte[] bytes = new byte[0];
        byte[] synced = new byte[0];
        /** Written since the last force, pairs of start and end; a force that fails forgets them, as kernels do. */
        List<int[]> dirty = new ArrayList<>();
    }

    /** The process is gone, the system lives: everything written stays, the lock is free. */
    public void endProcess() {
        crashIn = -1;
        isDead = false;
        lock = null;
        process++;
        handles = 0;
    }

    /** The system is gone: of what was not synced, any part may be missing. */
    public void losePower() {
        endProcess();
        boolean isOrdered = random.nextBoolean();
        int kept = random.nextInt(unsyncedNames.size() + 1);
        for (int i = 0; i < unsyncedNames.size(); i++) {
            if (isOrdered ? i < kept : random.nextBoolean()) {
                unsyncedNames.get(i).accept(syncedNames);
            }
        }
        unsyncedNames = new ArrayList<>();
        names = new TreeMap<>(syncedNames);
        names.values().stream().distinct().forEach(this::tear);
    }

    private void tear(Inode inode) {
        byte[] written = inode.bytes;
        byte[] synced = inode.synced;
        if (Arrays.equals(written, synced)) {
            return;
        }
        int low = Math.min(written.length, synced.length);
        int high = Math.max(written.length, synced.length);
        int length = random.nextBoolean() ? (random.nextBoolean() ? low : high) : low + random.nextInt(high - low + 1);
        byte[] left = Arrays.copyOf(synced, length);
        for (int at = 0; at < length; at += SECTOR) {
            if (random.nextBoolean()) {
                int end = Math.min(Math.min(at + SECTOR, length), written.length);
                if (end > at) {
                    System.arraycopy(written, at, left, at, end - at);
                }
            }
        }
        inode.bytes = left;
        inode.synced = left.clone();
        inode.dirty = new ArrayList<>();
    }

    /** The directory is deleted, or its disk is unplugged; {@link #giveBack} undoes it. */
    public void takeAway() {
        takenAway = names;
        names = new TreeMap<>();
        syncedNames = new TreeMap<>();
        unsyncedNames = new ArrayList<>();
    }

    /** Puts the directory back as it was taken away, instead of what is there now. */
    public void giveBack() {
        names = takenAway;
        syncedNames = new TreeMap<>(names);
        unsyncedNames = new ArrayList<>();
    }

    /** Whether a power loss may take any of it. */
    boolean isUnsynced() {
        return !unsyncedNames.isEmpty()
                || names.values().stream().anyMatch(inode -> !Arrays.equals(inode.bytes, inode.synced));
    }

    long bytes() {
        return names.entrySet().stream()
                .filter(entry -> !entry.getKey().equals(SpoolFileLayout.LOCK))
                .mapToLong(entry -> entry.getValue().bytes.length)
                .sum();
    }

    Map<String, byte[]> contents() {
        Map<String, byte[]> contents = new TreeMap<>();
        names.forEach((name, inode) -> contents.put(name, inode.bytes));
        return contents;
    }

    void put(String name, byte[] bytes) {
        Inode inode = new Inode();
        inode.bytes = bytes;
        inode.synced = bytes.clone();
        names.put(name, inode);
        syncedNames.put(name, inode);
    }

    private void step(String what) throws IOException {
        operations++;
        if (isDead || (crashIn >= 0 && crashIn-- == 0)) {
            isDead = true;
            throw new Crash();
        }
        if (isGone) {
            throw new NoSuchFileException("scripted " + what);
        }
        if (random.nextDouble() < errorChance) {
            throw failed(new IOException("Input/output error (scripted " + what + ")"));
        }
    }

    private <E extends IOException> E failed(E e) {
        failures++;
        return e;
    }

    private void change(Consumer<Map<String, Inode>> change) {
        change.accept(names);
        if (isWriteThrough) {
            change.accept(syncedNames);
        } else {
            unsyncedNames.add(change);
        }
    }

    private void checkWorks(String name) throws IOException {
        if (broken.contains(name)) {
            throw failed(new FileSystemException(name, null, "Input/output error (scripted " + name + ")"));
        }
    }

    private void checkWritable() throws IOException {
        if (isReadOnly) {
            throw failed(new IOException("Read-only file system"));
        }
    }

    private long used() {
        return names.values().stream().mapToLong(inode -> inode.bytes.length).sum();
    }

    @Override
    public void makeDirectory() throws IOException {
        step("mkdir");
    }

    @Override
    public List<Entry> list() throws IOException {
        step("list");
        List<Entry> entries = new ArrayList<>();
        names.forEach((name, inode) -> entries.add(new Entry(name, inode.bytes.length, "")));
        return entries;
    }

    @Override
    public FileChannel open(String name, StandardOpenOption access) throws IOException {
        step("open");
        checkWorks(name);
        if (handles >= handlesMax) {
            throw failed(new FileSystemException(name, null, "Too many open files"));
        }
        Inode inode = names.get(name);
        if (access == StandardOpenOption.CREATE_NEW && inode != null) {
            throw new FileAlreadyExistsException(name);
        }
        if (access != StandardOpenOption.READ) {
            checkWritable();
        }
        if (inode == null) {
            if (access == StandardOpenOption.READ) {
                throw new NoSuchFileException(name);
            }
            Inode made = new Inode();
            inode = made;
            change(map -> map.put(name, made));
        }
        return new Handle(name, inode);
    }

    @Override
    public void rename(String from, String to) throws IOException {
        step("rename");
        checkWorks(from);
        checkWritable();
        if (!names.containsKey(from)) {
            throw new NoSuchFileException(from);
        }
        change(map -> {
            Inode inode = map.remove(from);
            if (inode != null) {
                map.put(to, inode);
            }
        });
    }

    @Override
    public void delete(String name) throws IOException {
        step("delete");
        checkWorks(name);
        checkWritable();
        if (names.containsKey(name)) {
            change(map -> map.remove(name));
        }
    }

    @Override
    public void forceDirectory() throws IOException {
        step("force directory");
        syncedNames = new TreeMap<>(names);
        unsyncedNames = new ArrayList<>();
    }

    @Override
    public @Nullable Object key(String name) {
        return isGone ? null : names.get(name);
    }

    @Override
    public void lock() throws IOException {
        step("lock");
        checkWorks(SpoolFileLayout.LOCK);
        if (isLocked()) {
            throw new SpoolLockedException("scripted", "1");
        }
        Inode inode = names.get(SpoolFileLayout.LOCK);
        if (inode == null) {
            checkWritable();
            Inode made = new Inode();
            inode = made;
            change(map -> map.put(SpoolFileLayout.LOCK, made));
        }
        lock = inode;
        handles++;
    }

    @Override
    public boolean isLocked() {
        return lock != null && lock == key(SpoolFileLayout.LOCK);
    }

    @Override
    public void close() {
        handles -= lock == null ? 0 : 1;
        lock = null;
    }

    /** As much of a channel as a spool uses. */
    private final class Handle extends FileChannel {
        private final String name;
        private final Inode inode;
        private final int opener = process;

        Handle(String name, Inode inode) {
            this.name = name;
            this.inode = inode;
            handles++;
        }

        @Override
        public int read(ByteBuffer target, long position) throws IOException {
            step("read");
            checkWorks(name);
            int count = (int) Math.min(target.remaining(), inode.bytes.length - position);
            if (count <= 0) {
                return -1;
            }
            target.put(inode.bytes, (int) position, count);
            return count;
        }

        @Override
        public int write(ByteBuffer source, long position) throws IOException {
            int count = source.remaining();
            boolean isFatal = crashIn == 0 && !isDead;
            boolean isShort = random.nextDouble() < shortChance;
            if (isFatal || isShort) {
                count = random.nextInt(count + 1);
            }
            if (!isFatal) {
                step("write");
            }
            checkWorks(name);
            checkWritable();
            long room = capacity - used() + Math.max(0, inode.bytes.length - position);
            boolean isFull = room < count;
            count = (int) Math.max(0, Math.min(count, room));
            int end = (int) position + count;
            if (count > 0) {
                if (end > inode.bytes.length) {
                    inode.bytes = Arrays.copyOf(inode.bytes, end);
                }
                source.get(inode.bytes, (int) position, count);
                inode.dirty.add(new int[] {(int) position, end});
                if (isWriteThrough) {
                    inode.synced = inode.bytes.clone();
                }
            }
            if (isFatal) {
                step("write");
            }
            if (isFull) {
                throw failed(new IOException("No space left on device"));
            }
            if (isShort) {
                throw failed(new IOException("Input/output error (scripted short write)"));
            }
            return count;
        }

        @Override
        public long size() throws IOException {
            step("size");
            checkWorks(name);
            return inode.bytes.length;
        }

        @Override
        public FileChannel truncate(long size) throws IOException {
            step("truncate");
            checkWorks(name);
            checkWritable();
            if (size < inode.bytes.length) {
                inode.bytes = Arrays.copyOf(inode.bytes, (int) size);
            }
            return this;
        }

        @Override
        public void force(boolean isWithMetadata) throws IOException {
            List<int[]> ranges = inode.dirty;
            try {
                step("force");
                checkWorks(name);
            } catch (IOException e) {
                inode.dirty = new ArrayList<>();
                throw e;
            }
            inode.dirty = new ArrayList<>();
            byte[] synced = Arrays.copyOf(inode.synced, inode.bytes.length);
            for (int[] range : ranges) {
                int end = Math.min(range[1], synced.length);
                if (end > range[0]) {
                    System.arraycopy(inode.bytes, range[0], synced, range[0], end - range[0]);
                }
            }
            inode.synced = synced;
        }

        @Override
        protected void implCloseChannel() {
            handles -= opener == process ? 1 : 0;
        }

        @Override
        public int read(ByteBuffer target) {
            throw new UnsupportedOperationException();
        }

        @Override
        public long read(ByteBuffer[] targets, int offset, int length) {
            throw new UnsupportedOperationException();
        }

        @Override
        public int write(ByteBuffer source) {
            throw new UnsupportedOperationException();
        }

        @Override
        public long write(ByteBuffer[] sources, int offset, int length) {
            throw new UnsupportedOperationException();
        }

        @Override
        public long position() {
            throw new UnsupportedOperationException();
        }

        @Override
        public FileChannel position(long position) {
            throw new UnsupportedOperationException();
        }

        @Override
        public long transferTo(long position, long count, WritableByteChannel target) {
            throw new UnsupportedOperationException();
        }

        @Override
        public long transferFrom(ReadableByteChannel source, long position, long count) {
            throw new UnsupportedOperationException();
        }

        @Override
        public MappedByteBuffer map(MapMode mode, long position, long size) {
            throw new UnsupportedOperationException();
        }

        @Override
        public FileLock lock(long position, long size, boolean isShared) {
            throw new UnsupportedOperationException();
        }

        @Override
        public FileLock tryLock(long position, long size, boolean isShared) {
            throw new UnsupportedOperationException();
        }
    }
}
