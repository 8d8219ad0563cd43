package io.github.xrayd.engine.telemetry;

import java.util.List;

/** Where telemetry records go. Called by one thread at a time, and may take seconds. */
public interface TelemetrySink {
    /** The most records of one call. */
    int RECORDS_MAX = 10;

    /**
     * Sends up to {@link #RECORDS_MAX} records; never throws for anything the network or the service does.
     *
     * @return whether they arrived; if not, they are sent again later
     */
    boolean send(List<TelemetryRecord> records);
}
