package io.github.xrayd.engine;

import io.github.xrayd.engine.backend.Backend;

/** Builds the backend, on a thread of the engine's, beside the receiving. */
@FunctionalInterface
interface BackendConnector {
    /**
     * Builds it.
     *
     * @throws Exception when it cannot be; the message says what to mend
     */
    Backend connect() throws Exception;
}
