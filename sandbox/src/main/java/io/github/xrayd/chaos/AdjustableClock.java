package io.github.xrayd.chaos;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.concurrent.atomic.AtomicReference;

/** The system's clock, ahead by what is set. Thread-safe. */
final class AdjustableClock extends Clock {
    private final AtomicReference<Duration> ahead;
    private final ZoneId zone;

    AdjustableClock() {
        this(new AtomicReference<>(Duration.ZERO), ZoneOffset.UTC);
    }

    private AdjustableClock(AtomicReference<Duration> ahead, ZoneId zone) {
        this.ahead = ahead;
        this.zone = zone;
    }

    void setAhead(Duration value) {
        ahead.set(value);
    }

    @Override
    public Instant instant() {
        return Clock.systemUTC().instant().plus(ahead.get());
    }

    @Override
    public ZoneId getZone() {
        return zone;
    }

    /** The same clock in another zone: it goes ahead with this one. */
    @Override
    public Clock withZone(ZoneId other) {
        return new AdjustableClock(ahead, other);
    }
}
