package io.github.xrayd.engine;

import io.github.xrayd.engine.export.Exporter;

/** Makes an exporter, as {@link DestinationKind#connect} does; tests put stand-ins in its place. */
@FunctionalInterface
interface ExporterConnector {
    /**
     * Makes it.
     *
     * @throws Exception when it cannot be; the message says what to mend
     */
    Exporter connect() throws Exception;
}
