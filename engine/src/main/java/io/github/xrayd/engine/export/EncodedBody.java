package io.github.xrayd.engine.export;

import java.io.InputStream;

/**
 * A request body that is already encoded.
 *
 * <p>The bytes do not change while a call is in flight. {@link #openStream()} may be called several times per attempt
 * (once to hash, once to send), each time from the thread that makes the call.
 */
public interface EncodedBody {
    /** The body's length in bytes; always positive. */
    int length();

    /** A new stream over the whole body, from its first byte; closing it is not needed. */
    InputStream openStream();
}
