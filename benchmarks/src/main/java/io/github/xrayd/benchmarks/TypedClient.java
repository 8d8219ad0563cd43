package io.github.xrayd.benchmarks;

import io.github.xrayd.engine.export.EncodedBody;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttribute;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.endpoints.Endpoint;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.http.apache.ApacheHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.retries.DefaultRetryStrategy;
import software.amazon.awssdk.services.xray.XRayClient;
import software.amazon.awssdk.services.xray.model.PutTraceSegmentsResponse;

/**
 * The SDK's typed client as lean as its settings make it: one attempt, the endpoint settled once, and a body that is
 * already encoded put in the place of the marshalled one by an interceptor. The engine uploaded so until signing and
 * sending by itself measured better.
 */
final class TypedClient implements AutoCloseable {
    private static final ExecutionAttribute<EncodedBody> BODY = new ExecutionAttribute<>("XraydEncodedBody");
    private static final List<String> PLACEHOLDER = List.of("{}");

    private final XRayClient client;

    TypedClient(URI uri, String region, AwsCredentialsProvider credentials) {
        var endpoint =
                CompletableFuture.completedFuture(Endpoint.builder().url(uri).build());
        client = XRayClient.builder()
                .region(Region.of(region))
                .endpointOverride(uri)
                .endpointProvider(parameters -> endpoint)
                .credentialsProvider(credentials)
                .httpClient(ApacheHttpClient.create())
                .overrideConfiguration(
                        o -> o.retryStrategy(DefaultRetryStrategy.doNotRetry()).addExecutionInterceptor(new Replace()))
                .build();
    }

    /** One call whose body is this one. */
    PutTraceSegmentsResponse put(EncodedBody body) {
        return client.putTraceSegments(r ->
                r.traceSegmentDocuments(PLACEHOLDER).overrideConfiguration(o -> o.putExecutionAttribute(BODY, body)));
    }

    /** One call with documents that the client marshals. */
    PutTraceSegmentsResponse put(List<String> documents) {
        return client.putTraceSegments(r -> r.traceSegmentDocuments(documents));
    }

    @Override
    public void close() {
        client.close();
    }

    private static final class Replace implements ExecutionInterceptor {
        @Override
        public SdkHttpRequest modifyHttpRequest(Context.ModifyHttpRequest context, ExecutionAttributes attributes) {
            EncodedBody body = attributes.getAttribute(BODY);
            return body == null
                    ? context.httpRequest()
                    : context.httpRequest().toBuilder()
                            .putHeader("Content-Length", Integer.toString(body.length()))
                            .build();
        }

        @Override
        public Optional<RequestBody> modifyHttpContent(
                Context.ModifyHttpRequest context, ExecutionAttributes attributes) {
            EncodedBody body = attributes.getAttribute(BODY);
            return body == null
                    ? context.requestBody()
                    : Optional.of(RequestBody.fromContentProvider(body::openStream, body.length(), "application/json"));
        }
    }
}
