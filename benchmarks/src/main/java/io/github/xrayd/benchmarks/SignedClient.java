package io.github.xrayd.benchmarks;

import io.github.xrayd.engine.export.EncodedBody;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.http.AbortableInputStream;
import software.amazon.awssdk.http.ContentStreamProvider;
import software.amazon.awssdk.http.HttpExecuteRequest;
import software.amazon.awssdk.http.HttpExecuteResponse;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.SdkHttpMethod;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.http.apache.ApacheHttpClient;
import software.amazon.awssdk.http.auth.aws.signer.AwsV4HttpSigner;

/**
 * A request that is built, signed by the SDK's signer and sent by Apache's client, without the typed client. The engine
 * uploaded so until prepared requests measured better.
 */
final class SignedClient implements AutoCloseable {
    private final URI uri;
    private final String region;
    private final AwsCredentialsProvider credentials;
    private final AwsV4HttpSigner signer = AwsV4HttpSigner.create();
    private final SdkHttpClient http = ApacheHttpClient.create();

    SignedClient(URI uri, String region, AwsCredentialsProvider credentials) {
        this.uri = uri;
        this.region = region;
        this.credentials = credentials;
    }

    /** One call whose body is this one; returns the status of its answer, which is read to its end. */
    int put(EncodedBody body) throws IOException {
        ContentStreamProvider content = body::openStream;
        SdkHttpRequest request = SdkHttpRequest.builder()
                .method(SdkHttpMethod.POST)
                .uri(uri)
                .encodedPath("/TraceSegments")
                .putHeader("Content-Type", "application/json")
                .putHeader("Content-Length", Integer.toString(body.length()))
                .build();
        SdkHttpRequest signed = signer.sign(r -> r.identity(credentials.resolveCredentials())
                        .request(request)
                        .payload(content)
                        .putProperty(AwsV4HttpSigner.SERVICE_SIGNING_NAME, "xray")
                        .putProperty(AwsV4HttpSigner.REGION_NAME, region))
                .request();
        HttpExecuteResponse response = http.prepareRequest(HttpExecuteRequest.builder()
                        .request(signed)
                        .contentStreamProvider(content)
                        .build())
                .call();
        try (InputStream answer = response.responseBody().orElseGet(SignedClient::nothing)) {
            answer.readAllBytes();
        }
        return response.httpResponse().statusCode();
    }

    private static AbortableInputStream nothing() {
        return AbortableInputStream.createEmpty();
    }

    @Override
    public void close() {
        http.close();
    }
}
