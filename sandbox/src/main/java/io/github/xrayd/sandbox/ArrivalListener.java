package io.github.xrayd.sandbox;

import java.util.List;

/** Hears of accepted documents; see {@link Arrivals} for the threads. */
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
}
