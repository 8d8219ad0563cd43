package io.github.xrayd.sandbox;

import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One way in which the sandbox misbehaves, and when. Immutable; made by the factories, narrowed by the methods that return a copy.
 *
 * @param kind what happens
 * @param operation the operation it happens to, for example {@code PutTraceSegments}, or null for every one
 * @param share the part of the requests it happens to, 0 to 1
 * @param count how many requests it happens to, or -1 for no bound
 * @param afterMs from when on, in milliseconds since it was set
 * @param forMs how long from then on, in milliseconds, or -1 for ever
 * @param status the HTTP status of {@link Kind#STATUS} and {@link Kind#GATEWAY}
 * @param errorCode the service's error code, of a failed request or of unprocessed segments
 * @param message the service's words with it
 * @param p50Ms the middle latency of {@link Kind#LATENCY}, or how long {@link Kind#HANG} hangs, in milliseconds
 * @param p99Ms the 99th percentile of the latency in milliseconds (log-normal); equal to {@code p50Ms} for a fixed one
 * @param ratePerSecond the requests or segments per second that a throttle lets pass
 * @param segmentShare the part of a request's segments that stay unprocessed, 0 to 1
 * @param hasNullIds whether unprocessed segments come without their id, as the real service does at times
 * @param isStored whether the documents count as arrived although the client does not learn it; for those that spoil the answer
 * @param containing only requests with this text in their body, which is JSON and so escaped; null for any body
 */
public record Fault(
        Kind kind,
        @Nullable String operation,
        double share,
        long count,
        long afterMs,
        long forMs,
        int status,
        String errorCode,
        String message,
        long p50Ms,
        long p99Ms,
        double ratePerSecond,
        double segmentShare,
        boolean hasNullIds,
        boolean isStored,
        @Nullable String containing) {

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
        requireWithin("share", share, 0, 1);
        requireWithin("segmentShare", segmentShare, 0, 1);
        requireWhole("status", status, 200, 599);
        requireWhole("p50Ms", p50Ms, 0, HOLD_MS_MAX);
        requireWhole("p99Ms", p99Ms, p50Ms, HOLD_MS_MAX);
        requireWithin("ratePerSecond", ratePerSecond, 0, 1e9);
        requireWhole("count", count, -1, Long.MAX_VALUE);
        requireWhole("afterMs", afterMs, 0, Long.MAX_VALUE);
        requireWhole("forMs", forMs, -1, Long.MAX_VALUE);
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
                null,
                1,
                -1,
                0,
                -1,
                status,
                errorCode,
                message,
                0,
                0,
                0,
                1,
                false,
                kind.isStoredByDefault(),
                null);
    }

    static Fault of(Kind kind) {
        return switch (kind) {
            case STATUS -> of(kind, 500, "InternalFailure", "The sandbox was told to fail");
            case THROTTLE_REQUESTS, THROTTLE_SEGMENTS -> of(kind, 429, "ThrottledException", "Rate exceeded");
            case UNPROCESSED -> of(kind, 200, "InternalFailure", "The sandbox was told not to process it");
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
        return of(Kind.STATUS, status, errorCode, "The sandbox was told to fail");
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
        Fault fault = of(Kind.UNPROCESSED, 200, errorCode, "The sandbox was told not to process it");
        return fault.with(
                fault.operation, fault.share, fault.count, fault.afterMs, fault.forMs, segmentShare, false, false);
    }

    /** The credentials are refused as expired. */
    public static Fault expiredCredentials() {
        return of(Kind.EXPIRED_CREDENTIALS);
    }

    /** Only for requests whose body contains this text. */
    public Fault containing(String text) {
        return new Fault(
                kind,
                operation,
                share,
                count,
                afterMs,
                forMs,
                status,
                errorCode,
                message,
                p50Ms,
                p99Ms,
                ratePerSecond,
                segmentShare,
                hasNullIds,
                isStored,
                text);
    }

    /** Only for this operation. */
    public Fault on(String theOperation) {
        return with(theOperation, share, count, afterMs, forMs, segmentShare, hasNullIds, isStored);
    }

    /** Only for this part of the requests, by the seeded chance. */
    public Fault share(double theShare) {
        return with(operation, theShare, count, afterMs, forMs, segmentShare, hasNullIds, isStored);
    }

    /** Only for this many requests. */
    public Fault times(long theCount) {
        return with(operation, share, theCount, afterMs, forMs, segmentShare, hasNullIds, isStored);
    }

    /** Only in this window since it was set. */
    public Fault between(Duration from, Duration to) {
        return with(
                operation,
                share,
                count,
                from.toMillis(),
                to.minus(from).toMillis(),
                segmentShare,
                hasNullIds,
                isStored);
    }

    /** Unprocessed segments come without their id. */
    public Fault withNullIds() {
        return with(operation, share, count, afterMs, forMs, segmentShare, true, isStored);
    }

    /** Whether the documents count as arrived although the answer is spoilt. */
    public Fault stored(boolean value) {
        return with(operation, share, count, afterMs, forMs, segmentShare, hasNullIds, value);
    }

    private Fault with(
            @Nullable String theOperation,
            double theShare,
            long theCount,
            long theAfterMs,
            long theForMs,
            double theSegmentShare,
            boolean theNullIds,
            boolean theStored) {
        return new Fault(
                kind,
                theOperation,
                theShare,
                theCount,
                theAfterMs,
                theForMs,
                status,
                errorCode,
                message,
                p50Ms,
                p99Ms,
                ratePerSecond,
                theSegmentShare,
                theNullIds,
                theStored,
                containing);
    }

    private Fault withLatency(long theP50Ms, long theP99Ms) {
        return new Fault(
                kind,
                operation,
                share,
                count,
                afterMs,
                forMs,
                status,
                errorCode,
                message,
                theP50Ms,
                theP99Ms,
                ratePerSecond,
                segmentShare,
                hasNullIds,
                isStored,
                containing);
    }

    private Fault withRate(double perSecond) {
        return new Fault(
                kind,
                operation,
                share,
                count,
                afterMs,
                forMs,
                status,
                errorCode,
                message,
                p50Ms,
                p99Ms,
                perSecond,
                segmentShare,
                hasNullIds,
                isStored,
                containing);
    }
}
