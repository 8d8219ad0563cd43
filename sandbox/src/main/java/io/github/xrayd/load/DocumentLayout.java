package io.github.xrayd.load;

import java.nio.charset.StandardCharsets;

/**
 * Where the parts that change lie in each document that the generator sends, so that they can be patched in place and
 * read back without parsing.
 *
 * <pre>
 *   {"trace_id":"1-SSSSSSSS-RRRRRRRRNNNNNNNNNNNNNNNN","id":"TTTTTTTTTTTTTTTT","name":…
 *   0            13 15      24      32               48      56
 *
 *   S  8 hex  epoch seconds at the start of the run
 *   R  8 hex  run id
 *   N 16 hex  sequence number of the datagram in the run, from 0
 *   T 16 hex  time of sending in epoch microseconds
 * </pre>
 */
public final class DocumentLayout {
    /** Offset of the trace id's value in the document. */
    public static final int TRACE_ID_OFFSET = 13;

    /** Offset of the run id. */
    public static final int RUN_ID_OFFSET = 24;

    /** Offset of the sequence number. */
    public static final int SEQUENCE_OFFSET = 32;

    /** Offset of the segment id, which is the time of sending. */
    public static final int SEND_TIME_OFFSET = 56;

    /** Length of the fixed start, up to and with the quote that closes the segment id. */
    public static final int PREFIX_LENGTH = 73;

    /** The largest payload of a UDP datagram over IPv4. */
    public static final int DATAGRAM_LENGTH_MAX = 65_507;

    private static final String HEADER = "{\"format\": \"json\", \"version\": 1}\n";

    /** Bytes of the datagram's header with its newline. */
    public static final int HEADER_LENGTH = HEADER.length();

    private DocumentLayout() {}

    /** Returns the datagram's header with its newline, as most SDKs write it. */
    static byte[] header() {
        return HEADER.getBytes(StandardCharsets.US_ASCII);
    }

    /** Returns the fixed start of a document of this run, with sequence number and time of sending zero. */
    static String prefix(long startEpochSeconds, int runId) {
        String zeros = "0".repeat(16);
        return "{\"trace_id\":\"1-" + Hex.of((int) startEpochSeconds) + "-" + Hex.of(runId) + zeros + "\",\"id\":\""
                + zeros + "\"";
    }
}
