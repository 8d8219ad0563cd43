package io.github.xrayd.engine.source;

/**
 * Told what became of each document that a source gave, by its origin: a number of the source's own, for example a topic's partition and offset.
 *
 * <p>A document is settled at a destination when it is delivered, unprocessed, refused, spooled, dropped for that destination alone, or
 * abandoned because it is too old; it is settled when every destination has settled it, or when it is rejected. What is abandoned because the
 * daemon ends is not told: a source that can give it again does so in the next process.
 */
public interface Settlement {
    /**
     * A destination has settled a document; once for each document and destination. That destination's uploader, or the source's own thread.
     *
     * @param destination its place in the configuration, from 0
     * @param origin what the source gave with the document
     */
    void onSettled(int destination, long origin);

    /** A document was rejected, so no destination is given it. The source's own thread. */
    void onRejected(long origin);
}
