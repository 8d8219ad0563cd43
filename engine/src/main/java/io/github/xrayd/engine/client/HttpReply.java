package io.github.xrayd.engine.client;

import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * What a server answered, as it was sent, but for a body that nobody asked to have compressed. Whoever got it closes it
 * when it is passed on or read, which gives back the room that its body takes; several may hold it ({@link #retain}).
 * Thread-safe.
 */
public final class HttpReply implements AutoCloseable {
    /** A larger Retry-After is cut to this, so that no answer can keep the daemon from trying for long. */
    private static final long RETRY_AFTER_MS_MAX = Duration.ofMinutes(1).toMillis();

    private static final int SECONDS_LENGTH_MAX = 9;

    private final int status;
    private final Map<String, List<String>> headers;
    private final byte[] body;
    private final AnswerBudget.@Nullable Room room;
    private final AtomicInteger holders = new AtomicInteger(1);

    /** A reply whose body takes nobody's room; neither headers nor body are copied. */
    public HttpReply(int status, Map<String, List<String>> headers, byte[] body) {
        this(status, headers, body, null);
    }

    HttpReply(int status, Map<String, List<String>> headers, byte[] body, AnswerBudget.@Nullable Room room) {
        this.status = status;
        this.headers = headers;
        this.body = body;
        this.room = room;
    }

    /** The HTTP status. */
    public int status() {
        return status;
    }

    /** All of them, in any order. */
    public Map<String, List<String>> headers() {
        return headers;
    }

    /** The first value of a header, its name in any case, or null. */
    public @Nullable String header(String name) {
        return first(headers, name);
    }

    /** The first value of a header among others, its name in any case, or null. */
    public static @Nullable String first(Map<String, List<String>> headers, String name) {
        for (Map.Entry<String, List<String>> header : headers.entrySet()) {
            if (header.getKey().equalsIgnoreCase(name) && !header.getValue().isEmpty()) {
                return header.getValue().get(0);
            }
        }
        return null;
    }

    /**
     * Retry-After in either form, seconds or a date, in milliseconds and at most a minute; 0 when there is none that
     * can be read.
     *
     * @param clock used where the reply does not tell its own time
     */
    public long retryAfterMs(Clock clock) {
        String header = header("Retry-After");
        String value = header == null ? "" : header.strip();
        if (value.isEmpty()) {
            return 0;
        }
        long ms;
        if (value.chars().allMatch(c -> c >= '0' && c <= '9')) {
            ms = value.length() > SECONDS_LENGTH_MAX ? RETRY_AFTER_MS_MAX : Long.parseLong(value) * 1000;
        } else {
            Instant until = date(value);
            Instant theirs = date(header("Date"));
            // By the clock of the one who wrote it, where the answer tells: this host's may be wrong.
            Instant from = theirs == null ? clock.instant() : theirs;
            // A header that cannot be read asks for nothing; the caller backs off by its own rule.
            ms = until == null ? 0 : Duration.between(from, until).toMillis();
        }
        return Math.max(0, Math.min(ms, RETRY_AFTER_MS_MAX));
    }

    private static @Nullable Instant date(@Nullable String text) {
        if (text == null) {
            return null;
        }
        try {
            return ZonedDateTime.parse(text.strip(), DateTimeFormatter.RFC_1123_DATE_TIME)
                    .toInstant();
        } catch (DateTimeException e) {
            return null;
        }
    }

    /** The body's bytes; not to be changed. */
    public byte[] body() {
        return body;
    }

    /** Holds it once more, to be closed once more; false when everybody has closed it already. */
    public boolean retain() {
        return holders.getAndUpdate(count -> count == 0 ? 0 : count + 1) > 0;
    }

    @Override
    public void close() {
        if (holders.updateAndGet(count -> count == 0 ? 0 : count - 1) == 0 && room != null) {
            room.close();
        }
    }
}
