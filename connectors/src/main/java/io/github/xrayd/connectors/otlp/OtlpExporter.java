package io.github.xrayd.connectors.otlp;

import io.github.xrayd.connectors.otlp.convert.Conversion;
import io.github.xrayd.connectors.otlp.convert.ExportRequests;
import io.github.xrayd.connectors.otlp.convert.ExportResponse;
import io.github.xrayd.connectors.otlp.convert.InProgressSegments;
import io.github.xrayd.connectors.otlp.convert.Refusal;
import io.github.xrayd.connectors.otlp.convert.SegmentConverter;
import io.github.xrayd.connectors.otlp.convert.SegmentNames;
import io.github.xrayd.engine.client.Account;
import io.github.xrayd.engine.client.ErrorText;
import io.github.xrayd.engine.client.HttpEndpoint;
import io.github.xrayd.engine.client.HttpReply;
import io.github.xrayd.engine.export.Answer;
import io.github.xrayd.engine.export.AnswerKind;
import io.github.xrayd.engine.export.ConnectionError;
import io.github.xrayd.engine.export.DocumentBatch;
import io.github.xrayd.engine.export.Exporter;
import io.github.xrayd.engine.export.Unprocessed;
import io.github.xrayd.engine.export.Unprocessed.Fate;
import io.github.xrayd.engine.run.OwnClasses;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Converts the documents of a batch to spans and posts them, all on the thread that makes the call; as many convert at
 * one time as there are cores, and room in the heap. Thread-safe.
 *
 * <p>A batch usually becomes one request; more when the endpoint's limits ask for it. What cannot be converted, or
 * cannot go for its length or time, is turned away alone. A segment in progress is put off for {@value #HOLD_MS} ms; by
 * then its complete document has come, which makes it unnecessary, or it becomes a span that ends when it starts.
 */
final class OtlpExporter implements Exporter {
    /** How long a segment in progress waits for its complete document, in milliseconds. */
    static final long HOLD_MS = 60_000;

    /** The most segments in progress that wait. */
    private static final int HOLD_COUNT_MAX = 1_000;
    /** The most bytes of them. */
    private static final long HOLD_BYTES_MAX = 4 << 20;

    /** The part of the heap that the names of segments may take. */
    private static final int HEAP_SHARE = 8;
    /** What the longest name takes with its key. */
    private static final int NAME_BYTES_MAX = 800;

    private static final int NAMES_MIN = 1_000;
    /**
     * What one conversion may take of the heap: ten times the usual largest batch, and what is left of the one before.
     */
    private static final long CONVERSION_BYTES_MAX = 16L << 20;

    /** A span's start may lie so far in the past for AWS's endpoint (its documented limit is 14 days). */
    private static final Duration PAST_MAX = Duration.ofDays(14);
    /** A span's start may lie so far ahead for AWS's endpoint (its documented limit is 2 hours). */
    private static final Duration FUTURE_MAX = Duration.ofHours(2);

    private static final String SAMPLE =
            "{\"trace_id\":\"1-00000000-000000000000000000000001\",\"id\":\"0000000000000001\","
                    + "\"name\":\"a\",\"start_time\":1.5,\"end_time\":2,\"http\":{\"request\":{\"method\":\"GET\"}},"
                    + "\"annotations\":{\"b\":1},\"metadata\":{\"c\":{\"d\":[1]}},\"cause\":{\"exceptions\":[{\"message\":\"e\"}]},"
                    + "\"subsegments\":[{\"id\":\"0000000000000002\",\"name\":\"f\",\"start_time\":1.6,\"end_time\":1.7,"
                    + "\"namespace\":\"aws\",\"aws\":{\"operation\":\"g\"}}]}";

    private static final Logger LOG = LoggerFactory.getLogger(OtlpExporter.class);

    private final OtlpDestination settings;
    private final HttpEndpoint endpoint;
    private final @Nullable Account account;
    private final OtlpAnswers answers;
    private final Map<String, String> headers = new LinkedHashMap<>();
    private final SegmentNames names = new SegmentNames(namesMax());
    private final InProgressSegments inProgress = new InProgressSegments(HOLD_COUNT_MAX, HOLD_BYTES_MAX);
    /** Conversion needs a core and up to ten times the batch's bytes of the heap; waiting for the answer does not. */
    private final Semaphore conversions = new Semaphore(conversionsMax());
    /** One for each conversion at one time. */
    private final Queue<Workspace> workspaces = new ConcurrentLinkedQueue<>();

    /** @param account whose signature the endpoint's calls have, or null */
    OtlpExporter(OtlpDestination settings, HttpEndpoint endpoint, @Nullable Account account) {
        this.settings = settings;
        this.endpoint = endpoint;
        this.account = account;
        answers = new OtlpAnswers(endpoint, target());
        headers.put("Content-Type", "application/x-protobuf");
        if (settings.endpoint().headers().keySet().stream().noneMatch("User-Agent"::equalsIgnoreCase)) {
            headers.put("User-Agent", "xrayd/" + settings.version());
        }
        if (settings.isCompressed()) {
            headers.put("Content-Encoding", "gzip");
        }
    }

    /** The URL without its query, which may hold a key. */
    private String target() {
        return settings.endpoint().url().toString().replaceFirst("\\?.*", "");
    }

    /** What one call converts with, used again by the next one. */
    private final class Workspace {
        final SegmentConverter converter = new SegmentConverter(settings.version(), names, inProgress);
        final ExportRequests requests = account == null
                ? new ExportRequests(ExportRequests.SPANS_MAX, ExportRequests.LENGTH_MAX, ExportRequests.LENGTH_MAX)
                : new ExportRequests();
    }

    private static int namesMax() {
        long share = Runtime.getRuntime().maxMemory() / HEAP_SHARE / NAME_BYTES_MAX;
        return (int) Math.max(NAMES_MIN, Math.min(SegmentNames.DEFAULT_CAPACITY, share));
    }

    private static int conversionsMax() {
        long share = Runtime.getRuntime().maxMemory() / CONVERSION_BYTES_MAX;
        return (int) Math.max(1, Math.min(Runtime.getRuntime().availableProcessors(), share));
    }

    /**
     * A request as it is posted.
     *
     * @param body its body, compressed or not
     * @param documents of which documents of the batch it has spans
     */
    @SuppressWarnings("ArrayRecordComponent")
    private record OutgoingRequest(byte[] body, BitSet documents) {}

    @Override
    public Answer export(DocumentBatch batch) {
        Map<Integer, Unprocessed> unprocessed = new LinkedHashMap<>();
        List<OutgoingRequest> requests;
        try {
            conversions.acquire();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Answer.failed(AnswerKind.TRANSIENT, ConnectionError.OTHER, 0, null, "the daemon is ending");
        }
        try {
            Workspace kept = workspaces.poll();
            Workspace workspace = kept == null ? new Workspace() : kept;
            requests = convert(workspace, batch, unprocessed);
            // Not given back when something is thrown: nobody knows what state it is in.
            workspaces.offer(workspace);
        } finally {
            conversions.release();
        }
        return requests.isEmpty() ? Answer.settled(List.copyOf(unprocessed.values())) : post(requests, unprocessed);
    }

    private Answer post(List<OutgoingRequest> requests, Map<Integer, Unprocessed> unprocessed) {
        List<Unprocessed> unnumbered = new ArrayList<>();
        for (int i = 0; i < requests.size(); i++) {
            Answer answer = post(requests.get(i), unprocessed, unnumbered);
            if (answer.outcome() == AnswerKind.DELIVERED) {
                continue;
            }
            if (i == 0) {
                return answer;
            }
            // What is behind it waits, too; what is before it has arrived.
            for (OutgoingRequest rest : requests.subList(i, requests.size())) {
                again(rest.documents(), answer, unprocessed);
            }
            break;
        }
        List<Unprocessed> all = new ArrayList<>(unprocessed.values());
        all.addAll(unnumbered);
        return Answer.delivered(all);
    }

    private static void again(BitSet documents, Answer answer, Map<Integer, Unprocessed> unprocessed) {
        for (int i = documents.nextSetBit(0); i >= 0; i = documents.nextSetBit(i + 1)) {
            unprocessed.put(i, Unprocessed.numbered(i, "RequestFailed", answer.message(), Fate.AGAIN));
        }
    }

    private List<OutgoingRequest> convert(
            Workspace workspace, DocumentBatch batch, Map<Integer, Unprocessed> unprocessed) {
        if (account != null) {
            long nowMs = System.currentTimeMillis();
            workspace.requests.allowStarts(
                    (nowMs - PAST_MAX.toMillis()) * 1_000_000, (nowMs + FUTURE_MAX.toMillis()) * 1_000_000);
        }
        for (int i = 0; i < batch.documentCount(); i++) {
            byte[] document = batch.document(i);
            Conversion conversion = workspace.converter.convert(document, document.length, batch.mayPutOff());
            int refusedSpans = workspace.requests.add(conversion);
            Unprocessed rest = rest(i, conversion, refusedSpans);
            if (rest != null) {
                unprocessed.put(i, rest);
            }
        }
        List<OutgoingRequest> requests = new ArrayList<>(1);
        for (ExportRequests.Request request : workspace.requests.take()) {
            requests.add(new OutgoingRequest(body(request.bytes()), request.documents()));
        }
        return requests;
    }

    private byte[] body(byte[] request) {
        return settings.isCompressed() ? Gzip.compressed(request) : request;
    }

    /** What is not to be sent of a document, or null when all is. */
    private static @Nullable Unprocessed rest(int number, Conversion conversion, int refusedSpans) {
        Refusal refusal = conversion.refusal();
        return switch (conversion.outcome()) {
            case HELD -> Unprocessed.putOff(number, HOLD_MS);
            case REFUSED -> refused(number, java.util.Objects.requireNonNull(refusal));
            case CONVERTED, SUPERSEDED -> {
                if (refusal != null) {
                    yield Unprocessed.numbered(
                            number,
                            code(refusal),
                            conversion.refusedElements() + " of its subsegments not converted, the others were sent: "
                                    + refusal.message(),
                            Fate.REJECTED);
                }
                yield refusedSpans == 0
                        ? null
                        : Unprocessed.numbered(
                                number,
                                "SpanNotAllowed",
                                refusedSpans
                                        + " of its spans not sent, because each alone is longer than the endpoint takes"
                                        + " or starts too long ago or too far ahead; the others were sent",
                                Fate.REJECTED);
            }
        };
    }

    private static Unprocessed refused(int number, Refusal refusal) {
        Fate fate = refusal == Refusal.UNSAMPLED || refusal == Refusal.METRICS ? Fate.UNWANTED : Fate.REJECTED;
        return Unprocessed.numbered(number, code(refusal), "not converted: " + refusal.message(), fate);
    }

    /** {@code NoTraceId} of {@code NO_TRACE_ID}. */
    private static String code(Refusal refusal) {
        StringBuilder code = new StringBuilder();
        for (String word : refusal.name().split("_", -1)) {
            code.append(word.charAt(0)).append(word.substring(1).toLowerCase(Locale.ROOT));
        }
        return code.toString();
    }

    /** Posts a request without spans. */
    Answer probe() {
        return post(new OutgoingRequest(body(new byte[0]), new BitSet()), new LinkedHashMap<>(), new ArrayList<>());
    }

    private Answer post(OutgoingRequest request, Map<Integer, Unprocessed> unprocessed, List<Unprocessed> unnumbered) {
        HttpReply reply;
        try {
            reply = endpoint.post(headers, request.body());
        } catch (IOException | RuntimeException e) {
            return answers.ofNoReply(e);
        }
        try (reply) {
            ExportResponse taken = answers.success(reply);
            if (taken == null) {
                return answers.ofFailure(reply);
            }
            rejected(request.documents(), taken, unprocessed, unnumbered);
            return Answer.delivered();
        }
    }

    /** Spans that the endpoint did not take and does not want again; it does not say which ones. */
    private static void rejected(
            BitSet documents,
            ExportResponse taken,
            Map<Integer, Unprocessed> unprocessed,
            List<Unprocessed> unnumbered) {
        if (taken.rejectedSpans() == 0) {
            if (!taken.message().isEmpty()) {
                LOG.debug("The OTLP endpoint warns: {}", ErrorText.oneLine(taken.message()));
            }
            return;
        }
        int count = documents.cardinality();
        String message = "the endpoint rejected " + taken.rejectedSpans() + " spans of " + count + " documents: "
                + ErrorText.oneLine(taken.message());
        if (count == 1) {
            int only = documents.nextSetBit(0);
            unprocessed.put(only, Unprocessed.numbered(only, "PartialSuccess", message, Fate.REJECTED));
            return;
        }
        for (long i = Math.min(count, taken.rejectedSpans()); i > 0; i--) {
            unnumbered.add(Unprocessed.numbered(Unprocessed.UNKNOWN, "PartialSuccess", message, Fate.REJECTED));
        }
    }

    @Override
    public List<String> introduction() {
        return List.of("Sending spans to the OTLP endpoint " + target()
                + (account == null ? "" : ", signed for region " + account.region()));
    }

    /** Loads what calls need while the jars are there for sure, and finds credentials. */
    @Override
    public void prepare() throws InterruptedException {
        try {
            int count = OwnClasses.load(OtlpExporter.class);
            Workspace workspace = new Workspace();
            byte[] sample = SAMPLE.getBytes(StandardCharsets.UTF_8);
            workspace.requests.add(new SegmentConverter("0", new SegmentNames(1), new InProgressSegments(1, 1))
                    .convert(sample, sample.length, false));
            for (ExportRequests.Request request : workspace.requests.take()) {
                Gzip.compressed(request.bytes());
            }
            LOG.debug("Loaded {} classes", count);
        } catch (IOException e) {
            LOG.debug("Classes not loaded: {}", e.toString());
        }
        if (account != null) {
            account.awaitCredentials();
        }
    }

    @Override
    public @Nullable String problem() {
        return account == null || account.credentialsProblem() == null
                ? null
                : "There are no AWS credentials to sign OTLP requests with; what is received is held until there are some.";
    }

    @Override
    public void close() {
        LOG.debug(
                "Segments in progress that their complete document made unnecessary: {}, sent as spans: {}, without room to"
                        + " wait: {}; subsegments without a service name: {}",
                inProgress.superseded(),
                inProgress.expired(),
                inProgress.refused(),
                names.unknown());
        endpoint.close();
    }
}
