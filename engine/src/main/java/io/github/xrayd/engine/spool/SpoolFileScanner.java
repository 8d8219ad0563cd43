package io.github.xrayd.engine.spool;

import static io.github.xrayd.engine.spool.SpoolFileLayout.FILE_HEADER_BYTES;
import static io.github.xrayd.engine.spool.SpoolFileLayout.RECORD_HEADER_BYTES;

import io.github.xrayd.engine.spool.SpoolDisk.DiskFile;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * Walks a spool file and finds its good records, whatever else is in it; reads through one fixed window, in one pass.
 *
 * <p>Where a record is not good, the walk goes on at the next place where a header is: its length is not trusted,
 * because bytes may be missing or added. A tail that ends before the record it announces, or before its header, or that
 * is all zeros, is torn: the last write before a crash. Everything else is damage.
 */
final class SpoolFileScanner {
    private final byte[] window = new byte[64 << 10];
    private final ByteBuffer view = SpoolFileLayout.view(window);
    private final SpoolFileIndex index = new SpoolFileIndex();
    private final DiskFile file;
    private long windowStart;
    private int windowLength;

    private SpoolFileScanner(DiskFile file) throws IOException {
        this.file = file;
        index.bytes = file.size();
    }

    /** Scans a whole file; does not keep or close it. */
    static SpoolFileIndex scan(DiskFile file) throws IOException {
        return new SpoolFileScanner(file).scan();
    }

    private SpoolFileIndex scan() throws IOException {
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
            boolean isHeader = isHeaderAt(position);
            byte[] header = new byte[RECORD_HEADER_BYTES];
            if (isHeader) {
                System.arraycopy(window, fill(position, RECORD_HEADER_BYTES), header, 0, RECORD_HEADER_BYTES);
            }
            ByteBuffer record = SpoolFileLayout.view(header);
            long end = position + SpoolFileLayout.recordBytes(record.getInt(24), record.getInt(28));
            if (isHeader && end <= index.bytes) {
                int ordinal = record.getInt(32);
                index.fileId = record.getLong(8);
                index.encoding = SpoolFileLayout.encoding(header, 0);
                boolean isGood =
                        ordinal >= nextOrdinal && crc(position + RECORD_HEADER_BYTES, end) == record.getInt(36);
                index.isDamaged |= !isGood || ordinal > nextOrdinal;
                index.missingRecords += Math.max(0, ordinal - nextOrdinal) + (isGood ? 0 : 1);
                nextOrdinal = Math.max(nextOrdinal, ordinal + 1);
                if (isGood) {
                    index.add(position, record);
                }
                position = isGood ? end : find(position + 1);
            } else {
                long next = find(position + 1);
                boolean isTorn = next == index.bytes
                        && (isHeader || index.bytes - position < RECORD_HEADER_BYTES || isZero(position));
                index.tornBytes = isTorn ? index.bytes - position : 0;
                index.isDamaged |= !isTorn;
                index.missingRecords += next == index.bytes && !isTorn ? 1 : 0;
                position = next;
            }
        }
    }

    private boolean isHeaderAt(long position) throws IOException {
        if (index.bytes - position < RECORD_HEADER_BYTES) {
            return false;
        }
        int at = fill(position, RECORD_HEADER_BYTES);
        return SpoolFileLayout.isRecordHeader(window, at)
                && (index.fileId == 0 || view.getLong(at + 8) == index.fileId)
                && (index.encoding < 0 || SpoolFileLayout.encoding(window, at) == index.encoding);
    }

    /** The next position from {@code position} on with a good record header, or the file's end. */
    private long find(long position) throws IOException {
        for (long at = position; index.bytes - at >= RECORD_HEADER_BYTES; at++) {
            if (window[fill(at, 1)] == SpoolFileLayout.RECORD_MAGIC_FIRST && isHeaderAt(at)) {
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

    private int crc(long position, long end) throws IOException {
        CRC32C crc = new CRC32C();
        for (long at = position; at < end; ) {
            int start = fill(at, 1);
            int chunk = (int) Math.min(end - at, windowLength - start);
            crc.update(window, start, chunk);
            at += chunk;
        }
        return (int) crc.getValue();
    }

    /**
     * Makes {@code length} bytes from {@code position} on be in the window; returns where. They must be in the file.
     */
    private int fill(long position, int length) throws IOException {
        if (position >= windowStart && position + length <= windowStart + windowLength) {
            return (int) (position - windowStart);
        }
        int wanted = (int) Math.min(window.length, index.bytes - position);
        windowStart = position;
        windowLength = 0;
        if (file.read(window, wanted, position) < wanted) {
            throw new EOFException("The file became shorter while it was read");
        }
        windowLength = wanted;
        return 0;
    }
}
