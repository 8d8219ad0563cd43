package io.github.xrayd.engine.batch;

import io.github.xrayd.engine.encode.Framing;
import io.github.xrayd.engine.export.DocumentBatch;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import org.agrona.io.DirectBufferInputStream;

/**
 * The request body of some of a batch's documents, read from the batch where it stands.
 *
 * <p>Valid as long as one of its documents is unsettled. Immutable; any thread.
 */
public final class BatchBody implements DocumentBatch {
    private final Batch batch;
    private final long documents;
    private final int length;

    BatchBody(Batch batch, long documents) {
        if (documents == 0 || (documents & ~Batch.allOf(batch.documentCount())) != 0) {
            throw new IllegalArgumentException("no such documents: " + Long.toBinaryString(documents));
        }
        this.batch = batch;
        this.documents = documents;
        length = batch.length(documents);
    }

    /**
     * The body of some documents of a parcel that is a {@link Batch}, as every one is that a batcher or a spool has
     * made.
     */
    public static BatchBody of(Parcel parcel, long documents) {
        return new BatchBody((Batch) parcel, documents);
    }

    Batch batch() {
        return batch;
    }

    @Override
    public int length() {
        return length;
    }

    /** Which documents it holds, bit i for document i of the batch. */
    public long documents() {
        return documents;
    }

    /** Where each of its documents begins in the body. */
    public int[] starts() {
        int[] starts = new int[Long.bitCount(documents)];
        int separator = batch.framing().separator().capacity();
        int next = batch.framing().prefix().capacity();
        int count = 0;
        for (int i = 0; i < batch.documentCount(); i++) {
            if (isIncluded(i)) {
                starts[count++] = next;
                next += batch.documentLength(i) + separator;
            }
        }
        return starts;
    }

    @Override
    public int documentCount() {
        return Long.bitCount(documents);
    }

    /**
     * The index in the batch of the document with this number in the body, which is from 0 to {@link #documentCount()}
     * - 1.
     */
    public int index(int number) {
        long rest = documents;
        for (int i = 0; i < number; i++) {
            rest &= rest - 1;
        }
        return Long.numberOfTrailingZeros(rest);
    }

    @Override
    public byte[] document(int number) {
        return batch.encoder().decode(encoded(number));
    }

    /** A copy of the document with this number as it stands in the body. */
    public byte[] encoded(int number) {
        int index = index(Objects.checkIndex(number, documentCount()));
        byte[] encoded = new byte[batch.documentLength(index)];
        batch.buffer().getBytes(batch.documentOffset(index), encoded);
        return encoded;
    }

    @Override
    public boolean mayPutOff() {
        return batch.isPooled();
    }

    @Override
    public long oldestReceivedNs() {
        return batch.oldestReceivedNs();
    }

    @Override
    public InputStream openStream() {
        if (documents == Batch.allOf(batch.documentCount())) {
            return batch.stream(0, length);
        }
        Framing framing = batch.framing();
        List<InputStream> parts = new ArrayList<>();
        parts.add(new DirectBufferInputStream(framing.prefix()));
        int index = 0;
        while (index < batch.documentCount()) {
            if (!isIncluded(index)) {
                index++;
                continue;
            }
            int end = index;
            while (end + 1 < batch.documentCount() && isIncluded(end + 1)) {
                end++;
            }
            if (parts.size() > 1) {
                parts.add(new DirectBufferInputStream(framing.separator()));
            }
            int start = batch.documentOffset(index);
            parts.add(batch.stream(start, batch.documentOffset(end) + batch.documentLength(end) - start));
            index = end + 1;
        }
        parts.add(new DirectBufferInputStream(framing.suffix()));
        return new SequenceInputStream(Collections.enumeration(parts));
    }

    private boolean isIncluded(int index) {
        return (documents & (1L << index)) != 0;
    }
}
