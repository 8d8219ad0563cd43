package io.github.xrayd.engine.proxy;

/**
 * A request that is not served, and why.
 *
 * @param status the HTTP status to answer
 * @param counter what to count
 * @param message what was wrong and what to do, for the client
 */
record Refusal(int status, ProxyCounter counter, String message) {}
