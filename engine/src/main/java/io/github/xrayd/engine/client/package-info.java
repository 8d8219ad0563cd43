/**
 * An HTTP client: connections that are kept, with a deadline for each call, TLS, forward proxies, bounded answers, and
 * what error answers mean. Knows no operation of any service.
 */
@org.jspecify.annotations.NullMarked
package io.github.xrayd.engine.client;
