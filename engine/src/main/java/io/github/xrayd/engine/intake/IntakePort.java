package io.github.xrayd.engine.intake;

import io.github.xrayd.engine.http.HttpConnection;
import io.github.xrayd.engine.http.HttpCounter;
import io.github.xrayd.engine.http.HttpLimits;
import io.github.xrayd.engine.http.HttpLoop;
import io.github.xrayd.engine.http.PortHandler;
import io.github.xrayd.engine.http.PortLimits;
import io.github.xrayd.engine.http.Refusal;
import io.github.xrayd.engine.http.RefusedException;
import io.github.xrayd.engine.http.Response;
import io.github.xrayd.engine.http.SenderCheck;
import io.github.xrayd.engine.receive.Networks;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpRequest;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The port of an HTTP source: decides by a request's head whether it is served, hands complete requests over, and
 * writes answers.
 *
 * <p>Serves on the loop's thread, and reads no body's content. {@link #answer}, {@link #refuseRest} and {@link #close}
 * may be called by any thread.
 */
final class IntakePort extends PortHandler implements AutoCloseable {
    /** Bytes of a body as it is sent, and of its content: 4 MB with the daemon's heap of 64 MB. */
    static final int BODY_BYTES_MAX =
            (int) Math.min(4 << 20, Runtime.getRuntime().maxMemory() / 16);

    private static final int BODIES_BYTES_MAX = 2 * BODY_BYTES_MAX;
    private static final long REQUEST_NS_MAX = 10_000_000_000L;
    /** The TCP port and this one. */
    private static final int PORTS = 2;

    private static final long LAST_ANSWERS_NS_MAX = 500_000_000L;
    private static final Logger LOG = LoggerFactory.getLogger(IntakePort.class);

    /**
     * A complete request.
     *
     * @param mediaType of its body, in lower case and without parameters, or empty
     * @param isGzip whether the body is compressed
     * @param body as it was sent
     */
    // Never compared: the array is handed from the one who read it to the one who takes it apart.
    @SuppressWarnings("ArrayRecordComponent")
    record Arrival(HttpConnection connection, IntakePath path, String mediaType, boolean isGzip, byte[] body) {}

    private final HttpLoop loop;
    private final Map<String, IntakePath> paths = new HashMap<>();
    private final String pathNames;
    private final SenderCheck senders;
    private final @Nullable Networks allowed;
    private final Predicate<Arrival> arrivals;

    private volatile boolean isStopped;

    /**
     * Listens and serves.
     *
     * @param arrivals given each complete request, on the loop's thread; returns false when it has no room for it
     * @throws IOException when the port cannot be bound
     */
    IntakePort(HttpSourceConfig config, Predicate<Arrival> arrivals) throws IOException {
        super(LOG, "The HTTP source", "http source");
        this.arrivals = arrivals;
        allowed = config.allowed();
        config.paths().forEach(path -> paths.put(path.path(), path));
        pathNames =
                String.join(", ", config.paths().stream().map(IntakePath::path).toList());
        senders = new SenderCheck(config.address(), config.hosts());
        loop = new HttpLoop(
                "http-port",
                config.address(),
                new PortLimits(BODY_BYTES_MAX, BODIES_BYTES_MAX, REQUEST_NS_MAX, PORTS),
                this);
        loop.start();
    }

    /** Has each path rehearse. */
    void rehearse() {
        paths.values().forEach(IntakePath::rehearse);
    }

    /** The address that is bound. */
    InetSocketAddress address() {
        return loop.address();
    }

    /** Whether there is a thread that serves. */
    boolean isAlive() {
        return loop.isAlive();
    }

    @Override
    public void onHead(HttpConnection connection, HttpRequest request) throws RefusedException {
        stats().increment(HttpCounter.REQUESTS);
        Refusal refusal = refuseAddress(connection);
        if (refusal == null) {
            refusal = senders.refuse(request);
        }
        if (refusal == null) {
            refusal = refuse(request);
        }
        if (refusal == null && loop.isStopping()) {
            refusal = stopping();
        }
        if (refusal != null) {
            throw new RefusedException(refusal);
        }
    }

    private static Refusal stopping() {
        return new Refusal(503, HttpCounter.NOT_READY, "The daemon is stopping; send this again.");
    }

    private @Nullable Refusal refuseAddress(HttpConnection connection) {
        if (allowed == null) {
            return null;
        }
        try {
            return allowed.contains(connection.remoteAddress().getAddress())
                    ? null
                    : new Refusal(
                            403,
                            HttpCounter.REFUSED_SENDER,
                            "Requests from "
                                    + connection.remoteAddress().getAddress().getHostAddress()
                                    + " are not taken: it is in none of the networks of --allow-from.");
        } catch (IOException e) {
            return new Refusal(400, HttpCounter.CLIENT_GONE, "The connection has no address.");
        }
    }

    private @Nullable Refusal refuse(HttpRequest request) {
        String name = SenderCheck.path(request.getPath());
        IntakePath path = paths.get(name);
        if (path == null) {
            return new Refusal(
                    404,
                    HttpCounter.REFUSED_PATH,
                    "There is no path " + SenderCheck.printable(name) + " here. This port takes " + pathNames + ".");
        }
        if (!request.getMethod().equals("POST")) {
            return new Refusal(
                    405,
                    HttpCounter.REFUSED_METHOD,
                    "The method " + SenderCheck.printable(request.getMethod()) + " is not served: use POST.");
        }
        String mediaType = mediaType(request);
        if (!path.mediaTypes().isEmpty() && !path.mediaTypes().contains(mediaType)) {
            return new Refusal(
                    415,
                    HttpCounter.REFUSED_TYPE,
                    "The Content-Type " + SenderCheck.printable(mediaType) + " is not read here. Send "
                            + String.join(
                                    " or ", path.mediaTypes().stream().sorted().toList()) + ".");
        }
        String encoding = encoding(request);
        return encoding.equals("identity") || encoding.equals("gzip")
                ? null
                : new Refusal(
                        415,
                        HttpCounter.REFUSED_TYPE,
                        "The Content-Encoding " + SenderCheck.printable(encoding)
                                + " is not read here. Send gzip or none.");
    }

    private static String mediaType(HttpRequest request) {
        Header type = request.getFirstHeader("Content-Type");
        return type == null ? "" : type.getValue().split(";", 2)[0].trim().toLowerCase(Locale.ROOT);
    }

    private static String encoding(HttpRequest request) {
        Header[] encodings = request.getHeaders("Content-Encoding");
        if (encodings.length > 1) {
            return "of several headers";
        }
        String encoding =
                encodings.length == 0 ? "" : encodings[0].getValue().trim().toLowerCase(Locale.ROOT);
        return encoding.isEmpty() ? "identity" : encoding;
    }

    @Override
    public void onRequest(HttpConnection connection, HttpRequest request) throws IOException {
        if (isStopped) {
            onRefused(connection, stopping());
            return;
        }
        IntakePath path = paths.get(SenderCheck.path(request.getPath()));
        if (path == null) {
            throw new IllegalStateException("a path that the head did not have");
        }
        Arrival arrival = new Arrival(
                connection, path, mediaType(request), encoding(request).equals("gzip"), connection.bodyBytes());
        begin();
        if (!arrivals.test(arrival)) {
            end();
            onRefused(connection, new Refusal(503, HttpCounter.OVERLOADED, "Too many requests wait; try again."));
        }
    }

    /** Writes the answer to a request that was handed over. */
    void answer(Arrival arrival, Response answer) {
        loop.execute(() -> {
            try {
                loop.onConnection(arrival.connection(), answer);
            } finally {
                end();
            }
        });
    }

    /** Refuses requests from now on; those that were handed over are still answered. */
    void beginStop() {
        loop.beginStop();
    }

    /**
     * Hands nothing over from now on.
     *
     * @param rest run on the loop's thread, after which nobody hands over
     */
    void refuseRest(Runnable rest) {
        isStopped = true;
        loop.execute(rest);
    }

    /** Writes the answers that are under way, for half a second at most, and closes the port. */
    @Override
    public void close() {
        isStopped = true;
        loop.beginStop();
        awaitAnswers(loop, LAST_ANSWERS_NS_MAX);
        loop.stop();
    }

    /** How many connections there may be: as many requests may wait. */
    static int arrivalsMax() {
        return HttpLimits.CONNECTIONS_MAX;
    }
}
