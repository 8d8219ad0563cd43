package io.github.xrayd.engine.backend;

import io.github.xrayd.engine.telemetry.TelemetrySink;
import java.io.IOException;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.xray.XRayClient;
import software.amazon.awssdk.services.xray.model.UnprocessedTraceSegment;

/**
 * Uploads to the AWS X-Ray API, with the SDK's signer and HTTP client and the bodies already encoded.
 *
 * <p>Requests are built here and not by the SDK's typed client, whose interceptors, marshaller and pipeline cost more than all the rest
 * of a call; the typed client reads the answers that say more than "all taken" ({@link ReplyReader}).
 *
 * <p>One attempt per call. What bounds it: {@link BackendSettings#attemptTimeout()} for the whole attempt, dripping answers included
 * (plus one tick of {@link DeadlineHttpClient}); {@link AwsClient#UPLOAD_ANSWER_BYTES_MAX} for the answer. Credentials are looked up
 * before the attempt's time starts; they have the AWS providers' own limits. A wrong clock is corrected from the answer's Date
 * header for the next attempt. Thread-safe.
 */
public final class XRayBackend implements Backend {
    private static final Operation PUT_SEGMENTS = new Operation(
            "PutTraceSegments",
            "/TraceSegments",
            // The client insists on documents; what it sends goes nowhere.
            client ->
                    client.putTraceSegments(r -> r.traceSegmentDocuments("{}")).unprocessedTraceSegments());
    private static final Operation PUT_TELEMETRY = new Operation("PutTelemetryRecords", "/TelemetryRecords", client -> {
        client.putTelemetryRecords(r -> r.telemetryRecords(List.of()));
        return List.of();
    });

    private final AwsClient client;
    private final BackendConnection connection;
    private final ApiRequests requests;
    private final ReplyReader replies;
    private final Answers answers;
    private final Supplier<HostIdentity> identityFinder;

    /**
     * @param client closed with this
     * @param identityFinder finds out which host this is, for telemetry records
     */
    XRayBackend(AwsClient client, String userAgentSuffix, Clock clock, Supplier<HostIdentity> identityFinder) {
        this.client = client;
        this.connection = client.uploads();
        this.identityFinder = identityFinder;
        requests = new ApiRequests(client.endpoint(), userAgentSuffix, clock);
        replies = new ReplyReader(client.region(), client.endpoint());
        answers = new Answers(client.endpoint(), client::reason, clock);
    }

    /**
     * A call of the API.
     *
     * @param name as the service calls it
     * @param path its path
     * @param typed the typed client's call that reads its reply, giving what was not processed
     */
    private record Operation(String name, String path, Function<XRayClient, List<UnprocessedTraceSegment>> typed) {}

    /** The way that uploads and telemetry records take. */
    BackendConnection connection() {
        return connection;
    }

    @Override
    public Optional<AwsClient> client() {
        return Optional.of(client);
    }

    @Override
    public Optional<TelemetrySink> telemetrySink(@Nullable String resourceArn) {
        return Optional.of(sink(resourceArn));
    }

    /** Where telemetry records go; finds out which host this is at its first call. */
    TelemetrySink sink(@Nullable String resourceArn) {
        return new TelemetrySender(this, resourceArn, identityFinder);
    }

    @Override
    public Answer putTraceSegments(EncodedBody body) {
        return call(PUT_SEGMENTS, body);
    }

    /** Uploads telemetry records; the answer has nothing unprocessed. */
    Answer putTelemetryRecords(EncodedBody body) {
        return call(PUT_TELEMETRY, body);
    }

    private Answer call(Operation operation, EncodedBody body) {
        HttpReply reply;
        try {
            reply = connection.send(requests.post(operation.path(), body.length()), body);
        } catch (IOException | RuntimeException e) {
            return answers.ofNoReply(e, operation.name(), operation.path());
        }
        try (reply) {
            return ReplyReader.isPlainSuccess(reply) ? Answer.delivered() : read(operation, reply);
        }
    }

    private Answer read(Operation operation, HttpReply reply) {
        String wrong = ReplyReader.malformation(reply);
        if (wrong != null) {
            return answers.malformed(wrong, operation.name());
        }
        try {
            return Answer.delivered(replies.read(reply, operation.typed()).stream()
                    .map(XRayBackend::unprocessed)
                    .toList());
        } catch (RuntimeException e) {
            return answers.ofReply(e, operation.name());
        }
    }

    private static Unprocessed unprocessed(UnprocessedTraceSegment segment) {
        return new Unprocessed(segment.id(), segment.errorCode(), segment.message());
    }

    @Override
    public void close() {
        replies.close();
        client.close();
    }
}
