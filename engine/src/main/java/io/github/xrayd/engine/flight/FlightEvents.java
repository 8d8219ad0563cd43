package io.github.xrayd.engine.flight;

import org.jspecify.annotations.Nullable;

/** Writes events to the recordings that run. Any thread; never waits. May allocate, once for each event. */
public interface FlightEvents {
    /**
     * A batch was sealed.
     *
     * @param destination whose it is
     * @param bytes length of its body
     * @param ageNs age of its oldest document, in nanoseconds
     */
    void onSealed(String destination, int documents, int bytes, long ageNs);

    /**
     * A call begins now.
     *
     * @param bytes length of its body, before compression
     */
    CallEvent onCall(String destination, int documents, int bytes);

    /**
     * Documents or datagrams were lost since the last such event.
     *
     * @param destination for which, or null when for all
     * @param reason a counter's name in lower case, or words
     */
    void onDropped(@Nullable String destination, String reason, long count);

    /** A call that has begun. */
    interface CallEvent {
        /**
         * It has ended now.
         *
         * @param result what came of it, in lower case
         * @param status HTTP status, 0 without one
         * @param error the service's code, the kind of connection error, or null
         * @param rejected how many documents the answer does not take
         */
        void onEnd(String result, int status, @Nullable String error, int rejected);
    }
}
