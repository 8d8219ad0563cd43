package io.github.xrayd.engine.http;

import org.jspecify.annotations.Nullable;

/**
 * A request that is not served, and why.
 *
 * @param status the HTTP status to answer
 * @param counter what to count
 * @param message what was wrong and what to do, for the client
 * @param allowed the methods that would be served, or null when it is not about the method
 */
public record Refusal(int status, HttpCounter counter, String message, @Nullable String allowed) {
    public Refusal(int status, HttpCounter counter, String message) {
        this(status, counter, message, status == 405 ? "POST" : null);
    }
}
