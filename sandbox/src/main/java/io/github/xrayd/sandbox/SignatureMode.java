package io.github.xrayd.sandbox;

/** Whether requests must be signed. */
public enum SignatureMode {
    /** Recomputes each request's Signature Version 4 and refuses what does not match. */
    VERIFY,
    /** Takes any request, signed or not. */
    IGNORE
}
