package io.github.xrayd.engine.telemetry;

/**
 * What happened between two moments, as X-Ray's PutTelemetryRecords wants to know it.
 *
 * @param timestampMs when the record was made, in milliseconds since 1970
 * @param received datagrams read from the socket, bad ones too
 * @param sent documents in calls that succeeded, those that the service left unprocessed for good included
 * @param spillover datagrams read and not kept (memory full, not allowed, unfair)
 * @param rejected datagrams that validation turned away, and documents that the service left unprocessed for good
 * @param timeouts calls that timed out
 * @param connectionsRefused calls that were refused a connection
 * @param http4xx calls answered with a 4xx
 * @param http5xx calls answered with a 5xx
 * @param unknownHosts calls whose host name could not be resolved
 * @param others calls that failed otherwise
 */
public record TelemetryRecord(
        long timestampMs,
        long received,
        long sent,
        long spillover,
        long rejected,
        long timeouts,
        long connectionsRefused,
        long http4xx,
        long http5xx,
        long unknownHosts,
        long others) {}
