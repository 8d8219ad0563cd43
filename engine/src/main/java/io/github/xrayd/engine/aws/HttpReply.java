package io.github.xrayd.engine.aws;

import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * What the API answered, as it was sent, but for a body that nobody asked to have compressed. Whoever got it closes it when it is
 * passed on or read, which gives back the room that its body takes; several may hold it ({@link #retain}). Thread-safe.
 */
public final class HttpReply implements AutoCloseable {
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
