/**
 * An HTTP/1.1 server for loopback and private networks: one selector loop, HttpCore's parser, and limits on all that
 * strangers can send (heads, bodies, connections, workers, time). Knows nothing of what is served.
 */
@org.jspecify.annotations.NullMarked
package io.github.xrayd.engine.http;
