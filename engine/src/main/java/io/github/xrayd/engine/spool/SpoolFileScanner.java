package io.github.xrayd.engine.spool;

import static io.github.xrayd.engine.spool.SpoolFileLayout.FILE_HEADER_BYTES;
import static io.github.xrayd.engine.spool.SpoolFileLayout.RECORD_HEADER_BYTES;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/**
 * Walks a spool file and finds its good records, whatever else is in it; reads in one pass, through a window that grows
 * to the longest record.
 *
 * <p>Where a record is not good, the walk goes on at the next place where a header is: its length is not trusted,
 * because bytes may be missing or added. A tail that ends before the record it announces, or before its header, or that
 * is all zeros, is torn: the last write before a crash. Everything else is damage.
 */
final class SpoolFileScanner {
    private final SpoolFileIndex index = new SpoolFileIndex();
    private final FileChannel file;
    private byte[] window = new byte[64 << 10];
    private ByteBuffer view = SpoolFileLayout.view(window);
    private long windowStart;
    private int windowLength;

    /** For one whole file, which is left open. */
    SpoolFileScanner(FileChannel file) {
        this.file = file;
    }

    SpoolFileIndex scan() throws IOException {
        index.bytes = file.size();
        if (index.bytes > SpoolFileLayout.FILE_BYTES_MAX) {
            index.refusal = "it is larger than any file of this version";
        } else if (index.bytes < FILE_HEADER_BYTES) {
            index.tornBytes = index.bytes;
        } else {
            index.isDamaged = !readHeader();
            if (index.refusal.isEmpty()) {
                readRecords(index.isDamaged ? 0 : FILE_HEADER_BYTES);
            }
        }
        return index;
    }

    /** Returns whether there is a file header. */
    private boolean readHeader() throws IOException {
        int start = fill(0, FILE_HEADER_BYTES);
        if (!SpoolFileLayout.isFileHeader(window, start)) {
            return false;
        }
        int version = view.getInt(start + 8);
        int encoding = view.getInt(start + 12);
        if (version < 1 || version > SpoolFileLayout.VERSION) {
            index.refusal = "it is of format version " + version + ", and this daemon reads up to version "
                    + SpoolFileLayout.VERSION;
        } else if (encoding < 0 || encoding > SpoolFileLayout.ENCODING_MAX) {
            index.refusal = "its encoding has no valid code";
        } else {
            index.encoding = encoding;
            index.fileId = view.getLong(start + 16);
        }
        return true;
    }

    private void readRecords(long start) throws IOException {
        int nextOrdinal = 0;
        long position = start;
        while (position < index.bytes) {
            int length = recordLength(position);
            if (length > 0 && position + length <= index.bytes) {
                int at = fill(position, length);
                int ordinal = view.getInt(at + 32);
                index.fileId = view.getLong(at + 8);
                index.encoding = SpoolFileLayout.encoding(view, at);
                boolean isGood = ordinal >= nextOrdinal && SpoolFileLayout.isContentGood(window, at, length);
                index.isDamaged |= !isGood || ordinal > nextOrdinal;
                index.missingRecords += Math.max(0, ordinal - nextOrdinal) + (isGood ? 0 : 1);
                nextOrdinal = Math.max(nextOrdinal, ordinal + 1);
                if (isGood) {
                    index.add(position, view, at);
                }
                position = isGood ? position + length : find(position + 1);
            } else {
                long next = find(position + 1);
                boolean isTorn = next == index.bytes
                        && (length > 0 || index.bytes - position < RECORD_HEADER_BYTES || isZero(position));
                index.tornBytes = isTorn ? index.bytes - position : 0;
                index.isDamaged |= !isTorn;
                index.missingRecords += next == index.bytes && !isTorn ? 1 : 0;
                position = next;
            }
        }
    }

    /** How long the record is whose good header is at {@code position}; 0 when none is there. */
    private int recordLength(long position) throws IOException {
        if (index.bytes - position < RECORD_HEADER_BYTES) {
            return 0;
        }
        int at = fill(position, RECORD_HEADER_BYTES);
        boolean isHeader = SpoolFileLayout.isRecordHeader(window, at)
                && (index.fileId == 0 || view.getLong(at + 8) == index.fileId)
                && (index.encoding < 0 || SpoolFileLayout.encoding(view, at) == index.encoding);
        return isHeader ? SpoolFileLayout.recordBytes(view.getInt(at + 24), view.getInt(at + 28)) : 0;
    }

    /** The next position from {@code position} on with a good record header, or the file's end. */
    private long find(long position) throws IOException {
        for (long at = position; index.bytes - at >= RECORD_HEADER_BYTES; at++) {
            if (window[fill(at, 1)] == SpoolFileLayout.RECORD_MAGIC_FIRST && recordLength(at) > 0) {
                return at;
            }
        }
        return index.bytes;
    }

    private boolean isZero(long position) throws IOException {
        for (long at = position; at < index.bytes; at++) {
            if (window[fill(at, 1)] != 0) {
                return false;
            }
        }
        return true;
    }

    /**
     * Makes {@code length} bytes from {@code position} on be in the window; returns where. They must be in the file.
     */
    private int fill(long position, int length) throws IOException {
        if (position < windowStart || position + length > windowStart + windowLength) {
            if (length > window.length) {
                window = new byte[length];
                view = SpoolFileLayout.view(window);
            }
            int wanted = (int) Math.min(window.length, index.bytes - position);
            windowStart = position;
            windowLength = SpoolDisk.read(file, window, wanted, position);
            if (windowLength < wanted) {
                throw new EOFException("The file became shorter while it was read");
            }
        }
        return (int) (position - windowStart);
    }
}
