package io.github.xrayd.engine.aws;

import io.github.xrayd.engine.client.HttpPool;
import io.github.xrayd.engine.client.HttpReply;
import io.github.xrayd.engine.export.Answer;
import io.github.xrayd.engine.export.DocumentBatch;
import io.github.xrayd.engine.export.EncodedBody;
import io.github.xrayd.engine.export.Exporter;
import io.github.xrayd.engine.telemetry.TelemetrySink;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.util.VersionInfo;

/**
 * Uploads to the AWS X-Ray API: bodies that are already encoded, in requests that are prepared ({@link ApiPost}).
 *
 * <p>The SDK finds the credentials; its typed client, marshaller, signer and pipeline, which cost more than all the
 * rest of a call, are not used for uploads.
 *
 * <p>One attempt per call. What bounds it: {@link AwsSettings#attemptTimeout()} for the whole attempt, dripping answers
 * included (plus one tick of {@link HttpPool}); {@link AwsClient#UPLOAD_ANSWER_BYTES_MAX} for the answer. Credentials
 * are looked up before the attempt's time starts; they have the AWS providers' own limits. A wrong clock is corrected
 * from the answer's Date header for the next attempt. Thread-safe.
 */
public final class XRayExporter implements Exporter {
    private final AwsClient client;
    private final AwsConnection connection;
    private final Operation putSegments;
    private final Operation putTelemetry;
    private final Answers answers;
    private final Supplier<HostIdentity> identityFinder;

    /**
     * @param client closed with this
     * @param identityFinder finds out which host this is, for telemetry records
     */
    XRayExporter(AwsClient client, String userAgentSuffix, Clock clock, Supplier<HostIdentity> identityFinder) {
        this.client = client;
        this.connection = client.uploads();
        this.identityFinder = identityFinder;
        String userAgent = "aws-sdk-java/" + VersionInfo.SDK_VERSION + " " + userAgentSuffix;
        putSegments = operation("PutTraceSegments", "/TraceSegments", userAgent, clock);
        putTelemetry = operation("PutTelemetryRecords", "/TelemetryRecords", userAgent, clock);
        answers = new Answers(client.endpoint(), client::reason, clock);
    }

    /**
     * A call of the API.
     *
     * @param name as the service calls it
     * @param path its path
     * @param post makes it
     */
    private record Operation(String name, String path, ApiPost post) {}

    private Operation operation(String name, String path, String userAgent, Clock clock) {
        return new Operation(name, path, connection.post(path, userAgent, clock));
    }

    /** The way that uploads and telemetry records take. */
    AwsConnection connection() {
        return connection;
    }

    /** The AWS client that it calls with, which the TCP port shares. */
    public AwsClient client() {
        return client;
    }

    @Override
    public List<String> introduction() {
        return List.of(
                "Using region: " + client.region(), "HTTP Proxy server using X-Ray Endpoint : " + client.endpoint());
    }

    /** Waits until there are credentials: found now, the first batch does not wait for them. */
    @Override
    public void prepare() throws InterruptedException {
        client.awaitCredentials();
    }

    @Override
    public @Nullable String problem() {
        return client.credentialsProblem() == null
                ? null
                : "There are no AWS credentials; what is received is held until there are some. \"xray doctor\" shows"
                        + " where they were searched.";
    }

    @Override
    public @Nullable Instant credentialsExpiry() {
        return client.credentialsExpiry();
    }

    @Override
    public Duration clockSkew() {
        return client.clockSkew();
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
    public Answer export(DocumentBatch batch) {
        return call(putSegments, batch);
    }

    /** Uploads telemetry records; the answer has nothing unprocessed. */
    Answer putTelemetryRecords(EncodedBody body) {
        return call(putTelemetry, body);
    }

    private Answer call(Operation operation, EncodedBody body) {
        HttpReply reply;
        try {
            reply = connection.send(operation.post(), body);
        } catch (IOException | RuntimeException e) {
            return answers.ofNoReply(e, operation.name(), operation.path());
        }
        try (reply) {
            return ReplyReader.isPlainSuccess(reply) ? Answer.delivered() : answers.ofReply(reply, operation.name());
        }
    }

    @Override
    public void close() {
        client.close();
    }
}
