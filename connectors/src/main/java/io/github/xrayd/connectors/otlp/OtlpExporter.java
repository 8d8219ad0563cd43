package io.github.xrayd.connectors.otlp;

import io.github.xrayd.connectors.otlp.convert.Conversion;
import io.github.xrayd.connectors.otlp.convert.ExportRequests;
import io.github.xrayd.connectors.otlp.convert.ExportResponse;
import io.github.xrayd.connectors.otlp.convert.InProgressSegments;
import io.github.xrayd.connectors.otlp.convert.Refusal;
import io.github.xrayd.connectors.otlp.convert.SegmentConverter;
import io.github.xrayd.connectors.otlp.convert.SegmentNames;
import io.github.xrayd.engine.aws.AwsClient;
import io.github.xrayd.engine.aws.HttpEndpoint;
import io.github.xrayd.engine.aws.HttpReply;
import io.github.xrayd.engine.export.Answer;
import io.github.xrayd.engine.export.AnswerKind;
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
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Converts the documents of a batch to spans and posts them, all on the thread that makes the call. Thread-safe.
 *
 * <p>A batch usually becomes one request; more when the endpoint's limits ask for it. What cannot be converted, or cannot go for its length
 * or time, is turned away alone. A segment in progress is put off for {@value #HOLD_MS} ms; by then its complete document has come, which
 * makes it unnecessary, or it becomes a span that ends when it starts.
 */
final class OtlpExporter implements Exporter {
    /** How long a segment in progress waits for its complete document, in milliseconds. */
    static final long HOLD_MS = 60_000;

    /** The most segments in progress that wait. */
    private static final int HOLD_COUNT_MAX = 1_000;
    /** The most bytes of them. */
    private static final long HOLD_BYTES_MAX = 4 << 20;

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
    private final @Nullable AwsClient account;
    private final OtlpAnswers answers;
    private final Map<String, String> headers = new LinkedHashMap<>();
    private final SegmentNames names = new SegmentNames(SegmentNames.DEFAULT_CAPACITY);
    private final InProgressSegments inProgress = new InProgressSegments(HOLD_COUNT_MAX, HOLD_BYTES_MAX);
    /** One for each call at one time. */
    private final Queue<Workspace> workspaces = new ConcurrentLinkedQueue<>();

    /** @param account whose signature the endpoint's calls have, or null */
    OtlpExporter(OtlpDestination settings, HttpEndpoint endpoint, @Nullable AwsClient account) {
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

    @Override
    public Answer export(DocumentBatch batch) {
        Workspace kept = workspaces.poll();
        Workspace workspace = kept == null ? new Workspace() : kept;
        // Not given back when something is thrown: nobody knows what state it is in.
        Answer answer = export(workspace, batch);
        workspaces.offer(workspace);
        return answer;
    }

    private Answer export(Workspace workspace, DocumentBatch batch) {
        Map<Integer, Unprocessed> unprocessed = new LinkedHashMap<>();
        List<ExportRequests.Request> requests = convert(workspace, batch, unprocessed);
        if (requests.isEmpty()) {
            return Answer.settled(List.copyOf(unprocessed.values()));
        }
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
            for (ExportRequests.Request rest : requests.subList(i, requests.size())) {
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

    private List<ExportRequests.Request> convert(
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
        return workspace.requests.take();
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

    private Answer post(
            ExportRequests.Request request, Map<Integer, Unprocessed> unprocessed, List<Unprocessed> unnumbered) {
        HttpReply reply;
        try {
            reply = endpoint.post(
                    headers, settings.isCompressed() ? Gzip.compressed(request.bytes()) : request.bytes());
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
                LOG.debug("The OTLP endpoint warns: {}", HttpEndpoint.oneLine(taken.message()));
            }
            return;
        }
        int count = documents.cardinality();
        String message = "the endpoint rejected " + taken.rejectedSpans() + " spans of " + count + " documents: "
                + HttpEndpoint.oneLine(taken.message());
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
