package io.github.xrayd.engine.aws;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.http.ContentStreamProvider;
import software.amazon.awssdk.http.SdkHttpMethod;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.http.auth.aws.signer.AwsV4HttpSigner;
import software.amazon.awssdk.http.auth.spi.signer.HttpSigner;

/** Recomputes a call's signature from what arrived, as the service does. */
public final class Signatures {
    private static final DateTimeFormatter AMZ_DATE =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);

    private Signatures() {}

    /** When the call says it was signed. */
    public static Instant signedAt(ScriptedService.Call call) {
        return AMZ_DATE.parse(call.header("X-Amz-Date"), Instant::from);
    }

    /** The names of the headers that the signature covers. */
    public static List<String> signedHeaders(ScriptedService.Call call) {
        String authorization = call.header("Authorization");
        String names = authorization.replaceFirst(".*SignedHeaders=([^,]*),.*", "$1");
        return List.of(names.split(";", -1));
    }

    /** Whether the signature is the one that {@link ScriptedEnvironment}'s credentials make of what arrived. */
    public static boolean isValid(ScriptedService.Call call, URI endpoint, String region) {
        return isValid(
                call,
                endpoint,
                region,
                AwsBasicCredentials.create(ScriptedEnvironment.ACCESS_KEY, ScriptedEnvironment.SECRET_KEY));
    }

    /** Whether the signature is the one that the SDK's signer makes of what arrived, with these credentials. */
    public static boolean isValid(ScriptedService.Call call, URI endpoint, String region, AwsCredentials identity) {
        SdkHttpRequest.Builder request = SdkHttpRequest.builder()
                .method(SdkHttpMethod.fromValue(call.method()))
                .uri(URI.create(endpoint.getScheme() + "://" + endpoint.getAuthority() + call.target()));
        for (String name : signedHeaders(call)) {
            if (!name.equals("host") && !name.equals("x-amz-date") && !name.equals("x-amz-security-token")) {
                request.putHeader(name, call.headers().get(name));
            }
        }
        SdkHttpRequest signed = AwsV4HttpSigner.create()
                .sign(r -> r.identity(identity)
                        .request(request.build())
                        .payload(ContentStreamProvider.fromByteArray(call.body().getBytes(StandardCharsets.UTF_8)))
                        .putProperty(AwsV4HttpSigner.SERVICE_SIGNING_NAME, "xray")
                        .putProperty(AwsV4HttpSigner.REGION_NAME, region)
                        .putProperty(HttpSigner.SIGNING_CLOCK, Clock.fixed(signedAt(call), ZoneOffset.UTC)))
                .request();
        return signed.firstMatchingHeader("Authorization").orElse("").equals(call.header("Authorization"));
    }
}
