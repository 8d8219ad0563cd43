package io.github.xrayd.sandbox;

import com.sun.net.httpserver.Headers;
import java.io.ByteArrayInputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.signer.params.Aws4SignerParams;
import software.amazon.awssdk.http.ContentStreamProvider;
import software.amazon.awssdk.http.SdkHttpFullRequest;
import software.amazon.awssdk.http.SdkHttpMethod;
import software.amazon.awssdk.http.auth.aws.signer.AwsV4HttpSigner;
import software.amazon.awssdk.http.auth.spi.signer.HttpSigner;
import software.amazon.awssdk.identity.spi.AwsCredentialsIdentity;
import software.amazon.awssdk.regions.Region;

/**
 * Recomputes a request's Signature Version 4 with the SDK's own signers, at the time the request says it was signed and
 * over the headers it names, and refuses what does not match. Thread-safe.
 *
 * <p>The signed name set of the SDK's present signer always has {@code x-amz-content-sha256}; clients in other
 * languages leave it out, and for those its predecessor, which leaves it out too, is asked.
 */
final class SignatureCheck {
    /** How far the client's clock may be off. */
    static final Duration SKEW_MAX = Duration.ofMinutes(5);

    private static final String SERVICE = "xray";
    private static final DateTimeFormatter AMZ_DATE =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);
    private static final Pattern AUTHORIZATION = Pattern.compile("AWS4-HMAC-SHA256\\s+"
            + "Credential=([^/,\\s]+)/(\\d{8})/([^/,\\s]+)/([^/,\\s]+)/aws4_request\\s*,\\s*"
            + "SignedHeaders=([^,\\s]+)\\s*,\\s*"
            + "Signature=([0-9a-f]{64})\\s*");

    private final Map<String, SandboxCredential> credentials;
    private final Set<String> revoked = ConcurrentHashMap.newKeySet();
    private final String region;
    private final Clock clock;
    private final AwsV4HttpSigner signer = AwsV4HttpSigner.create();

    SignatureCheck(Map<String, SandboxCredential> credentials, String region, Clock clock) {
        this.credentials = credentials;
        this.region = region;
        this.clock = clock;
    }

    /** From now on refuses what is signed with this key as expired. */
    void revoke(String accessKey) {
        revoked.add(accessKey);
    }

    void verify(String method, String pathAndQuery, Headers headers, byte[] body, int length) throws ApiException {
        String authorization = headers.getFirst("Authorization");
        if (authorization == null) {
            throw refused("MissingAuthenticationTokenException", "Missing Authentication Token");
        }
        Matcher claim = AUTHORIZATION.matcher(authorization);
        if (!claim.matches()) {
            throw refused(
                    "IncompleteSignatureException",
                    "Authorization must be AWS4-HMAC-SHA256 with Credential, SignedHeaders and Signature");
        }
        SandboxCredential credential = credentials.get(claim.group(1));
        if (credential == null) {
            throw refused("UnrecognizedClientException", "The security token included in the request is invalid.");
        }
        if (revoked.contains(claim.group(1))) {
            throw refused("ExpiredTokenException", "The security token included in the request is expired");
        }
        Instant signedAt = signedAt(headers, claim.group(2));
        requireScope(claim.group(3), claim.group(4));
        requireToken(headers, credential);
        Set<String> signedHeaders = Set.of(claim.group(5).split(";"));
        requireSigned(headers, signedHeaders);
        requireSkewWithin(signedAt);
        SdkHttpFullRequest request = request(method, pathAndQuery, headers, signedHeaders, body, length);
        String expected = signedHeaders.contains("x-amz-content-sha256")
                ? sign(request, credential, signedAt)
                : signWithoutContentHeader(request, credential, signedAt);
        Matcher recomputed = AUTHORIZATION.matcher(expected);
        if (!recomputed.matches()
                || !recomputed.group(5).equals(claim.group(5))
                || !MessageDigest.isEqual(ascii(recomputed.group(6)), ascii(claim.group(6)))) {
            throw refused(
                    "InvalidSignatureException",
                    "The request signature we calculated does not match the signature you provided."
                            + " Check your AWS Secret Access Key and signing method.");
        }
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static ApiException refused(String code, String words) {
        return new ApiException(403, code, words);
    }

    private static Instant signedAt(Headers headers, String scopeDate) throws ApiException {
        String date = headers.getFirst("X-Amz-Date");
        if (date == null) {
            throw refused("IncompleteSignatureException", "The request has no X-Amz-Date");
        }
        if (!date.startsWith(scopeDate)) {
            throw refused(
                    "InvalidSignatureException", "Date in Credential scope does not match YYYYMMDD of X-Amz-Date");
        }
        try {
            return AMZ_DATE.parse(date, Instant::from);
        } catch (DateTimeException e) {
            throw refused("IncompleteSignatureException", "X-Amz-Date must be in ISO-8601 basic format");
        }
    }

    private void requireScope(String scopeRegion, String scopeService) throws ApiException {
        if (!scopeRegion.equals(region)) {
            throw refused(
                    "InvalidSignatureException",
                    "Credential should be scoped to a valid region, not '" + TerminalText.harmless(scopeRegion, 40)
                            + "'; this sandbox is in " + region);
        }
        if (!scopeService.equals(SERVICE)) {
            throw refused(
                    "InvalidSignatureException", "Credential should be scoped to correct service: '" + SERVICE + "'");
        }
    }

    private static void requireToken(Headers headers, SandboxCredential credential) throws ApiException {
        String expected = credential.sessionToken();
        String token = headers.getFirst("X-Amz-Security-Token");
        if (expected != null && (token == null || !MessageDigest.isEqual(ascii(expected), ascii(token)))) {
            throw refused("UnrecognizedClientException", "The security token included in the request is invalid.");
        }
    }

    private static void requireSigned(Headers headers, Set<String> signedHeaders) throws ApiException {
        if (!signedHeaders.contains("host")) {
            throw refused("InvalidSignatureException", "'Host' must be a 'SignedHeader' in the AWS Authorization.");
        }
        for (String name : headers.keySet()) {
            String lower = name.toLowerCase(Locale.ROOT);
            if (lower.startsWith("x-amz-") && !signedHeaders.contains(lower)) {
                throw refused(
                        "InvalidSignatureException",
                        "'" + lower + "' must be a 'SignedHeader' in the AWS Authorization.");
            }
        }
    }

    private void requireSkewWithin(Instant signedAt) throws ApiException {
        Instant now = clock.instant();
        if (signedAt.isBefore(now.minus(SKEW_MAX))) {
            throw refused(
                    "InvalidSignatureException",
                    "Signature expired: " + AMZ_DATE.format(signedAt) + " is now earlier than "
                            + AMZ_DATE.format(now.minus(SKEW_MAX)) + " (" + AMZ_DATE.format(now) + " - 5 min.)");
        }
        if (signedAt.isAfter(now.plus(SKEW_MAX))) {
            throw refused(
                    "InvalidSignatureException",
                    "Signature not yet current: " + AMZ_DATE.format(signedAt) + " is still later than "
                            + AMZ_DATE.format(now.plus(SKEW_MAX)) + " (" + AMZ_DATE.format(now) + " + 5 min.)");
        }
    }

    private static SdkHttpFullRequest request(
            String method, String pathAndQuery, Headers headers, Set<String> signedHeaders, byte[] body, int length)
            throws ApiException {
        String host = headers.getFirst("Host");
        try {
            // The signers write the Host header anew and leave out the scheme's own port: take the scheme that keeps it
            // as it was.
            URI uri = URI.create((host != null && host.endsWith(":80") ? "https://" : "http://") + host + pathAndQuery);
            ContentStreamProvider content = () -> new ByteArrayInputStream(body, 0, length);
            SdkHttpFullRequest.Builder request = SdkHttpFullRequest.builder()
                    .method(SdkHttpMethod.fromValue(method))
                    .uri(uri)
                    .contentStreamProvider(content);
            for (String name : signedHeaders) {
                List<String> values = headers.get(name);
                if (values != null) {
                    request.putHeader(name, values);
                }
            }
            return request.build();
        } catch (IllegalArgumentException e) {
            throw refused("IncompleteSignatureException", "The request's Host or path is not readable");
        }
    }

    private String sign(SdkHttpFullRequest request, SandboxCredential credential, Instant signedAt) {
        ContentStreamProvider content = request.contentStreamProvider().orElseThrow();
        return signer.sign(sign -> sign.request(request)
                        .payload(content)
                        .identity(AwsCredentialsIdentity.create(credential.accessKey(), credential.secretKey()))
                        .putProperty(AwsV4HttpSigner.SERVICE_SIGNING_NAME, SERVICE)
                        .putProperty(AwsV4HttpSigner.REGION_NAME, region)
                        .putProperty(HttpSigner.SIGNING_CLOCK, Clock.fixed(signedAt, ZoneOffset.UTC)))
                .request()
                .firstMatchingHeader("Authorization")
                .orElse("");
    }

    @SuppressWarnings("deprecation") // The only public signer of the SDK that can leave x-amz-content-sha256 out.
    private String signWithoutContentHeader(
            SdkHttpFullRequest request, SandboxCredential credential, Instant signedAt) {
        Aws4SignerParams params = Aws4SignerParams.builder()
                .awsCredentials(AwsBasicCredentials.create(credential.accessKey(), credential.secretKey()))
                .signingName(SERVICE)
                .signingRegion(Region.of(region))
                .signingClockOverride(Clock.fixed(signedAt, ZoneOffset.UTC))
                .build();
        return software.amazon.awssdk.auth.signer.Aws4Signer.create()
                .sign(request, params)
                .firstMatchingHeader("Authorization")
                .orElse("");
    }
}
