package io.github.xrayd.engine.proxy;

import io.github.xrayd.engine.backend.HttpReply;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * What came of a call: the API's answer, or why there is none. Many clients may be given the same one; the last to release it gives
 * back its share of the budget. Thread-safe.
 */
final class ProxyAnswer {
    private final @Nullable HttpReply reply;
    private final @Nullable Refusal refusal;
    private final Runnable onReleased;
    private final AtomicInteger holders = new AtomicInteger(1);

    private ProxyAnswer(@Nullable HttpReply reply, @Nullable Refusal refusal, Runnable onReleased) {
        this.reply = reply;
        this.refusal = refusal;
        this.onReleased = onReleased;
    }

    static ProxyAnswer of(HttpReply reply, Runnable onReleased) {
        return new ProxyAnswer(reply, null, onReleased);
    }

    static ProxyAnswer of(Refusal refusal) {
        return new ProxyAnswer(null, refusal, () -> {});
    }

    @Nullable
    HttpReply reply() {
        return reply;
    }

    /** Why there is no reply, or null when there is one. */
    @Nullable
    Refusal refusal() {
        return refusal;
    }

    /** The API's status, or 0 when there is no reply. */
    int status() {
        return reply == null ? 0 : reply.status();
    }

    /** Itself, for one more holder. */
    ProxyAnswer retained() {
        holders.incrementAndGet();
        return this;
    }

    void release() {
        if (holders.decrementAndGet() == 0) {
            onReleased.run();
        }
    }
}
