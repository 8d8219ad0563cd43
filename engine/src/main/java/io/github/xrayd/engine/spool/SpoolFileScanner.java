package io.github.xrayd.engine.spool;

import static io.github.xrayd.engine.spool.SpoolFileLayout.FILE_HEADER_BYTES;
import static io.github.xrayd.engine.spool.SpoolFileLayout.RECORD_HEADER_BYTES;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Walks a spool file and finds its good records, whatever else is in it; reads through one fixed window, in one pass.
 *
 * <p>Where a record is not good, the walk goes on at the next place where a header is: its length is not trusted, because bytes
 * may be missing or added. A tail that ends before the record it announces, or before its header, or that is all zeros,
 * is torn: the last write before a crash. Everything else is damage.
 */
final class SpoolFileScanner {
    private static final int WINDOW_BYTES = 64 << 10;

    private final byte[] window = new byte[WINDOW_BYTES];
    private final ByteBuffer view = SpoolFileLayout.view(window);
    private final CRC32C crc = new CRC32C();
    private SpoolDisk.@Nullable DiskFile file;
    private long size;
    /** What the file is known to hold; negative while nothing says it. */
    private int encoding;

    private long windowStart;
    private int windowLength;

    /**
     * What was found.
     *
     * @param refusal why the file is left alone; empty when it is read, and only then the rest means anything but the encoding
     * @param encoding code of what its records hold
     * @param fileId the id of the file's records; 0 when there is none
     * @param table its good records
     * @param goodBytes length up to the end of the last good record, at least the file header's
     * @param tornBytes bytes of a torn tail after that; 0 for none
     * @param isDamaged whether bytes were found that no crash explains
     * @param missingRecords how many records are missing for that reason, at least
     */
    record Scan(
            String refusal,
            int encoding,
            long fileId,
            RecordTable table,
            long goodBytes,
            long tornBytes,
            boolean isDamaged,
            int missingRecords) {

        private static Scan refused(String why) {
            return new Scan(why, 0, 0, new RecordTable(), 0, 0, false, 0);
        }

        /** What a file holds that is not the spool's any more. */
        static Scan empty() {
            return new Scan("", 0, 0, new RecordTable(), 0, 0, true, 0);
        }
    }

    /** Scans a whole file; does not keep or close it. */
    Scan scan(SpoolDisk.DiskFile source) throws IOException {
        file = source;
        windowLength = 0;
        size = source.size();
        try {
            return walk();
        } finally {
            file = null;
        }
    }

    private Scan walk() throws IOException {
        RecordTable table = new RecordTable();
        if (size > SpoolFileLayout.FILE_BYTES_MAX) {
            return Scan.refused("it is larger than any file of this version");
        }
        if (size < FILE_HEADER_BYTES) {
            return new Scan("", 0, 0, table, 0, size, false, 0);
        }
        int start = fill(0, FILE_HEADER_BYTES);
        boolean hasHeader = SpoolFileLayout.isFileHeader(window, start);
        int version = view.getInt(start + 8);
        if (hasHeader && (version < 1 || version > SpoolFileLayout.VERSION)) {
            return Scan.refused("it is of format version " + version + ", and this daemon reads up to version "
                    + SpoolFileLayout.VERSION);
        }
        long fileId = hasHeader ? view.getLong(start + 16) : 0;
        encoding = hasHeader ? view.getInt(start + 12) : -1;
        if (hasHeader && (encoding < 0 || encoding > SpoolFileLayout.ENCODING_MAX)) {
            return Scan.refused("its encoding has no valid code");
        }
        boolean isDamaged = !hasHeader;
        boolean hasId = hasHeader;
        long goodBytes = FILE_HEADER_BYTES;
        long tornBytes = 0;
        int missing = 0;
        int nextOrdinal = 0;
        long position = hasHeader ? FILE_HEADER_BYTES : 0;
        while (position < size) {
            if (isHeaderAt(position, hasId, fileId)) {
                int at = fill(position, RECORD_HEADER_BYTES);
                int bodyLength = view.getInt(at + 24);
                int documentCount = view.getInt(at + 28);
                int ordinal = view.getInt(at + 32);
                long receivedMs = view.getLong(at + 16);
                int contentCrc = view.getInt(at + 36);
                int total = SpoolFileLayout.recordBytes(bodyLength, documentCount);
                if (total <= size - position) {
                    fileId = view.getLong(at + 8);
                    encoding = SpoolFileLayout.encoding(window, at);
                    hasId = true;
                    boolean isGood = ordinal >= nextOrdinal
                            && crc(position + RECORD_HEADER_BYTES, total - RECORD_HEADER_BYTES) == contentCrc;
                    if (isGood) {
                        table.add(ordinal, (int) position, bodyLength, documentCount, receivedMs);
                        goodBytes = position + total;
                    }
                    isDamaged |= !isGood || ordinal > nextOrdinal;
                    missing += Math.max(0, ordinal - nextOrdinal) + (isGood ? 0 : 1);
                    nextOrdinal = Math.max(nextOrdinal, ordinal + 1);
                    long next = isGood ? position + total : find(position + 1, true, fileId);
                    position = next < 0 ? size : next;
                    continue;
                }
            }
            long next = find(position + 1, hasId, fileId);
            if (next < 0) {
                boolean isTorn = size - position < RECORD_HEADER_BYTES
                        || isHeaderAt(position, hasId, fileId)
                        || isZero(position);
                tornBytes = isTorn ? size - position : 0;
                isDamaged |= !isTorn;
                missing += isTorn ? 0 : 1;
                break;
            }
            isDamaged = true;
            position = next;
        }
        return new Scan("", Math.max(0, encoding), fileId, table, goodBytes, tornBytes, isDamaged, missing);
    }

    private boolean isHeaderAt(long position, boolean hasId, long fileId) throws IOException {
        if (size - position < RECORD_HEADER_BYTES) {
            return false;
        }
        int at = fill(position, RECORD_HEADER_BYTES);
        return SpoolFileLayout.isRecordHeader(window, at)
                && (!hasId || view.getLong(at + 8) == fileId)
                && (encoding < 0 || SpoolFileLayout.encoding(window, at) == encoding);
    }

    /** The next position from {@code position} on with a good record header, or -1. */
    private long find(long position, boolean hasId, long fileId) throws IOException {
        for (long at = position; size - at >= RECORD_HEADER_BYTES; at++) {
            if (window[fill(at, 1)] == SpoolFileLayout.RECORD_MAGIC_FIRST && isHeaderAt(at, hasId, fileId)) {
                return at;
            }
        }
        return -1;
    }

    private boolean isZero(long position) throws IOException {
        for (long at = position; at < size; at++) {
            if (window[fill(at, 1)] != 0) {
                return false;
            }
        }
        return true;
    }

    private int crc(long position, int length) throws IOException {
        crc.reset();
        long at = position;
        int rest = length;
        while (rest > 0) {
            int start = fill(at, 1);
            int chunk = Math.min(rest, windowLength - start);
            crc.update(window, start, chunk);
            at += chunk;
            rest -= chunk;
        }
        return (int) crc.getValue();
    }

    /** Makes {@code length} bytes from {@code position} on be in the window; returns where. They must be in the file. */
    private int fill(long position, int length) throws IOException {
        if (position >= windowStart && position + length <= windowStart + windowLength) {
            return (int) (position - windowStart);
        }
        SpoolDisk.DiskFile source = Objects.requireNonNull(file, "no scan under way");
        windowStart = position;
        windowLength = 0;
        int wanted = (int) Math.min(WINDOW_BYTES, size - position);
        while (windowLength < wanted) {
            int read = source.read(window, windowLength, wanted - windowLength, position + windowLength);
            if (read <= 0) {
                windowLength = 0;
                throw new EOFException("The file became shorter while it was read");
            }
            windowLength += read;
        }
        return 0;
    }
}
