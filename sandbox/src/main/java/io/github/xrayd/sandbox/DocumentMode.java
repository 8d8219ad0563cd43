package io.github.xrayd.sandbox;

/** Which documents are taken. */
public enum DocumentMode {
    /** Any string is taken; what is not a segment is kept as an opaque document. */
    ACCEPT_ALL,
    /** What is not a segment comes back as an unprocessed segment, as from the real service. */
    STRICT
}
