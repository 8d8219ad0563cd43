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

    /** The names of the files in the directory, in any order; fails when there are more than {@code filesMax}. */
    List<String> list(int filesMax) throws IOException;

    /** Opens a file; {@link java.nio.file.NoSuchFileException} when it is not there and {@code access} does not make it. */
    DiskFile open(String name, Access access) throws IOException;

    /** Renames a file, over any file of the new name. */
    void rename(String from, String to) throws IOException;

    /** Deletes a file; does nothing when it is not there. */
    void delete(String name) throws IOException;

    /** Makes names that were added, changed or deleted survive a power loss. */
    void forceDirectory() throws IOException;

    /** Bytes that the file system would still take. */
    long usableBytes() throws IOException;

    /**
     * Takes the lock file, until it is closed or the process ends.
     *
     * @param holder what to write into it for others to read
     * @throws SpoolLockedException when someone has it
     */
    DiskFile lock(String name, String holder) throws IOException;

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
