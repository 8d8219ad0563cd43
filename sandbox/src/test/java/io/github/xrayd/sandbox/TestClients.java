package io.github.xrayd.sandbox;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.http.apache.ApacheHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.retries.DefaultRetryStrategy;
import software.amazon.awssdk.services.xray.XRayClient;

/** Clients for the sandbox: the real SDK's, and raw HTTP. */
final class TestClients {
    static final HttpClient HTTP =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private TestClients() {}

    static XRayClient sdk(Sandbox sandbox) {
        return sdk(sandbox, AwsBasicCredentials.create(SandboxConfig.ACCESS_KEY, SandboxConfig.SECRET_KEY));
    }

    static XRayClient sdk(Sandbox sandbox, AwsCredentials credentials) {
        return XRayClient.builder()
                .endpointOverride(sandbox.endpoint())
                .region(Region.of(sandbox.config().region()))
                .credentialsProvider(StaticCredentialsProvider.create(credentials))
                .httpClientBuilder(ApacheHttpClient.builder().socketTimeout(Duration.ofSeconds(5)))
                .overrideConfiguration(override -> override.retryStrategy(DefaultRetryStrategy.doNotRetry()))
                .build();
    }

    static HttpResponse<String> send(Sandbox sandbox, String method, String path, String body)
            throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(sandbox.endpoint() + path))
                .method(method, HttpRequest.BodyPublishers.ofString(body))
                .timeout(Duration.ofSeconds(10))
                .build();
        return HTTP.send(request, HttpResponse.BodyHandlers.ofString());
    }

    static HttpResponse<String> put(Sandbox sandbox, String... documents) throws IOException, InterruptedException {
        return send(
                sandbox, "POST", "/TraceSegments", Json.writeText(Map.of("TraceSegmentDocuments", List.of(documents))));
    }

    static SandboxConfig.Builder unsigned() {
        return SandboxConfig.builder().signatures(SignatureMode.IGNORE).threads(4);
    }
}
