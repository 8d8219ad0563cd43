package io.github.xrayd.engine.http;

/**
 * The most that the TCP port takes from all who can reach it, whatever they send; less where the heap is small. With
 * the API's answers ({@link io.github.xrayd.engine.aws.AwsClient#PORT_ANSWERS_BYTES_MAX}) together below a half of the
 * daemon's heap of 64 MB: a head takes up to five times its bytes while it is parsed, a body or an answer up to twice
 * while it grows.
 *
 * <p>Connections and workers have one more limit each, that of the process: {@link ProcessLimits}.
 */
public final class HttpLimits {
    private static final long HEAP_BYTES = Runtime.getRuntime().maxMemory();

    /** Bytes of one request's line and headers; what SDKs send stays below 2 kB. */
    public static final int HEAD_BYTES_MAX = 16 << 10;

    /** Bytes of all requests' heads together. */
    public static final int HEADS_BYTES_MAX = (int) Math.min(1 << 20, HEAP_BYTES / 32);

    public static final int HEADERS_MAX = 100;

    /** Bytes of one request's body; what SDKs send stays below 10 kB. */
    public static final int BODY_BYTES_MAX = 1 << 20;

    /** Bytes of all bodies that are being read or forwarded. */
    public static final int BODIES_BYTES_MAX = (int) Math.min(4 << 20, HEAP_BYTES / 16);

    /** Bytes of all that clients sent behind requests whose answers they have not, which SDKs do not do. */
    public static final int UNREAD_BYTES_MAX = (int) Math.min(1 << 20, HEAP_BYTES / 64);

    /** Bytes of one line between the chunks of a body. */
    public static final int CHUNK_LINE_BYTES_MAX = 1 << 10;

    public static final int CONNECTIONS_MAX = 2048;

    /** Calls to the API at once. */
    public static final int WORKERS_MAX = 64;

    /** How long a request's head and body may take from their first byte. */
    public static final long REQUEST_NS_MAX = 3_000_000_000L;

    /** How long it may take from then until its answer is taken; covers waiting for the backend. */
    public static final long RESPONSE_NS_MAX = 20_000_000_000L;

    /** How long a connection stays open without a request. */
    public static final long IDLE_NS_MAX = 30_000_000_000L;

    /** How long a connection stays open without a request though another one needs its place. */
    public static final long SPARE_NS_MIN = 1_000_000_000L;

    /** How long what still comes is thrown away after the last answer, so that the client gets to read it. */
    public static final long LINGER_NS_MAX = 2_000_000_000L;

    private HttpLimits() {}
}
