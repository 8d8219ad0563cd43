package io.github.xrayd.engine.intake;

import io.github.xrayd.engine.http.HttpCounter;
import io.github.xrayd.engine.http.HttpStats;
import io.github.xrayd.engine.http.Response;
import io.github.xrayd.engine.intake.IntakePort.Arrival;
import io.github.xrayd.engine.source.SlotSink;
import io.github.xrayd.engine.source.Source;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import org.agrona.concurrent.OneToOneConcurrentArrayQueue;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes documents by HTTP: each request's documents go into memory, all of them, and then the request is answered; so
 * nothing is lost that was acknowledged. A request that is larger than its source's memory goes in by and by. When
 * memory is full, for {@value #FULL_GRACE_NS} ns at least, requests are answered with 429 and {@code Retry-After}, and
 * nothing of them is taken.
 *
 * <p>Two threads: the port's reads and writes ({@link IntakePort}); the source's own takes requests apart, so that a
 * large or hostile one holds up nobody who reads or writes.
 */
final class HttpSource implements Source {
    /** How long memory must have been full before a request is refused: a call may be about to free some. */
    static final long FULL_GRACE_NS = 2_000_000_000L;

    /** Requests taken in one go before the other stages of the thread have their turn. */
    private static final int REQUEST_LIMIT = 8;

    private static final long WARNING_PAUSE_NS = 10_000_000_000L;
    private static final long NOT_FULL = Long.MIN_VALUE;
    private static final Logger LOG = LoggerFactory.getLogger(HttpSource.class);

    private final OneToOneConcurrentArrayQueue<Arrival> arrivals =
            new OneToOneConcurrentArrayQueue<>(IntakePort.arrivalsMax());
    private final IntakePort port;
    private volatile @Nullable SlotSink attached;

    // The source's thread alone.
    private @Nullable Arrival waiting;
    private @Nullable Submission waitingSubmission;
    /** How many of the waiting submission's documents are in the ring. */
    private int takenDocuments;

    private int[] lengths = new int[64];
    private long fullSinceNs = NOT_FULL;
    private boolean isMoreWaiting;
    private long refusedSinceWarning;
    private long warnedNs = NOT_FULL;

    HttpSource(HttpSourceConfig config) throws IOException {
        port = new IntakePort(config, this::onArrival);
        LOG.info(
                "Starting http source on {}",
                HttpSourceConfig.text(
                        config.address().getHostString(), port.address().getPort()));
    }

    /** The port's thread. */
    private boolean onArrival(Arrival arrival) {
        if (!arrivals.offer(arrival)) {
            return false;
        }
        SlotSink sink = attached;
        if (sink != null) {
            sink.wakeUp();
        }
        return true;
    }

    @Override
    public String name() {
        return "http";
    }

    @Override
    public InetSocketAddress address() {
        return port.address();
    }

    @Override
    public void rehearse() {
        port.rehearse();
    }

    @Override
    public void attach(SlotSink sink) {
        attached = sink;
    }

    private SlotSink sink() {
        SlotSink sink = attached;
        if (sink == null) {
            throw new IllegalStateException("not attached");
        }
        return sink;
    }

    @Override
    public int poll() {
        int count = 0;
        isMoreWaiting = false;
        while (count < REQUEST_LIMIT) {
            Arrival arrival = waiting;
            if (arrival == null) {
                arrival = arrivals.poll();
                if (arrival == null) {
                    return count;
                }
                waitingSubmission = read(arrival);
                waiting = waitingSubmission == null ? null : arrival;
            }
            Submission submission = waitingSubmission;
            if (submission != null && !take(arrival, submission)) {
                return count;
            }
            waiting = null;
            waitingSubmission = null;
            takenDocuments = 0;
            count++;
        }
        isMoreWaiting = !arrivals.isEmpty();
        return count;
    }

    /** What a request brought, or null when it has its answer already. */
    private @Nullable Submission read(Arrival arrival) {
        try {
            return arrival.path().read(arrival.mediaType(), content(arrival));
        } catch (UnreadableException e) {
            HttpCounter counter = e.status() == 413 ? HttpCounter.REFUSED_BODY : HttpCounter.UNREADABLE;
            refuse(arrival, e.status(), counter, String.valueOf(e.getMessage()));
        } catch (RuntimeException e) {
            // A reader that fails has met input that nobody thought of: the sender is told, and the source goes on.
            LOG.warn("A request to {} could not be read: {}", arrival.path().path(), e.toString(), e);
            refuse(arrival, 400, HttpCounter.UNREADABLE, "The request cannot be read: " + e);
        }
        return null;
    }

    /** The body without its content encoding, of which no more is made than is taken. */
    private static byte[] content(Arrival arrival) throws UnreadableException {
        if (!arrival.isGzip()) {
            return arrival.body();
        }
        try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(arrival.body()))) {
            byte[] content = in.readNBytes(IntakePort.BODY_BYTES_MAX);
            if (in.read() >= 0) {
                throw new UnreadableException(
                        413,
                        "The body is longer than " + IntakePort.BODY_BYTES_MAX
                                + " bytes when it is decompressed. Send less at once.");
            }
            return content;
        } catch (IOException e) {
            throw new UnreadableException("The body is not gzip, as Content-Encoding says: " + e.getMessage());
        }
    }

    /** Takes a submission, or refuses it; returns false when it waits for room. */
    private boolean take(Arrival arrival, Submission submission) {
        SlotSink sink = sink();
        List<byte[]> documents = submission.documents();
        int count = documents.size();
        if (lengths.length < count) {
            lengths = new int[count];
        }
        for (int i = 0; i < count; i++) {
            lengths[i] = documents.get(i).length;
        }
        // What is larger than the whole ring goes in by and by.
        boolean isWhole = sink.canFit(lengths, count);
        if (isWhole && !sink.hasRoom(lengths, count)) {
            return giveUp(arrival, count);
        }
        while (takenDocuments < count) {
            byte[] document = documents.get(takenDocuments);
            lengths[0] = document.length;
            if (!isWhole && !sink.hasRoom(lengths, 1)) {
                return giveUp(arrival, count);
            }
            if (!sink.put(document, 0, document.length, 0)) {
                throw new IllegalStateException("there was room for " + count + " documents");
            }
            takenDocuments++;
            fullSinceNs = NOT_FULL;
        }
        fullSinceNs = NOT_FULL;
        for (Submission.TurnedAway turnedAway : submission.turnedAway()) {
            sink.refuse(turnedAway.reason(), turnedAway.count(), turnedAway.bytes());
        }
        port.stats().increment(HttpCounter.TAKEN);
        port.answer(arrival, submission.answer());
        return true;
    }

    /** Refuses a request for which there is no room, once it has waited long enough; returns whether it has. */
    private boolean giveUp(Arrival arrival, int count) {
        long nowNs = sink().clock().nanoTime();
        if (fullSinceNs == NOT_FULL) {
            fullSinceNs = nowNs;
        }
        if (nowNs - fullSinceNs < FULL_GRACE_NS) {
            return false;
        }
        sink().giveUpWaiting();
        refuse(
                arrival,
                429,
                HttpCounter.MEMORY_FULL,
                takenDocuments == 0
                        ? "Memory is full, nothing of this request was taken; send it again."
                        : "Memory is full; of this request, which is larger than all of it, " + takenDocuments + " of "
                                + count + " documents were taken, and come twice when it is sent again.");
        warn(nowNs);
        return true;
    }

    private void warn(long nowNs) {
        refusedSinceWarning++;
        if (warnedNs == NOT_FULL || nowNs - warnedNs > WARNING_PAUSE_NS) {
            LOG.warn(
                    "Memory is full: {} requests to the http source were answered with 429, to be sent again. Consider"
                            + " increasing memory limit",
                    refusedSinceWarning);
            warnedNs = nowNs;
            refusedSinceWarning = 0;
        }
    }

    private void refuse(Arrival arrival, int status, HttpCounter counter, String message) {
        port.stats().increment(counter);
        LOG.debug("Refused a request to {} with {}: {}", arrival.path().path(), status, message);
        Response refusal = arrival.path().refusal(arrival.mediaType(), status, message);
        if (status == 429 || status == 503) {
            Map<String, List<String>> headers = new LinkedHashMap<>(refusal.headers());
            headers.put("Retry-After", List.of("1"));
            refusal = new Response(status, headers, refusal.body());
        }
        port.answer(arrival, refusal);
    }

    @Override
    public boolean isMoreWaiting() {
        return isMoreWaiting;
    }

    @Override
    public boolean isEmpty() {
        return waiting == null && arrivals.isEmpty();
    }

    @Override
    public boolean isFull() {
        return sink().isFull();
    }

    @Override
    public long deadlineNs() {
        return waiting == null ? Long.MAX_VALUE : fullSinceNs + FULL_GRACE_NS;
    }

    @Override
    public void drain() {
        port.beginStop();
    }

    /** Whoever has no answer by now gets 503, and sends again. */
    @Override
    public void stop() {
        Arrival last = waiting;
        waiting = null;
        waitingSubmission = null;
        if (last != null) {
            refuseLast(last);
        }
        port.refuseRest(() -> arrivals.drain(this::refuseLast));
    }

    private void refuseLast(Arrival arrival) {
        refuse(arrival, 503, HttpCounter.NOT_READY, "The daemon is stopping; send this again.");
    }

    @Override
    public @Nullable String problem() {
        return port.isAlive() ? null : "The HTTP source does not serve any more: its thread has ended.";
    }

    @Override
    public Map<String, Long> events() {
        HttpStats stats = port.stats();
        Map<HttpCounter, Long> counts = new EnumMap<>(HttpCounter.class);
        for (HttpCounter counter : HttpCounter.values()) {
            if (counter.isOfSource() || stats.get(counter) > 0) {
                counts.put(counter, stats.get(counter));
            }
        }
        Map<String, Long> events = new LinkedHashMap<>();
        counts.forEach((counter, count) -> events.put(counter.name().toLowerCase(Locale.ROOT), count));
        return events;
    }

    @Override
    public void close() {
        port.close();
    }
}
