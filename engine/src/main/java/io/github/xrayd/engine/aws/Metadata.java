package io.github.xrayd.engine.aws;

import io.github.xrayd.engine.client.Environment;
import io.github.xrayd.engine.client.ErrorText;
import io.github.xrayd.engine.json.ForeignJson;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.http.HttpExecuteRequest;
import software.amazon.awssdk.http.HttpExecuteResponse;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.SdkHttpMethod;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.imds.Ec2MetadataClient;
import software.amazon.awssdk.imds.Ec2MetadataRetryPolicy;

/**
 * What the host knows about itself: ECS task metadata and EC2 instance metadata (IMDSv2).
 *
 * <p>Always asked directly, never through a forward proxy. One try each, {@link #TIMEOUT} long, because a host without
 * them must not wait. Used by one thread; the HTTP client is built at the first question.
 */
final class Metadata implements AutoCloseable {
    /** What one question may take; IMDS answers within milliseconds where it exists. */
    static final Duration TIMEOUT = Duration.ofSeconds(1);

    static final String DISABLED_VARIABLE = "AWS_EC2_METADATA_DISABLED";

    private static final int FILE_BYTES_MAX = 1 << 20;

    private final Environment environment;
    private @Nullable SdkHttpClient http;
    private @Nullable Ec2MetadataClient ec2;

    Metadata(Environment environment) {
        this.environment = environment;
    }

    /**
     * The region in the ARN of the file that {@code ECS_CONTAINER_METADATA_FILE} names.
     *
     * @throws IOException when there is none; the message says why
     */
    String regionOfEcsFile() throws IOException {
        String path = environment.firstVariable("ECS_CONTAINER_METADATA_FILE");
        if (path == null) {
            throw new IOException("ECS_CONTAINER_METADATA_FILE is not set");
        }
        byte[] content;
        try {
            if (Files.size(Path.of(path)) > FILE_BYTES_MAX) {
                throw new IOException("longer than " + FILE_BYTES_MAX + " bytes");
            }
            content = Files.readAllBytes(Path.of(path));
        } catch (IOException e) {
            throw new IOException(
                    path + " cannot be read: " + e.getClass().getSimpleName() + ": " + ErrorText.text(e), e);
        }
        return regionOfArns(content, path, "ContainerInstanceARN", "TaskARN");
    }

    /**
     * The region in the task's ARN, asked at {@code ECS_CONTAINER_METADATA_URI_V4}.
     *
     * @throws IOException when there is none; the message says why
     */
    String regionOfEcsTask() throws IOException {
        String base = environment.firstVariable("ECS_CONTAINER_METADATA_URI_V4");
        if (base == null) {
            throw new IOException("ECS_CONTAINER_METADATA_URI_V4 is not set");
        }
        String url = base + "/task";
        URI uri;
        try {
            uri = URI.create(url);
        } catch (IllegalArgumentException e) {
            throw new IOException(url + " is not an address", e);
        }
        HttpExecuteRequest request = HttpExecuteRequest.builder()
                .request(SdkHttpRequest.builder()
                        .method(SdkHttpMethod.GET)
                        .uri(uri)
                        .putHeader("Host", uri.getAuthority())
                        .build())
                .build();
        try {
            HttpExecuteResponse response = http().prepareRequest(request).call();
            byte[] content = response.responseBody().isPresent()
                    ? response.responseBody().get().readAllBytes()
                    : new byte[0];
            int status = response.httpResponse().statusCode();
            if (status != 200) {
                throw new IOException("answered with status " + status);
            }
            return regionOfArns(content, url, "TaskARN", "ContainerARN");
        } catch (IOException | RuntimeException e) {
            throw new IOException(url + ": " + ErrorText.text(e), e);
        }
    }

    /**
     * The instance's region.
     *
     * @throws IOException when there is no instance metadata; the message says why
     */
    String regionOfInstance() throws IOException {
        return ask("/latest/meta-data/placement/region");
    }

    /**
     * One value of the instance's metadata.
     *
     * @param path from the metadata service's root
     * @throws IOException when there is none; the message says why
     */
    String ask(String path) throws IOException {
        if (environment.isSet("aws.disableEc2Metadata", DISABLED_VARIABLE)) {
            throw new IOException("instance metadata is disabled by " + DISABLED_VARIABLE);
        }
        try {
            String value = ec2().get(path).asString().trim();
            if (value.isEmpty()) {
                throw new IOException("the answer is empty");
            }
            return value;
        } catch (IOException | RuntimeException e) {
            throw new IOException("GET " + path + ": " + reason(e), e);
        }
    }

    private static String reason(Exception failure) {
        return ErrorText.find(failure, java.net.SocketException.class) != null
                        || ErrorText.find(failure, java.net.SocketTimeoutException.class) != null
                ? ErrorText.network(failure, "the instance metadata service")
                : ErrorText.text(failure);
    }

    private static String regionOfArns(byte[] json, String source, String... keys) throws IOException {
        Map<?, ?> object;
        try {
            object = ForeignJson.object(json);
        } catch (IOException e) {
            throw new IOException(source + " is not JSON: " + ErrorText.text(e), e);
        }
        for (String key : keys) {
            if (object.get(key) instanceof String arn) {
                String[] parts = arn.split(":", -1);
                if (parts.length > 3 && !parts[3].isEmpty()) {
                    return parts[3].toLowerCase(Locale.ROOT);
                }
            }
        }
        throw new IOException(source + " has no ARN with a region in " + String.join(" or ", keys) + " ("
                + new String(json, 0, Math.min(json.length, 80), StandardCharsets.UTF_8).replaceAll("\\s+", " ") + ")");
    }

    /** Where the instance metadata service is, when not at its usual address, or null. */
    static @Nullable String endpoint(Environment environment) {
        return environment.setting("aws.ec2MetadataServiceEndpoint", "AWS_EC2_METADATA_SERVICE_ENDPOINT");
    }

    private SdkHttpClient http() {
        SdkHttpClient client = http;
        if (client == null) {
            client = PooledHttpClient.direct(TIMEOUT);
            http = client;
        }
        return client;
    }

    private Ec2MetadataClient ec2() {
        Ec2MetadataClient client = ec2;
        if (client == null) {
            Ec2MetadataClient.Builder builder =
                    Ec2MetadataClient.builder().httpClient(http()).retryPolicy(Ec2MetadataRetryPolicy.none());
            String endpoint = endpoint(environment);
            if (endpoint != null) {
                builder.endpoint(URI.create(endpoint));
            }
            client = builder.build();
            ec2 = client;
        }
        return client;
    }

    @Override
    public void close() {
        if (ec2 != null) {
            ec2.close();
        }
        if (http != null) {
            http.close();
        }
    }
}
