package io.github.xrayd.engine;

import io.github.xrayd.engine.aws.Exporter;

/** Builds the backend, on a thread of the engine's, beside the receiving. */
@FunctionalInterface
interface ExporterConnector {
    /**
     * Builds it.
     *
     * @throws Exception when it cannot be; the message says what to mend
     */
    Exporter connect() throws Exception;
}
