package io.github.xrayd.connectors.compare;

import java.io.IOException;

/** What one destination has. It can be read several times, and gives the same records each time. Used by one thread. */
public interface RecordSource extends AutoCloseable {
    /**
     * Hands over the records, in their order.
     *
     * @throws IOException when they cannot be read; the message is for the user
     */
    void read(Sink sink) throws IOException, InterruptedException;

    @Override
    default void close() {}

    /** Takes records. */
    interface Sink {
        /**
         * Whether a trace's records are wanted now; a source that knows the trace of a record need not hand over
         * others.
         */
        boolean isWanted(String traceId);

        /**
         * Takes one record: a document, a request of OTLP as JSON, or a file of traces.
         *
         * @param bytes not kept
         */
        void accept(byte[] bytes);
    }
}
