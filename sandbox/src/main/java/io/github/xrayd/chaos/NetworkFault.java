package io.github.xrayd.chaos;

/** What a {@link FaultyProxy} does to the bytes that come through, one piece at a time. */
enum NetworkFault {
    /** Passes them on. */
    NONE,
    /** Passes them on late: up to 300 ms, one piece in 20 up to 2.5 s. */
    DELAY,
    /** Passes on the first part of an answer, then closes the connection. */
    TRUNCATE,
    /** Changes one byte of an answer. */
    CORRUPT_ANSWERS,
    /** Changes one byte of a request. */
    CORRUPT_REQUESTS,
    /** Passes on the first part, then resets the connection; half of the times in the answer, else in the request. */
    RESET,
    /** Swallows this and whatever comes after it on the connection, in both directions, and keeps it open. */
    BLACKHOLE,
    /** Answers, and never ends the head or the body of the answer; the request is taken. */
    ENDLESS_ANSWERS,
    /** Any of the others but corrupted requests and endless answers, by chance. */
    MIXED;

    /** Which way bytes go. */
    enum Direction {
        REQUEST,
        ANSWER
    }

    /** Whether this can happen to bytes that go that way. */
    boolean appliesTo(Direction direction) {
        return switch (this) {
            case NONE -> false;
            case TRUNCATE, CORRUPT_ANSWERS, ENDLESS_ANSWERS -> direction == Direction.ANSWER;
            case CORRUPT_REQUESTS -> direction == Direction.REQUEST;
            case DELAY, RESET, BLACKHOLE, MIXED -> true;
        };
    }
}
