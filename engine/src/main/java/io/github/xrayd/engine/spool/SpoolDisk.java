package io.github.xrayd.engine.spool;

import java.io.Closeable;
import java.io.IOException;
import java.util.List;

/**
 * One directory of a file system, as little of it as a spool needs, so that tests can script its faults.
 *
 * <p>Names are plain file names. Called by one thread. Errors are {@link IOException}; an interrupted thread is not an error.
 */
public interface SpoolDisk {
    /** The directory's name, for messages. */
    String name();

    /** Makes the directory, readable by its owner only; does nothing when it is there. */
    void makeDirectory() throws IOException;

    /** What is in the directory, in any order; fails when there is more than {@code entriesMax}. Opens no file. */
    List<Entry> list(int entriesMax) throws IOException;

    /**
     * Opens a regular file; never follows a link or waits for a FIFO.
     *
     * @throws java.nio.file.NoSuchFileException when it is not there and {@code access} does not make it
     */
    DiskFile open(String name, Access access) throws IOException;

    /** Renames a file, over any file of the new name. */
    void rename(String from, String to) throws IOException;

    /** Deletes a regular file; does nothing when it is not there. */
    void delete(String name) throws IOException;

    /** Makes names that were added, changed or deleted survive a power loss. */
    void forceDirectory() throws IOException;

    /** Bytes that the file system would still take. */
    long usableBytes() throws IOException;

    /**
     * Takes the lock file, until it is closed or the process ends, and writes this process's id into it for others to read.
     *
     * @throws SpoolLockedException when someone has it, also in this process
     */
    DiskFile lock(String name) throws IOException;

    /**
     * A name in the directory.
     *
     * @param size of the file in bytes
     * @param kind what it is in words when it is no regular file, else empty
     */
    record Entry(String name, long size, String kind) {
        boolean isFile() {
            return kind.isEmpty();
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
        /** Reads up to {@code length} bytes; returns how many, or -1 at the end of the file. */
        int read(byte[] target, int offset, int length, long position) throws IOException;

        /** Writes up to {@code length} bytes, at least one; returns how many. */
        int write(byte[] source, int offset, int length, long position) throws IOException;

        long size() throws IOException;

        void truncate(long size) throws IOException;

        /** Makes content and length survive a power loss. */
        void force() throws IOException;

        /** Whether the file's name still leads to this file: not when it, or its directory, was deleted or replaced. */
        boolean isAttached();
    }
}
