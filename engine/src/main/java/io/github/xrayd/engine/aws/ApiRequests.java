package io.github.xrayd.engine.aws;

import java.net.URI;
import java.time.Clock;
import java.time.Instant;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import software.amazon.awssdk.core.util.VersionInfo;
import software.amazon.awssdk.http.SdkHttpMethod;
import software.amazon.awssdk.http.SdkHttpRequest;

/**
 * Builds the daemon's own requests to the X-Ray API, not signed yet, with the headers that the SDK's client and the reference daemon
 * send. Thread-safe.
 */
final class ApiRequests {
    private final URI endpoint;
    private final String userAgent;
    private final Clock clock;

    /** @param userAgentSuffix as {@link UserAgent#suffix} makes it */
    ApiRequests(URI endpoint, String userAgentSuffix, Clock clock) {
        this.endpoint = endpoint;
        this.userAgent = "aws-sdk-java/" + VersionInfo.SDK_VERSION + " " + userAgentSuffix;
        this.clock = clock;
    }

    /**
     * A call with a JSON body.
     *
     * @param path the API's own path, beginning with a slash
     * @param length bytes of the body
     */
    SdkHttpRequest post(String path, int length) {
        return SdkHttpRequest.builder()
                .method(SdkHttpMethod.POST)
                .uri(endpoint)
                .encodedPath(endpoint.getRawPath() + path)
                .putHeader("Content-Type", "application/json")
                .putHeader("Content-Length", Integer.toString(length))
                .putHeader("User-Agent", userAgent)
                .putHeader("X-Amzn-Xray-Timestamp", timestamp(clock.instant()))
                .putHeader("amz-sdk-invocation-id", invocation().toString())
                .putHeader("amz-sdk-request", "attempt=1; max=1")
                .build();
    }

    /** A random UUID; it only has to differ, not to be hard to guess. */
    private static UUID invocation() {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        long high = (random.nextLong() & ~0xf000L) | 0x4000L;
        long low = (random.nextLong() >>> 2) | Long.MIN_VALUE;
        return new UUID(high, low);
    }

    /** Epoch seconds with all nine decimals; not String.format, which costs as much as building the request. */
    private static String timestamp(Instant now) {
        String nanos = Integer.toString(1_000_000_000 + now.getNano());
        return now.getEpochSecond() + "." + nanos.substring(1);
    }
}
