package io.github.xrayd.engine.aws;

import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import org.jspecify.annotations.Nullable;

/**
 * How far the service's clock is ahead of ours, learned from the Date header of answers that refuse a signature.
 * Thread-safe.
 *
 * <p>Signatures are valid for five minutes: smaller differences are left alone, as by the SDKs.
 */
final class ClockSkew {
    private static final Duration TOLERATED = Duration.ofMinutes(4);

    private final Clock clock;
    private volatile Duration offset = Duration.ZERO;

    ClockSkew(Clock clock) {
        this.clock = clock;
    }

    /** The service's clock, as far as it is known. */
    Clock serviceClock() {
        Duration ahead = offset;
        return ahead.isZero() ? clock : Clock.offset(clock, ahead);
    }

    /** How far the service's clock is ahead; zero while no answer has said otherwise. */
    Duration offset() {
        return offset;
    }

    /** Takes note of an answer. Only 400, 401 and 403 may say that the signature's time was wrong. */
    void onAnswer(int status, @Nullable String date) {
        if ((status != 400 && status != 401 && status != 403) || date == null) {
            return;
        }
        try {
            Instant theirs = ZonedDateTime.parse(date, DateTimeFormatter.RFC_1123_DATE_TIME)
                    .toInstant();
            Duration ahead = Duration.between(clock.instant(), theirs);
            if (ahead.minus(offset).abs().compareTo(TOLERATED) > 0) {
                offset = ahead;
            }
        } catch (DateTimeException e) {
            // Not a date: nothing learned.
            return;
        }
    }
}
