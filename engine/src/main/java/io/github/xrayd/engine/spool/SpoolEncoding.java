package io.github.xrayd.engine.spool;

/**
 * What the bodies in a spool file are, so that a destination delivers only what it can send.
 *
 * <p>The code is written into the file; codes are never used again for anything else.
 */
public enum SpoolEncoding {
    /** Request bodies of PutTraceSegments: X-Ray documents as JSON strings. Files without a tag hold these too. */
    XRAY_JSON(0, "X-Ray JSON"),
    /** OTLP trace requests in protobuf. */
    OTLP_PROTOBUF(1, "OTLP protobuf"),
    /** Documents as they were received; the spool knows nothing about their bytes. */
    OPAQUE(2, "opaque documents");

    private final int code;
    private final String text;

    SpoolEncoding(int code, String text) {
        this.code = code;
        this.text = text;
    }

    int code() {
        return code;
    }

    /** The name of the encoding with this code, for messages; also of one that this version does not know. */
    static String text(int code) {
        return code < values().length ? values()[code].text : "encoding " + code;
    }
}
