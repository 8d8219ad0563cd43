package io.github.xrayd.engine.proxy;

import org.jspecify.annotations.Nullable;

/**
 * A request that is not served, and why.
 *
 * @param status the HTTP status to answer
 * @param counter what to count
 * @param message what was wrong and what to do, for the client
 * @param allowed the methods that would be served, or null when it is not about the method
 */
record Refusal(int status, ProxyCounter counter, String message, @Nullable String allowed) {
    Refusal(int status, ProxyCounter counter, String message) {
        this(status, counter, message, status == 405 ? "POST" : null);
    }
}
