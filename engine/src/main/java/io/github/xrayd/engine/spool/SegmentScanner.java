package io.github.xrayd.engine.spool;

import static io.github.xrayd.engine.spool.SegmentLayout.FILE_HEADER_BYTES;
import static io.github.xrayd.engine.spool.SegmentLayout.RECORD_HEADER_BYTES;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Walks a segment file and finds its good records, whatever else is in it; reads through one fixed window, in one pass.
 *
 * <p>Where a record is not good, the walk goes on at the next place where a header is: its length is not trusted, because bytes
 * may be missing or added. A tail that ends before the record it announces, or before its header, or that is all zeros,
 * is torn: the last write before a crash. Everything else is damage.
 */
final class SegmentScanner {
    private static final int WINDOW_BYTES = 64 << 10;

    private final byte[] window = new byte[WINDOW_BYTES];
    private final ByteBuffer view = SegmentLayout.view(window);
    private final CRC32C crc = new CRC32C();
    private SpoolDisk.@Nullable DiskFile file;
    private long size;
    private long windowStart;
    private int windowLength;

    /** What a file is. */
    enum Kind {
        SEGMENT,
        OTHER_VERSION,
        TOO_LARGE
    }

    /**
     * What was found.
     *
     * @param kind whether the rest means anything
     * @param version of the file, when its header is good
     * @param fileId the id of the file's records; 0 when there is none
     * @param table its good records
     * @param goodBytes length up to the end of the last good record, at least the file header's
     * @param tornBytes bytes of a torn tail after that; 0 for none
     * @param isDamaged whether bytes were found that no crash explains
     * @param corruptRecords how many records are missing for that reason, as far as one can tell
     */
    record Scan(
            Kind kind,
            int version,
            long fileId,
            RecordTable table,
            long goodBytes,
            long tornBytes,
            boolean isDamaged,
            int corruptRecords) {

        /** What a file holds that is not the spool's any more. */
        static Scan empty() {
            return new Scan(Kind.SEGMENT, SegmentLayout.VERSION, 0, new RecordTable(), 0, 0, true, 0);
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
        if (size > SegmentLayout.FILE_BYTES_MAX) {
            return new Scan(Kind.TOO_LARGE, 0, 0, table, 0, 0, false, 0);
        }
        if (size < FILE_HEADER_BYTES) {
            return new Scan(Kind.SEGMENT, SegmentLayout.VERSION, 0, table, 0, size, false, 0);
        }
        boolean hasHeader = SegmentLayout.isFileHeader(window, fill(0, FILE_HEADER_BYTES));
        long fileId = hasHeader ? view.getLong(fill(0, FILE_HEADER_BYTES) + 16) : 0;
        if (hasHeader && view.getInt(fill(0, FILE_HEADER_BYTES) + 8) != SegmentLayout.VERSION) {
            int version = view.getInt(fill(0, FILE_HEADER_BYTES) + 8);
            return new Scan(Kind.OTHER_VERSION, version, fileId, table, 0, 0, false, 0);
        }
        if (!hasHeader && isZero(0)) {
            return new Scan(Kind.SEGMENT, SegmentLayout.VERSION, 0, table, 0, size, false, 0);
        }
        boolean isDamaged = !hasHeader;
        boolean hasId = hasHeader;
        long goodBytes = FILE_HEADER_BYTES;
        long tornBytes = 0;
        int corrupt = 0;
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
                int total = SegmentLayout.recordBytes(bodyLength, documentCount);
                if (total <= size - position) {
                    fileId = view.getLong(at + 8);
                    hasId = true;
                    boolean isGood = ordinal >= nextOrdinal
                            && crc(position + RECORD_HEADER_BYTES, total - RECORD_HEADER_BYTES) == contentCrc;
                    if (isGood) {
                        table.add(ordinal, (int) position, bodyLength, documentCount, receivedMs);
                        goodBytes = position + total;
                    }
                    isDamaged |= !isGood || ordinal > nextOrdinal;
                    corrupt += Math.max(0, ordinal - nextOrdinal) + (isGood ? 0 : 1);
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
                corrupt += isTorn ? 0 : 1;
                break;
            }
            isDamaged = true;
            position = next;
        }
        return new Scan(Kind.SEGMENT, SegmentLayout.VERSION, fileId, table, goodBytes, tornBytes, isDamaged, corrupt);
    }

    private boolean isHeaderAt(long position, boolean hasId, long fileId) throws IOException {
        if (size - position < RECORD_HEADER_BYTES) {
            return false;
        }
        int at = fill(position, RECORD_HEADER_BYTES);
        return SegmentLayout.isRecordHeader(window, at) && (!hasId || view.getLong(at + 8) == fileId);
    }

    /** The next position from {@code position} on with a good record header, or -1. */
    private long find(long position, boolean hasId, long fileId) throws IOException {
        for (long at = position; size - at >= RECORD_HEADER_BYTES; at++) {
            if (window[fill(at, 1)] == SegmentLayout.RECORD_MAGIC_FIRST && isHeaderAt(at, hasId, fileId)) {
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
