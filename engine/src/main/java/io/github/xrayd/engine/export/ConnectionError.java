package io.github.xrayd.engine.export;

/**
 * The kinds of failed calls that X-Ray's telemetry records tell apart ({@code BackendConnectionErrors} in
 * PutTelemetryRecords).
 */
public enum ConnectionError {
    TIMEOUT,
    CONNECTION_REFUSED,
    HTTP_CODE_4XX,
    HTTP_CODE_5XX,
    UNKNOWN_HOST,
    OTHER;

    /** The kind of an HTTP status that is not a success. */
    public static ConnectionError ofStatus(int status) {
        return status >= 500 ? HTTP_CODE_5XX : status >= 400 ? HTTP_CODE_4XX : OTHER;
    }
}
