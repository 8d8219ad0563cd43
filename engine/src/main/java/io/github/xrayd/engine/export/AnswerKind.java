package io.github.xrayd.engine.export;

/**
 * What one attempt to upload a batch came to; each value has one answer in the uploader (docs/ARCHITECTURE.md,
 * "Upload").
 */
public enum AnswerKind {
    /** HTTP 200: every document not listed as unprocessed is delivered. */
    DELIVERED,
    /** HTTP 429 or a throttling error code: the service wants fewer calls. */
    THROTTLED,
    /**
     * 408, 5xx, refused, reset, timed out, an answer that cannot be read or that the service did not write: the same
     * batch may succeed later.
     */
    TRANSIENT,
    /** The service's own 400, 413 or 422: something in this batch will never be accepted. */
    REFUSED,
    /** 401, 403, missing or expired credentials, clock skew: no batch can succeed until somebody corrects it. */
    DENIED
}
