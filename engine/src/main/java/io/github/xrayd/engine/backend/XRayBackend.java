package io.github.xrayd.engine.backend;

import io.github.xrayd.engine.telemetry.TelemetrySink;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.client.config.SdkAdvancedClientOption;
import software.amazon.awssdk.endpoints.Endpoint;
import software.amazon.awssdk.profiles.ProfileFile;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.retries.DefaultRetryStrategy;
import software.amazon.awssdk.services.xray.XRayClient;
import software.amazon.awssdk.services.xray.endpoints.XRayEndpointProvider;
import software.amazon.awssdk.services.xray.model.PutTelemetryRecordsRequest;
import software.amazon.awssdk.services.xray.model.PutTraceSegmentsRequest;
import software.amazon.awssdk.services.xray.model.PutTraceSegmentsResponse;
import software.amazon.awssdk.services.xray.model.UnprocessedTraceSegment;

/**
 * Uploads to the AWS X-Ray API through the SDK's typed client, whose marshalled body is replaced by the one already encoded.
 *
 * <p>One attempt per call. What bounds it: {@link BackendSettings#attemptTimeout()} for the whole attempt, dripping answers included
 * (plus one tick of {@link DeadlineHttpClient}); {@link HttpClients#ANSWER_BYTES_MAX} for the answer. Credentials are looked up
 * before the attempt's time starts; they have the AWS providers' own limits. A wrong clock is corrected from the answer's Date
 * header for the next attempt. Thread-safe.
 */
public final class XRayBackend implements Backend {
    private static final String PUT_SEGMENTS = "PutTraceSegments";
    private static final String PUT_TELEMETRY = "PutTelemetryRecords";
    /** The client insists on documents; the body that is sent is another one. */
    private static final List<String> PLACEHOLDER = List.of("{}");

    private final BackendConnection connection;
    private final XRayClient client;
    private final Answers answers;

    private final Supplier<HostIdentity> identityFinder;

    XRayBackend(
            BackendConnection connection, String userAgentSuffix, Clock clock, Supplier<HostIdentity> identityFinder) {
        this.connection = connection;
        this.identityFinder = identityFinder;
        this.answers = new Answers(connection.endpoint(), clock);
        CompletableFuture<Endpoint> endpoint = CompletableFuture.completedFuture(
                Endpoint.builder().url(connection.endpoint()).build());
        // Settled once: the SDK's rules would be evaluated for every call otherwise.
        XRayEndpointProvider settled = parameters -> endpoint;
        this.client = XRayClient.builder()
                .region(Region.of(connection.region()))
                .endpointOverride(connection.endpoint())
                .endpointProvider(settled)
                .credentialsProvider(connection.credentials())
                .httpClient(connection.http())
                .overrideConfiguration(o -> o.retryStrategy(DefaultRetryStrategy.doNotRetry())
                        .addExecutionInterceptor(new Attempt.Interceptor(clock))
                        // Everything is given here, so nothing is looked up in files again.
                        .defaultProfileFile(ProfileFile.aggregator().build())
                        .putAdvancedOption(SdkAdvancedClientOption.USER_AGENT_SUFFIX, userAgentSuffix))
                .build();
    }

    /** What proxied calls and others share with the uploads. */
    public BackendConnection connection() {
        return connection;
    }

    /**
     * Where telemetry records go; finds out which host this is at its first call.
     *
     * @param resourceArn the ARN that the records name, or null
     */
    public TelemetrySink telemetrySink(@Nullable String resourceArn) {
        return new TelemetrySender(this, resourceArn, identityFinder);
    }

    @Override
    public Answer putTraceSegments(EncodedBody body) {
        Attempt attempt = new Attempt(body);
        try {
            PutTraceSegmentsResponse response = client.putTraceSegments(PutTraceSegmentsRequest.builder()
                    .traceSegmentDocuments(PLACEHOLDER)
                    .overrideConfiguration(o -> o.putExecutionAttribute(Attempt.ATTRIBUTE, attempt))
                    .build());
            String wrong = wrong(attempt);
            if (wrong != null) {
                return answers.malformed(wrong, "operation error XRay: " + PUT_SEGMENTS + ", ");
            }
            return response.unprocessedTraceSegments().isEmpty()
                    ? Answer.delivered()
                    : Answer.delivered(response.unprocessedTraceSegments().stream()
                            .map(XRayBackend::unprocessed)
                            .toList());
        } catch (RuntimeException e) {
            return answers.of(e, attempt, PUT_SEGMENTS, "/TraceSegments");
        }
    }

    /** Uploads telemetry records; the answer has nothing unprocessed. */
    Answer putTelemetryRecords(PutTelemetryRecordsRequest request) {
        Attempt attempt = new Attempt(null);
        try {
            client.putTelemetryRecords(request.toBuilder()
                    .overrideConfiguration(o -> o.putExecutionAttribute(Attempt.ATTRIBUTE, attempt))
                    .build());
            String wrong = wrong(attempt);
            return wrong == null
                    ? Answer.delivered()
                    : answers.malformed(wrong, "operation error XRay: " + PUT_TELEMETRY + ", ");
        } catch (RuntimeException e) {
            return answers.of(e, attempt, PUT_TELEMETRY, "/TelemetryRecords");
        }
    }

    private static @Nullable String wrong(Attempt attempt) {
        return attempt.statusCode() == 200 ? attempt.malformation() : "unexpected status " + attempt.statusCode();
    }

    private static Unprocessed unprocessed(UnprocessedTraceSegment segment) {
        return new Unprocessed(segment.id(), segment.errorCode(), segment.message());
    }

    @Override
    public void close() {
        client.close();
        connection.close();
    }
}
