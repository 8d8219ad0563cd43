package io.github.xrayd.sandbox;

import java.util.List;

/** Receives the documents that the sandbox accepted or refused; see {@link Arrivals} for the threads. */
@FunctionalInterface
public interface ArrivalListener {
    /**
     * One document was accepted.
     *
     * @param document exactly as it was before it was put into the request's JSON
     * @param arrivalMicros when its request had been read, in microseconds since the epoch
     */
    void onDocument(String document, long arrivalMicros);

    /** The accepted documents of one request, before each of them goes to {@link #onDocument}. */
    default void onBatch(List<String> documents, long arrivalMicros) {}

    /**
     * One document was refused: it came back as an unprocessed segment.
     *
     * @param errorCode as in the answer, such as {@code InvalidTraceId}
     * @param message as in the answer
     */
    default void onRefused(String document, String errorCode, String message, long arrivalMicros) {}
}
