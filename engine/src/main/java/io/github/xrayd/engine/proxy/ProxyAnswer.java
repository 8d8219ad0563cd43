package io.github.xrayd.engine.proxy;

import io.github.xrayd.engine.client.HttpReply;
import io.github.xrayd.engine.http.Refusal;
import org.jspecify.annotations.Nullable;

/**
 * What came of a call: the API's answer, or why there is none. Many clients may be given the same one; the last to
 * release it gives back its share of the budget. Thread-safe.
 */
final class ProxyAnswer {
    private final @Nullable HttpReply reply;
    private final @Nullable Refusal refusal;

    private ProxyAnswer(@Nullable HttpReply reply, @Nullable Refusal refusal) {
        this.reply = reply;
        this.refusal = refusal;
    }

    static ProxyAnswer of(HttpReply reply) {
        return new ProxyAnswer(reply, null);
    }

    static ProxyAnswer of(Refusal refusal) {
        return new ProxyAnswer(null, refusal);
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
        if (reply != null && !reply.retain()) {
            throw new IllegalStateException("an answer is held after its last release");
        }
        return this;
    }

    void release() {
        if (reply != null) {
            reply.close();
        }
    }
}
