package io.github.xrayd.engine.telemetry;

/**
 * What happened between two moments, in the terms of X-Ray's PutTelemetryRecords.
 *
 * @param timestampMs when the record was made, in milliseconds since 1970
 * @param received datagrams read from the socket, bad ones too
 * @param sent documents in calls that succeeded, those that the service left unprocessed for good included
 * @param spillover datagrams read and not kept (memory full, not allowed, unfair)
 * @param rejected datagrams that validation turned away, and documents that the service left unprocessed for good
 * @param errors calls that failed
 */
public record TelemetryRecord(
        long timestampMs, long received, long sent, long spillover, long rejected, CallErrors errors) {

    /**
     * Calls that failed.
     *
     * @param timeouts that timed out
     * @param connectionsRefused that were refused a connection
     * @param http4xx answered with a 4xx
     * @param http5xx answered with a 5xx
     * @param unknownHosts whose host name could not be resolved
     * @param others that failed otherwise
     */
    public record CallErrors(
            long timeouts, long connectionsRefused, long http4xx, long http5xx, long unknownHosts, long others) {}
}
