package io.github.xrayd.engine.encode;

/**
 * What a batch's body is, so that a destination delivers from its spool only what it can send.
 *
 * <p>The code is written into spool files; codes are never used again for anything else. Code 1 is kept for OTLP
 * protobuf, which no version has written.
 */
public enum BodyEncoding {
    /** Request bodies of PutTraceSegments: X-Ray documents as JSON strings. Files without a tag hold these too. */
    XRAY_JSON(0, "X-Ray JSON"),
    /** Documents as they were received, one behind the other. */
    RAW(2, "raw documents");

    private final int code;
    private final String text;

    BodyEncoding(int code, String text) {
        this.code = code;
        this.text = text;
    }

    /** What stands for it in files. */
    public int code() {
        return code;
    }

    /** The name of the encoding with this code, for messages; also of one that this version does not know. */
    public static String text(int code) {
        for (BodyEncoding each : values()) {
            if (each.code == code) {
                return each.text;
            }
        }
        return "encoding " + code;
    }
}
