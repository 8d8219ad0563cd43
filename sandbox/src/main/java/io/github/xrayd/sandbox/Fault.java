package io.github.xrayd.sandbox;

import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One way in which the sandbox misbehaves, and when. Immutable; made by the factories, narrowed by the methods that
 * return a copy.
 *
 * @param kind what happens
 * @param scope the requests to which it happens
 * @param error the answer of {@link Kind#STATUS} and {@link Kind#GATEWAY}, and what is said of unprocessed segments
 * @param delay the latency of {@link Kind#LATENCY}, or how long {@link Kind#HANG} hangs
 * @param ratePerSecond the requests or segments per second that a throttle lets pass
 * @param unprocessed the segments of {@link Kind#UNPROCESSED}
 * @param isStored whether the documents count as arrived although the client does not learn it; for those that spoil
 *     the answer
 */
public record Fault(
        Kind kind,
        Scope scope,
        ErrorAnswer error,
        Delay delay,
        double ratePerSecond,
        UnprocessedShare unprocessed,
        boolean isStored) {

    /**
     * The requests to which a fault happens.
     *
     * @param operation of the request, for example {@code PutTraceSegments}, or null for every one
     * @param share the part of the requests, 0 to 1
     * @param count how many requests, or -1 for no bound
     * @param afterMs from when on, in milliseconds since it was set
     * @param forMs how long from then on, in milliseconds, or -1 for ever
     * @param containing only requests with this text in their body, which is JSON and so escaped; null for any body
     */
    public record Scope(
            @Nullable String operation,
            double share,
            long count,
            long afterMs,
            long forMs,
            @Nullable String containing) {
        static final Scope ALL = new Scope(null, 1, -1, 0, -1, null);

        public Scope {
            requireWithin("share", share, 0, 1);
            requireWhole("count", count, -1, Long.MAX_VALUE);
            requireWhole("afterMs", afterMs, 0, Long.MAX_VALUE);
            requireWhole("forMs", forMs, -1, Long.MAX_VALUE);
        }
    }

    /**
     * An error answer.
     *
     * @param status the HTTP status
     * @param code the service's error code
     * @param message the service's message with it
     */
    public record ErrorAnswer(int status, String code, String message) {
        public ErrorAnswer {
            requireWhole("status", status, 200, 599);
        }
    }

    /**
     * How late an answer is: log-normal through two percentiles.
     *
     * @param p50Ms the median in milliseconds
     * @param p99Ms the 99th percentile in milliseconds; equal to {@code p50Ms} for a fixed delay
     */
    public record Delay(long p50Ms, long p99Ms) {
        public Delay {
            requireWhole("p50Ms", p50Ms, 0, HOLD_MS_MAX);
            requireWhole("p99Ms", p99Ms, p50Ms, HOLD_MS_MAX);
        }
    }

    /**
     * Which of a request's segments stay unprocessed.
     *
     * @param share the part of them, 0 to 1
     * @param hasNullIds whether they come without their id, as from the real service at times
     */
    public record UnprocessedShare(double share, boolean hasNullIds) {
        public UnprocessedShare {
            requireWithin("segmentShare", share, 0, 1);
        }
    }

    /** The longest a request is held up, in milliseconds. */
    public static final long HOLD_MS_MAX = 120_000;

    /** What happens to a request. */
    public enum Kind {
        /** Nothing; a pass in a script. */
        NONE,
        /** The request is served, its answer comes late. */
        LATENCY,
        /** An error answer. */
        STATUS,
        /** 429 {@code ThrottledException} for requests above a rate. */
        THROTTLE_REQUESTS,
        /** 429 {@code ThrottledException} for requests whose segments come above a rate. */
        THROTTLE_SEGMENTS,
        /** The connection is closed before the body is read: the client mostly sees a reset. */
        DROP_BEFORE,
        /** The connection is closed after the body is read, without an answer. */
        DROP_AFTER,
        /** No answer for a time, then the connection is closed. */
        HANG,
        /** Status 200 and half of the body, then the connection is closed. */
        HALF_ANSWER,
        /** Status 200 with a body that is not JSON. */
        WRONG_JSON,
        /** Status 200 with an HTML page, as from a captive portal. */
        HTML,
        /** A status with an HTML page and nothing of the service, as from a gateway in between. */
        GATEWAY,
        /** Status 200 with some segments unprocessed. */
        UNPROCESSED,
        /** 403 {@code ExpiredTokenException}. */
        EXPIRED_CREDENTIALS;

        /** The name in JSON: lower case with dashes. */
        public String jsonName() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }

        boolean isStoredByDefault() {
            return this == HALF_ANSWER || this == WRONG_JSON || this == HTML;
        }
    }

    public Fault {
        requireWithin("ratePerSecond", ratePerSecond, 0, 1e9);
    }

    private static void requireWhole(String what, long value, long min, long max) {
        if (value < min || value > max) {
            throw new IllegalArgumentException(
                    "A fault's " + what + " must be " + min + " to " + max + ", not " + value);
        }
    }

    private static void requireWithin(String what, double value, double min, double max) {
        if (!(value >= min && value <= max)) {
            throw new IllegalArgumentException(
                    "A fault's " + what + " must be " + min + " to " + max + ", not " + value);
        }
    }

    private static Fault of(Kind kind, int status, String errorCode, String message) {
        return new Fault(
                kind,
                Scope.ALL,
                new ErrorAnswer(status, errorCode, message),
                new Delay(0, 0),
                0,
                new UnprocessedShare(1, false),
                kind.isStoredByDefault());
    }

    static Fault of(Kind kind) {
        return switch (kind) {
            case STATUS -> of(kind, 500, "InternalFailure", "The sandbox is configured to fail");
            case THROTTLE_REQUESTS, THROTTLE_SEGMENTS -> of(kind, 429, "ThrottledException", "Rate exceeded");
            case UNPROCESSED -> of(kind, 200, "InternalFailure", "The sandbox is configured not to process it");
            case EXPIRED_CREDENTIALS ->
                of(kind, 403, "ExpiredTokenException", "The security token included in the request is expired");
            case GATEWAY -> of(kind, 502, "", "");
            case HANG -> of(kind, 200, "", "").withLatency(60_000, 60_000);
            default -> of(kind, 200, "", "");
        };
    }

    /** Nothing happens: a pass in a script. */
    public static Fault none() {
        return of(Kind.NONE);
    }

    /** Each answer is late by this much. */
    public static Fault latency(Duration fixed) {
        return of(Kind.LATENCY).withLatency(fixed.toMillis(), fixed.toMillis());
    }

    /** Answers are late by a log-normal distribution with these percentiles. */
    public static Fault latency(Duration p50, Duration p99) {
        return of(Kind.LATENCY).withLatency(p50.toMillis(), p99.toMillis());
    }

    /** An error answer. */
    public static Fault status(int status, String errorCode) {
        return of(Kind.STATUS, status, errorCode, "The sandbox is configured to fail");
    }

    /** Requests above this rate are throttled. */
    public static Fault throttleRequests(double perSecond) {
        return of(Kind.THROTTLE_REQUESTS).withRate(perSecond);
    }

    /** Requests with segments above this rate are throttled. */
    public static Fault throttleSegments(double perSecond) {
        return of(Kind.THROTTLE_SEGMENTS).withRate(perSecond);
    }

    /** The connection is closed before the request is read. */
    public static Fault dropBefore() {
        return of(Kind.DROP_BEFORE);
    }

    /** The connection is closed after the request is read. */
    public static Fault dropAfter() {
        return of(Kind.DROP_AFTER);
    }

    /** No answer for this long, then the connection is closed. */
    public static Fault hang(Duration time) {
        return of(Kind.HANG).withLatency(time.toMillis(), time.toMillis());
    }

    /** Half of an answer. */
    public static Fault halfAnswer() {
        return of(Kind.HALF_ANSWER);
    }

    /** Status 200 with a body that is not JSON. */
    public static Fault wrongJson() {
        return of(Kind.WRONG_JSON);
    }

    /** Status 200 with an HTML page. */
    public static Fault html() {
        return of(Kind.HTML);
    }

    /** A status with an HTML page that is not the service's; nothing is taken. */
    public static Fault gateway(int status) {
        return of(Kind.GATEWAY, status, "", "");
    }

    /** A part of the segments of each request stays unprocessed. */
    public static Fault unprocessed(String errorCode, double segmentShare) {
        return of(Kind.UNPROCESSED, 200, errorCode, "The sandbox is configured not to process it")
                .with(new UnprocessedShare(segmentShare, false));
    }

    /** The credentials are refused as expired. */
    public static Fault expiredCredentials() {
        return of(Kind.EXPIRED_CREDENTIALS);
    }

    /** Only for requests whose body contains this text. */
    public Fault containing(String text) {
        return with(new Scope(scope.operation, scope.share, scope.count, scope.afterMs, scope.forMs, text));
    }

    /** Only for this operation. */
    public Fault on(String operation) {
        return with(new Scope(operation, scope.share, scope.count, scope.afterMs, scope.forMs, scope.containing));
    }

    /** Only for this part of the requests, by the seeded chance. */
    public Fault share(double share) {
        return with(new Scope(scope.operation, share, scope.count, scope.afterMs, scope.forMs, scope.containing));
    }

    /** Only for this many requests. */
    public Fault times(long count) {
        return with(new Scope(scope.operation, scope.share, count, scope.afterMs, scope.forMs, scope.containing));
    }

    /** Only in this window since it was set. */
    public Fault between(Duration from, Duration to) {
        long forMs = to.minus(from).toMillis();
        return with(new Scope(scope.operation, scope.share, scope.count, from.toMillis(), forMs, scope.containing));
    }

    /** Unprocessed segments come without their id. */
    public Fault withNullIds() {
        return with(new UnprocessedShare(unprocessed.share, true));
    }

    /** Whether the documents count as arrived although the answer is spoilt. */
    public Fault stored(boolean value) {
        return new Fault(kind, scope, error, delay, ratePerSecond, unprocessed, value);
    }

    private Fault with(Scope other) {
        return new Fault(kind, other, error, delay, ratePerSecond, unprocessed, isStored);
    }

    private Fault with(UnprocessedShare other) {
        return new Fault(kind, scope, error, delay, ratePerSecond, other, isStored);
    }

    private Fault withLatency(long p50Ms, long p99Ms) {
        return new Fault(kind, scope, error, new Delay(p50Ms, p99Ms), ratePerSecond, unprocessed, isStored);
    }

    private Fault withRate(double perSecond) {
        return new Fault(kind, scope, error, delay, perSecond, unprocessed, isStored);
    }
}
