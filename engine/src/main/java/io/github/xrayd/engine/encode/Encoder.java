package io.github.xrayd.engine.encode;

import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * How one kind of destination writes documents into a request body.
 *
 * <p>A body is the {@link #framing}'s prefix, the encoded documents with its separator between them, and its suffix;
 * any subset of the documents in the same order, framed again, is a valid body too. {@link #encode} is called by the
 * batchers of the destination, each on its own thread, so an encoder has no state that calls share. It never waits, and
 * encoders on the data path of X-Ray allocate nothing.
 */
public interface Encoder {
    /** What {@link #encode} returns when the target is too small. */
    int NO_ROOM = -1;

    /** What the bodies are. Always the same. */
    BodyEncoding encoding();

    /** What stands around and between documents. Always the same. */
    Framing framing();

    /**
     * Writes one document, without its separator.
     *
     * @param source where the document stands, as received
     * @param length its bytes, at least 1
     * @param targetLimit the offset in the target that must not be reached
     * @return the offset behind the last byte written, or {@link #NO_ROOM}; the target's content behind
     *     {@code targetOffset} is then undefined
     */
    int encode(
            DirectBuffer source,
            int sourceOffset,
            int length,
            MutableDirectBuffer target,
            int targetOffset,
            int targetLimit);

    /**
     * The most bytes that a document can become.
     *
     * @param length the document's bytes
     */
    int lengthMax(int length);

    /**
     * The document that {@link #encode} wrote; bytes that it had to replace stay replaced. May allocate and take its
     * time. Never throws: what cannot be read, as in a spool file that somebody else wrote, comes back as it is.
     *
     * @param encoded the bytes of one document in a body; may be given back
     */
    byte[] decode(byte[] encoded);
}
