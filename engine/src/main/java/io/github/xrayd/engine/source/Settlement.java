package io.github.xrayd.engine.source;

/**
 * Told what became of each document that a source gave, by its origin: a number of the source's own, for example a
 * topic's partition and offset.
 *
 * <p>A document is settled at a destination when it is delivered, unprocessed, refused or spooled; it is settled when
 * every destination has settled it, or when it is rejected. Until then it is tried, without an age limit, and no
 * destination passes it because it has no room. What is left when the daemon ends is not reported: a source that asks
 * for this gives it again, in this process or the next one.
 */
public interface Settlement {
    /**
     * A destination has settled a document; once for each document and destination. The uploader's thread.
     *
     * @param destination its place in the configuration, from 0
     * @param origin what the source gave with the document
     */
    void onSettled(int destination, long origin);

    /** A document was rejected, so no destination is given it. The source's own thread. */
    void onRejected(long origin);
}
