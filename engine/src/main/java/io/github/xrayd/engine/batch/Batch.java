package io.github.xrayd.engine.batch;

import java.io.InputStream;
import java.util.Arrays;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Up to 50 documents as one ready request body, {@code {"TraceSegmentDocuments":["…","…"]}}, that knows where each begins.
 *
 * <p>Filled by the batcher until it is sealed; then the uploader's alone, which settles each document once; when none is left it
 * goes back to its pool. Which documents are unsettled is a bit mask, bit i for document i.
 */
public final class Batch {
    /** The most documents a request may have (PutTraceSegments: "Exceeding maximum segment count: 50"). */
    public static final int DOCUMENTS_MAX = 50;

    static final byte[] PREFIX = ascii("{\"TraceSegmentDocuments\":[");
    static final byte[] SUFFIX = ascii("]}");

    private final UnsafeBuffer buffer = new UnsafeBuffer(0, 0);
    /** Where each document's opening quote stands; one more entry is where the next one's would. */
    private final int[] offsets = new int[DOCUMENTS_MAX + 1];

    private final BatchOwner owner;
    private int firstBlock;
    private int blockCount;
    private int documentCount;
    private int writeLimit;
    private boolean isSealed;
    private long oldestReceivedNs;
    private long unsettled;

    Batch(BatchOwner owner) {
        this.owner = owner;
    }

    /**
     * A sealed batch made of a body that was sealed before, in memory of its own that belongs to no pool.
     *
     * @param body the request body; kept, not copied
     * @param starts where each document's opening quote stands in it
     * @param oldestReceivedNs when the oldest document was received, on the engine's nanosecond clock
     * @throws IllegalArgumentException when the body is not one that {@link #seal} could have made
     */
    public static Batch restored(byte[] body, int[] starts, long oldestReceivedNs) {
        Batch batch = new Batch(settled -> {});
        int count = starts.length;
        if (count < 1 || count > DOCUMENTS_MAX || !isFramed(body) || starts[0] != PREFIX.length) {
            throw new IllegalArgumentException(
                    "not a sealed batch: " + count + " documents, " + body.length + " bytes");
        }
        int end = body.length - SUFFIX.length + 1;
        for (int i = 0; i < count; i++) {
            int next = i + 1 < count ? starts[i + 1] : end;
            if (next - starts[i] < 3 || next > end || body[starts[i]] != '"' || body[next - 2] != '"') {
                throw new IllegalArgumentException("not a sealed batch: document " + i + " at " + starts[i]);
            }
            batch.offsets[i] = starts[i];
        }
        batch.offsets[count] = end;
        batch.buffer.wrap(body);
        batch.documentCount = count;
        batch.oldestReceivedNs = oldestReceivedNs;
        batch.isSealed = true;
        batch.unsettled = allOf(count);
        return batch;
    }

    private static boolean isFramed(byte[] body) {
        return body.length > PREFIX.length + SUFFIX.length
                && Arrays.equals(body, 0, PREFIX.length, PREFIX, 0, PREFIX.length)
                && Arrays.equals(body, body.length - SUFFIX.length, body.length, SUFFIX, 0, SUFFIX.length);
    }

    private static byte[] ascii(String text) {
        byte[] bytes = new byte[text.length()];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) text.charAt(i);
        }
        return bytes;
    }

    void open(long address, int firstBlock, int blockCount, int capacity) {
        buffer.wrap(address, capacity);
        this.firstBlock = firstBlock;
        this.blockCount = blockCount;
        buffer.putBytes(0, PREFIX);
        offsets[0] = PREFIX.length;
        documentCount = 0;
        writeLimit = capacity - SUFFIX.length - 2;
        isSealed = false;
        oldestReceivedNs = 0;
        unsettled = 0;
    }

    /**
     * Escapes a document into the body.
     *
     * @return false when there is no room; the batch is then as before
     */
    boolean append(DirectBuffer source, int offset, int length, long receivedNs) {
        int start = offsets[documentCount];
        int end = JsonEscaper.escape(source, offset, length, buffer, start + 1, writeLimit);
        if (end == JsonEscaper.NO_ROOM) {
            return false;
        }
        buffer.putByte(start, (byte) '"');
        buffer.putByte(end, (byte) '"');
        buffer.putByte(end + 1, (byte) ',');
        if (documentCount == 0) {
            oldestReceivedNs = receivedNs;
        }
        documentCount++;
        offsets[documentCount] = end + 2;
        return true;
    }

    void seal() {
        assert documentCount > 0;
        buffer.putBytes(offsets[documentCount] - 1, SUFFIX);
        isSealed = true;
        unsettled = allOf(documentCount);
    }

    void shrink(int blockCount) {
        this.blockCount = blockCount;
    }

    int firstBlock() {
        return firstBlock;
    }

    int blockCount() {
        return blockCount;
    }

    /** Documents in this batch. */
    public int documentCount() {
        return documentCount;
    }

    /** Bytes of the body once sealed, or what it would be if it were. */
    public int length() {
        return offsets[documentCount] - 1 + SUFFIX.length;
    }

    /** When the oldest document was received, on the engine's nanosecond clock. */
    public long oldestReceivedNs() {
        return oldestReceivedNs;
    }

    /** The body's bytes, from offset 0 to {@link #length()}. */
    public DirectBuffer buffer() {
        return buffer;
    }

    /** The offset of document {@code index}'s opening quote. */
    public int documentOffset(int index) {
        return offsets[index];
    }

    /** The bytes of document {@code index}, both quotes included. */
    public int documentLength(int index) {
        return offsets[index + 1] - 1 - offsets[index];
    }

    /** A mask of the first {@code count} documents. */
    public static long allOf(int count) {
        return (1L << count) - 1;
    }

    /** The documents not settled yet. Uploader only. */
    public long unsettled() {
        return unsettled;
    }

    /**
     * Marks documents as settled; gives the batch back to its pool when they were the last. Uploader only.
     *
     * @throws IllegalStateException when one of them was settled before
     */
    public void settle(long documents) {
        if ((documents & ~unsettled) != 0 || !isSealed) {
            throw new IllegalStateException("settled twice: " + Long.toBinaryString(documents & ~unsettled));
        }
        unsettled &= ~documents;
        if (unsettled == 0) {
            isSealed = false;
            owner.release(this);
        }
    }

    /** The request body of some of this batch's documents; the whole body as it stands when {@code documents} are all. */
    public BatchBody body(long documents) {
        return new BatchBody(this, documents);
    }

    /** A stream over {@code length} bytes of the body from {@code offset} on. */
    InputStream stream(int offset, int length) {
        return new org.agrona.io.DirectBufferInputStream(buffer, offset, length);
    }
}
