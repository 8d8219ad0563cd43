package io.github.xrayd.engine.source;

import java.io.IOException;

/** A source as it is configured. */
public interface SourceConfig {
    /**
     * Makes the source and takes what it needs of the system, for example its port. It does not take documents yet.
     *
     * @throws IOException when it cannot; the message is for the user: what failed, where, and what to do
     */
    Source bind() throws IOException;
}
