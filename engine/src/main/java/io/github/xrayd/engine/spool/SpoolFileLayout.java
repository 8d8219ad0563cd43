package io.github.xrayd.engine.spool;

import io.github.xrayd.engine.encode.BodyEncoding;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.regex.Pattern;
import java.util.zip.CRC32C;

/**
 * The names and the bytes of spool files. All numbers are little-endian.
 *
 * <pre>
 *   file header, once                  record header, before each record
 *
 *    0  "XRSPOOL\n"           8          0  magic F5 58 52+e FA    4  e: the encoding
 *    8  version               4          4  CRC32C of 8..40        4
 *   12  encoding              4          8  file id                8
 *   16  file id, random       8         16  oldest receive time    8  epoch ms
 *   24  0                     4         24  body length            4
 *   28  CRC32C of 0..28       4         28  document count         4
 *   32                                  32  ordinal in the file    4
 *                                       36  CRC32C of 40..end      4
 *                                       40  document offsets       4 each, where each begins in the body
 *                                           body                   the request body, as sealed
 * </pre>
 *
 * <p>Version 1 is X-Ray JSON, encoding 0; version 2 is any other encoding, so that a daemon that knows version 1 only
 * leaves such files alone. The magic repeats the encoding for a file whose header is damaged.
 *
 * <p>F5 and FA occur in no UTF-8 text, so that no document can hold what looks like a record. The file id in each
 * record ties it to its file even when the file header is damaged. Ordinals count up from 0: a gap tells how many
 * records are missing.
 *
 * <p>Beside it lies the acknowledgement file: 8 bytes for each ordinal, {@code 41 43 4B 31} and the CRC32C of file id
 * and ordinal when acknowledged, anything else when not. A damaged entry is therefore a record sent twice, never one
 * lost.
 */
final class SpoolFileLayout {
    static final String LOCK = "xrayd.lock";
    static final String SPOOL = ".spool";
    static final String ACKS = ".ack";
    static final String QUARANTINED = ".quarantined";
    static final long NUMBER_MAX = Integer.MAX_VALUE;

    private static final Pattern NAME = Pattern.compile("([0-9]{10})(\\.spool|\\.ack|\\.spool\\.quarantined)");

    /** The newest version. */
    static final int VERSION = 2;

    private static final int VERSION_XRAY_JSON = 1;
    static final int FILE_HEADER_BYTES = 32;
    static final int RECORD_HEADER_BYTES = 40;
    static final int ACK_BYTES = 8;

    /**
     * What a batch never reaches: 50 documents of 64 kB, each byte escaped to six, would be 20 MB; batches are sealed
     * far below.
     */
    private static final int BODY_BYTES_MAX = 32 << 20;

    private static final int DOCUMENTS_MAX = 4096;
    /** Bounds the index of one file to about half a megabyte. */
    static final int RECORDS_MAX = 16_384;
    /** The longest file that any settings write: a full file, or one record alone. */
    static final long FILE_BYTES_MAX = 64L << 20;

    static final long FILE_MAGIC = 0x0A_4C_4F_4F_50_53_52_58L;
    static final byte RECORD_MAGIC_FIRST = (byte) 0xF5;
    /** The largest code: the magic's byte with the encoding in it stays below 0x80. */
    static final int ENCODING_MAX = 0x2D;

    private static final int RECORD_MAGIC = 0xFA_52_58_F5;
    private static final int ACK_MAGIC = 0x31_4B_43_41;

    private SpoolFileLayout() {}

    static String name(long number, String suffix) {
        return String.valueOf(10_000_000_000L + number).substring(1) + suffix;
    }

    /** The number a file's name starts with, or -1 when the spool did not make the file. */
    static long number(String name) {
        long number = NAME.matcher(name).matches() ? Long.parseLong(name.substring(0, 10)) : -1;
        return number <= NUMBER_MAX ? number : -1;
    }

    static ByteBuffer view(byte[] bytes) {
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    static int crc(byte[] bytes, int offset, int length) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, offset, length);
        return (int) crc.getValue();
    }

    static byte[] fileHeader(long fileId, int encoding) {
        byte[] header = new byte[FILE_HEADER_BYTES];
        int version = encoding == BodyEncoding.XRAY_JSON.code() ? VERSION_XRAY_JSON : VERSION;
        view(header)
                .putLong(0, FILE_MAGIC)
                .putInt(8, version)
                .putInt(12, encoding)
                .putLong(16, fileId);
        view(header).putInt(28, crc(header, 0, 28));
        return header;
    }

    static boolean isFileHeader(byte[] bytes, int offset) {
        ByteBuffer view = view(bytes);
        return view.getLong(offset) == FILE_MAGIC && view.getInt(offset + 28) == crc(bytes, offset, 28);
    }

    static int recordBytes(int bodyLength, int documentCount) {
        return RECORD_HEADER_BYTES + Integer.BYTES * documentCount + bodyLength;
    }

    /** A whole record. */
    static byte[] record(int encoding, long fileId, int ordinal, ByteBuffer body, int[] starts, long oldestReceivedMs) {
        byte[] record = new byte[recordBytes(body.remaining(), starts.length)];
        ByteBuffer view = view(record);
        view.putInt(0, RECORD_MAGIC + (encoding << 16)).putLong(8, fileId).putLong(16, oldestReceivedMs);
        view.putInt(24, body.remaining()).putInt(28, starts.length).putInt(32, ordinal);
        view.position(RECORD_HEADER_BYTES).asIntBuffer().put(starts);
        view.position(recordBytes(0, starts.length)).put(body.duplicate());
        view.putInt(36, crc(record, RECORD_HEADER_BYTES, record.length - RECORD_HEADER_BYTES));
        view.putInt(4, crc(record, 8, RECORD_HEADER_BYTES - 8));
        return record;
    }

    /** What a whole record holds. */
    static SpooledBatch batch(long recordId, byte[] record) {
        ByteBuffer view = view(record);
        int[] starts = new int[view.getInt(28)];
        view.position(RECORD_HEADER_BYTES).asIntBuffer().get(starts);
        byte[] body = Arrays.copyOfRange(record, recordBytes(0, starts.length), record.length);
        return new SpooledBatch(recordId, body, starts, view.getLong(16));
    }

    /**
     * What the record header at {@code offset} says its encoding is; larger than {@link #ENCODING_MAX} when it is none.
     */
    static int encoding(ByteBuffer bytes, int offset) {
        int encoding = bytes.getInt(offset) - RECORD_MAGIC;
        return encoding >= 0 && (encoding & 0xFFFF) == 0 ? encoding >>> 16 : Integer.MAX_VALUE;
    }

    /** Whether a complete record header is at {@code offset}, with lengths and an ordinal within bounds. */
    static boolean isRecordHeader(byte[] bytes, int offset) {
        ByteBuffer view = view(bytes);
        if (encoding(view, offset) > ENCODING_MAX
                || view.getInt(offset + 4) != crc(bytes, offset + 8, RECORD_HEADER_BYTES - 8)) {
            return false;
        }
        int ordinal = view.getInt(offset + 32);
        return ordinal >= 0 && ordinal < RECORDS_MAX && isBatch(view.getInt(offset + 24), view.getInt(offset + 28));
    }

    /** Whether a batch of such lengths may be a record. */
    static boolean isBatch(int bodyLength, int documentCount) {
        return bodyLength > 0 && bodyLength <= BODY_BYTES_MAX && documentCount > 0 && documentCount <= DOCUMENTS_MAX;
    }

    /** Whether {@code record} is the whole record of this ordinal in a file, with nothing in it damaged. */
    static boolean isRecord(byte[] record, long fileId, int ordinal) {
        ByteBuffer view = view(record);
        return isRecordHeader(record, 0)
                && view.getLong(8) == fileId
                && view.getInt(32) == ordinal
                && isContentGood(record, 0, record.length);
    }

    /** Whether what follows the header of a record at {@code offset} is what it was when it was written. */
    static boolean isContentGood(byte[] bytes, int offset, int length) {
        return view(bytes).getInt(offset + 36)
                == crc(bytes, offset + RECORD_HEADER_BYTES, length - RECORD_HEADER_BYTES);
    }

    /** The entry of an acknowledged record in the acknowledgement file. */
    static long ack(long fileId, int ordinal) {
        byte[] record = new byte[12];
        view(record).putLong(fileId).putInt(ordinal);
        return (long) crc(record, 0, record.length) << Integer.SIZE | ACK_MAGIC;
    }
}
