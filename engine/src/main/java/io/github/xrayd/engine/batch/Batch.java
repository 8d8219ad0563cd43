package io.github.xrayd.engine.batch;

import io.github.xrayd.engine.encode.Encoder;
import io.github.xrayd.engine.encode.Framing;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.function.LongConsumer;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Up to 50 documents as one ready request body, written by the destination's {@link Encoder}, that knows where each
 * begins.
 *
 * <p>Filled by the batcher until it is sealed; then the uploader's alone, which settles each document once; when none
 * is left it goes back to its pool. Which documents are unsettled is a bit mask, bit i for document i.
 */
public final class Batch implements Parcel {
    /** The most documents a request may have (PutTraceSegments: "Exceeding maximum segment count: 50"). */
    public static final int DOCUMENTS_MAX = 50;

    private final UnsafeBuffer buffer = new UnsafeBuffer(0, 0);
    /** Where each encoded document begins; one more entry is where the next one would. */
    private final int[] offsets = new int[DOCUMENTS_MAX + 1];

    private final Encoder encoder;
    /** What each document's source receives when it is settled; null, as {@link #onSettled}, when it does not ask. */
    private final long @Nullable [] origins;

    private final @Nullable LongConsumer onSettled;
    private final Framing framing;
    private final BatchOwner owner;
    private int firstBlock;
    private int blockCount;
    private int documentCount;
    private int writeLimit;
    private boolean isSealed;
    private long oldestReceivedNs;
    private long unsettled;

    Batch(Encoder encoder, BatchOwner owner, @Nullable LongConsumer onSettled) {
        this.encoder = encoder;
        this.framing = encoder.framing();
        this.onSettled = onSettled;
        origins = onSettled == null ? null : new long[DOCUMENTS_MAX];
        this.owner = owner;
    }

    /**
     * A sealed batch made of a body that was sealed before, in memory of its own that belongs to no pool.
     *
     * @param encoder the one that made the body
     * @param body the request body; kept, not copied
     * @param starts where each document begins in it
     * @param oldestReceivedNs when the oldest document was received, on the engine's nanosecond clock
     * @throws IllegalArgumentException when the body is not one that {@link #seal} could have made
     */
    public static Batch restored(Encoder encoder, byte[] body, int[] starts, long oldestReceivedNs) {
        Batch batch = new Batch(encoder, released -> {}, null);
        batch.take(body, starts, oldestReceivedNs);
        return batch;
    }

    private void take(byte[] body, int[] starts, long oldestReceivedNs) {
        buffer.wrap(body);
        int count = starts.length;
        if (count < 1
                || count > DOCUMENTS_MAX
                || !framing.isAround(buffer)
                || starts[0] != framing.prefix().capacity()) {
            throw new IllegalArgumentException(
                    "not a sealed batch: " + count + " documents, " + body.length + " bytes");
        }
        int separator = framing.separator().capacity();
        int end = body.length - framing.suffix().capacity() + separator;
        for (int i = 0; i < count; i++) {
            int next = i + 1 < count ? starts[i + 1] : end;
            if (next - starts[i] <= separator || next > end) {
                throw new IllegalArgumentException("not a sealed batch: document " + i + " at " + starts[i]);
            }
            offsets[i] = starts[i];
        }
        offsets[count] = end;
        documentCount = count;
        this.oldestReceivedNs = oldestReceivedNs;
        isSealed = true;
        unsettled = allOf(count);
    }

    void open(long address, int firstBlock, int blockCount, int capacity) {
        buffer.wrap(address, capacity);
        this.firstBlock = firstBlock;
        this.blockCount = blockCount;
        int prefix = framing.prefix().capacity();
        buffer.putBytes(0, framing.prefix(), 0, prefix);
        offsets[0] = prefix;
        documentCount = 0;
        writeLimit =
                capacity - framing.suffix().capacity() - framing.separator().capacity();
        isSealed = false;
        oldestReceivedNs = 0;
        unsettled = 0;
    }

    /**
     * Encodes a document into the body.
     *
     * @return false when there is no room; the batch is then as before
     */
    boolean append(DirectBuffer source, int offset, int length, long receivedNs) {
        int end = encoder.encode(source, offset, length, buffer, offsets[documentCount], writeLimit);
        if (end == Encoder.NO_ROOM) {
            return false;
        }
        int separator = framing.separator().capacity();
        buffer.putBytes(end, framing.separator(), 0, separator);
        if (documentCount == 0) {
            oldestReceivedNs = receivedNs;
        }
        if (origins != null) {
            origins[documentCount] = source.getLong(0);
        }
        documentCount++;
        offsets[documentCount] = end + separator;
        return true;
    }

    void seal() {
        assert documentCount > 0;
        buffer.putBytes(documentsEnd(), framing.suffix(), 0, framing.suffix().capacity());
        isSealed = true;
        unsettled = allOf(documentCount);
    }

    /** Where the last document ends: the separator behind it gives way to the suffix. */
    private int documentsEnd() {
        return offsets[documentCount] - framing.separator().capacity();
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
        return documentsEnd() + framing.suffix().capacity();
    }

    @Override
    public long oldestReceivedNs() {
        return oldestReceivedNs;
    }

    /** The body's bytes, from offset 0 to {@link #length()}. */
    public DirectBuffer buffer() {
        return buffer;
    }

    /** How its documents are written. */
    Encoder encoder() {
        return encoder;
    }

    /** What stands around and between documents. */
    Framing framing() {
        return framing;
    }

    /** The offset of the first byte of document {@code index}, as it is encoded. */
    public int documentOffset(int index) {
        return offsets[index];
    }

    /** The bytes of document {@code index}, as it is encoded. */
    public int documentLength(int index) {
        return offsets[index + 1] - framing.separator().capacity() - offsets[index];
    }

    /** A mask of the first {@code count} documents. */
    public static long allOf(int count) {
        return (1L << count) - 1;
    }

    @Override
    public long unsettled() {
        return unsettled;
    }

    @Override
    public int length(long documents) {
        int sum = framing.overhead(Long.bitCount(documents));
        for (long rest = documents; rest != 0; rest &= rest - 1) {
            sum += documentLength(Long.numberOfTrailingZeros(rest));
        }
        return sum;
    }

    @Override
    public void settle(long documents) {
        checkUnsettled(documents);
        if (onSettled != null && origins != null) {
            for (long rest = documents; rest != 0; rest &= rest - 1) {
                onSettled.accept(origins[Long.numberOfTrailingZeros(rest)]);
            }
        }
        end(documents);
    }

    @Override
    public void abandon(long documents) {
        checkUnsettled(documents);
        end(documents);
    }

    @Override
    public boolean isReplayable() {
        return origins != null;
    }

    private void checkUnsettled(long documents) {
        if ((documents & ~unsettled) != 0 || !isSealed) {
            throw new IllegalStateException("settled twice: " + Long.toBinaryString(documents & ~unsettled));
        }
    }

    private void end(long documents) {
        unsettled &= ~documents;
        if (unsettled == 0) {
            isSealed = false;
            owner.release(this);
        }
    }

    @Override
    public Batch moved(long documents) {
        BatchBody some = body(documents);
        byte[] bytes = new byte[some.length()];
        try (InputStream stream = some.openStream()) {
            stream.readNBytes(bytes, 0, bytes.length);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Batch copy = new Batch(encoder, released -> {}, onSettled);
        copy.take(bytes, some.starts(), oldestReceivedNs);
        if (origins != null && copy.origins != null) {
            int moved = 0;
            for (long rest = documents; rest != 0; rest &= rest - 1) {
                copy.origins[moved++] = origins[Long.numberOfTrailingZeros(rest)];
            }
        }
        // Their source is told when they are settled there.
        abandon(documents);
        return copy;
    }

    /** Whether its memory is a pool's: it was filled by a batcher, and not restored or moved. */
    boolean isPooled() {
        return owner instanceof BatchPool;
    }

    /**
     * The request body of some of this batch's documents; the whole body as it stands when {@code documents} are all.
     */
    public BatchBody body(long documents) {
        return new BatchBody(this, documents);
    }

    /** A stream over {@code length} bytes of the body from {@code offset} on. */
    InputStream stream(int offset, int length) {
        return new org.agrona.io.DirectBufferInputStream(buffer, offset, length);
    }
}
