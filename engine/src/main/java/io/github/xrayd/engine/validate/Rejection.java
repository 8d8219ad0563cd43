package io.github.xrayd.engine.validate;

import io.github.xrayd.engine.telemetry.Counter;

/** Why a datagram holds no document that can go up; each reason has its counter and its log line. */
public enum Rejection {
    EMPTY(Counter.REJECTED_EMPTY, "Empty datagram"),
    NO_HEADER(Counter.REJECTED_NO_HEADER, "Missing header or segment"),
    BAD_HEADER(Counter.REJECTED_HEADER, "Invalid header"),
    NO_DOCUMENT(Counter.REJECTED_NO_DOCUMENT, "Missing header or segment"),
    NOT_JSON(Counter.REJECTED_NOT_JSON, "Segment is not well-formed JSON"),
    TRACE_ID(Counter.REJECTED_TRACE_ID, "Segment without a valid trace_id (1-<8 hex>-<24 hex>)"),
    ID(Counter.REJECTED_ID, "Segment without a valid id (16 hex digits)"),
    NAME(Counter.REJECTED_NAME, "Segment without a valid name (1 to 200 characters)"),
    TIME(Counter.REJECTED_TIME, "Segment without valid times (start_time, and end_time or in_progress)"),
    TOO_LARGE(Counter.REJECTED_TOO_LARGE, "Segment larger than 64 kB");

    private static final Rejection[] VALUES = values();

    private final Counter counter;
    private final String message;

    Rejection(Counter counter, String message) {
        this.counter = counter;
        this.message = message;
    }

    /** The counter of this reason. */
    public Counter counter() {
        return counter;
    }

    /** The log line's beginning; the beginning of the header or document follows it. */
    public String message() {
        return message;
    }

    /** This reason as a slot's verdict: negative, so that it cannot be a document's offset. */
    int verdict() {
        return ~ordinal();
    }

    /** The reason of a negative verdict. */
    static Rejection ofVerdict(int verdict) {
        return VALUES[~verdict];
    }
}
