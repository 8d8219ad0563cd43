package io.github.xrayd.sandbox;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.ByteArrayInputStream;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.http.SdkHttpMethod;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.http.auth.aws.signer.AwsV4HttpSigner;
import software.amazon.awssdk.http.auth.spi.signer.HttpSigner;
import software.amazon.awssdk.identity.spi.AwsCredentialsIdentity;
import software.amazon.awssdk.services.xray.model.XRayException;

class SignatureTest {
    private static final String BODY = "{\"TraceSegmentDocuments\":[\"{}\"]}";
    private static final AwsCredentialsIdentity GOOD =
            AwsCredentialsIdentity.create(SandboxConfig.ACCESS_KEY, SandboxConfig.SECRET_KEY);

    private Sandbox sandbox;

    @BeforeEach
    void start() throws Exception {
        sandbox = Sandbox.start(SandboxConfig.builder()
                .threads(4)
                .credential(new SandboxCredential(SandboxConfig.ACCESS_KEY, SandboxConfig.SECRET_KEY, null))
                .credential(new SandboxCredential("ASIAEXAMPLE", "a-secret", "a-token"))
                .build());
    }

    @AfterEach
    void stop() {
        sandbox.close();
    }

    /** The headers of a request signed by the SDK's signer. */
    private Map<String, String> signed(AwsCredentialsIdentity who, String region, Instant at) {
        Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        SdkHttpRequest request = SdkHttpRequest.builder()
                .method(SdkHttpMethod.POST)
                .uri(URI.create(sandbox.endpoint() + "/TraceSegments"))
                .putHeader("Content-Type", "application/json")
                .putHeader("X-Probe", "a  b")
                .build();
        AwsV4HttpSigner.create()
                .sign(sign -> sign.request(request)
                        .payload(() -> new ByteArrayInputStream(BODY.getBytes(StandardCharsets.UTF_8)))
                        .identity(who)
                        .putProperty(AwsV4HttpSigner.SERVICE_SIGNING_NAME, "xray")
                        .putProperty(AwsV4HttpSigner.REGION_NAME, region)
                        .putProperty(HttpSigner.SIGNING_CLOCK, Clock.fixed(at, ZoneOffset.UTC)))
                .request()
                .forEachHeader((name, values) -> headers.put(name, values.get(0)));
        headers.remove("Host");
        return headers;
    }

    private HttpResponse<String> send(Map<String, String> headers, String body) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(sandbox.endpoint() + "/TraceSegments"))
                .POST(HttpRequest.BodyPublishers.ofString(body));
        headers.forEach(request::header);
        return TestClients.HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private void assertRefused(String code, HttpResponse<String> answer) {
        assertEquals(
                List.of(403, code),
                List.of(
                        answer.statusCode(),
                        answer.headers().firstValue("x-amzn-errortype").orElse("none")),
                answer.body());
        assertEquals(0, sandbox.arrivals().documents());
    }

    @Test
    void shouldAcceptWhatTheSdkSigns() throws Exception {
        try (var client = TestClients.sdk(sandbox)) {
            client.putTraceSegments(put -> put.traceSegmentDocuments("{}", "ü"));
        }
        try (var client =
                TestClients.sdk(sandbox, AwsSessionCredentials.create("ASIAEXAMPLE", "a-secret", "a-token"))) {
            client.putTraceSegments(put -> put.traceSegmentDocuments("{}"));
        }
        assertEquals(200, send(signed(GOOD, "us-east-1", Instant.now()), BODY).statusCode());
        assertEquals(4, sandbox.arrivals().documents());
    }

    @Test
    void shouldRefuseAnUnsignedRequest() throws Exception {
        assertRefused("MissingAuthenticationTokenException", send(Map.of(), BODY));
        assertRefused("IncompleteSignatureException", send(Map.of("Authorization", "Bearer x"), BODY));
    }

    @Test
    void shouldRefuseAWrongSecret() throws Exception {
        var who = AwsCredentialsIdentity.create(SandboxConfig.ACCESS_KEY, "another");
        assertRefused("InvalidSignatureException", send(signed(who, "us-east-1", Instant.now()), BODY));
        try (var client = TestClients.sdk(sandbox, AwsBasicCredentials.create(SandboxConfig.ACCESS_KEY, "another"))) {
            var refused = assertThrows(
                    XRayException.class, () -> client.putTraceSegments(put -> put.traceSegmentDocuments("{}")));
            assertEquals("InvalidSignatureException", refused.awsErrorDetails().errorCode());
        }
    }

    @Test
    void shouldRefuseAnUnknownKeyOrToken() throws Exception {
        var stranger = AwsCredentialsIdentity.create("AKIDSTRANGER", SandboxConfig.SECRET_KEY);
        assertRefused("UnrecognizedClientException", send(signed(stranger, "us-east-1", Instant.now()), BODY));
        var tokenless = AwsCredentialsIdentity.create("ASIAEXAMPLE", "a-secret");
        assertRefused("UnrecognizedClientException", send(signed(tokenless, "us-east-1", Instant.now()), BODY));
    }

    @Test
    void shouldRefuseARevokedKey() throws Exception {
        sandbox.revoke(SandboxConfig.ACCESS_KEY);
        assertRefused("ExpiredTokenException", send(signed(GOOD, "us-east-1", Instant.now()), BODY));
    }

    @Test
    void shouldAcceptTheOthersWhenAKeyIsRevoked() throws Exception {
        sandbox.revoke("ASIAEXAMPLE");
        assertEquals(200, send(signed(GOOD, "us-east-1", Instant.now()), BODY).statusCode());
    }

    @Test
    void shouldRefuseAChangedBody() throws Exception {
        var headers = signed(GOOD, "us-east-1", Instant.now());
        assertRefused("InvalidSignatureException", send(headers, BODY.replace("{}", "[]")));
    }

    @Test
    void shouldRefuseAChangedOrMissingSignedHeader() throws Exception {
        var headers = signed(GOOD, "us-east-1", Instant.now());
        headers.put("X-Probe", "changed");
        assertRefused("InvalidSignatureException", send(headers, BODY));
        headers.remove("X-Probe");
        assertRefused("InvalidSignatureException", send(headers, BODY));
    }

    @Test
    void shouldRefuseAnUnsignedAmzHeader() throws Exception {
        var headers = signed(GOOD, "us-east-1", Instant.now());
        headers.put("X-Amz-Smuggled", "1");
        assertRefused("InvalidSignatureException", send(headers, BODY));
    }

    @Test
    void shouldRefuseAClockThatIsOff() throws Exception {
        var early = send(signed(GOOD, "us-east-1", Instant.now().minus(Duration.ofMinutes(6))), BODY);
        assertRefused("InvalidSignatureException", early);
        assertEquals(true, early.body().contains("Signature expired"), early.body());
        assertEquals(true, early.headers().firstValue("Date").isPresent());
        assertRefused(
                "InvalidSignatureException",
                send(signed(GOOD, "us-east-1", Instant.now().plus(Duration.ofMinutes(6))), BODY));
        assertEquals(
                200,
                send(signed(GOOD, "us-east-1", Instant.now().minus(Duration.ofMinutes(4))), BODY)
                        .statusCode());
    }

    @Test
    void shouldRefuseAnotherRegion() throws Exception {
        assertRefused("InvalidSignatureException", send(signed(GOOD, "eu-west-1", Instant.now()), BODY));
    }

    /**
     * Clients in other languages do not sign {@code x-amz-content-sha256}. The signature was computed by the public
     * algorithm in Python.
     */
    @Test
    void shouldAcceptASignatureWithoutContentHeader() throws Exception {
        Clock clock = Clock.fixed(Instant.parse("2026-01-02T03:04:05Z"), ZoneOffset.UTC);
        SignatureCheck check = new SignatureCheck(sandbox.config().credentials(), "us-east-1", clock);
        var headers = new com.sun.net.httpserver.Headers();
        headers.set("Host", "xray.us-east-1.amazonaws.com");
        headers.set("Content-Type", "application/json");
        headers.set("X-Amz-Date", "20260102T030405Z");
        headers.set(
                "Authorization",
                "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260102/us-east-1/xray/aws4_request,"
                        + " SignedHeaders=content-type;host;x-amz-date, Signature=6ec0a9ff134f091228ff78a90acf33137f6b5e1be8f3ef2e575819aed3c12481");
        byte[] body = BODY.getBytes(StandardCharsets.UTF_8);
        check.verify("POST", "/TraceSegments", headers, body, body.length);
        body[0] = ' ';
        assertThrows(ApiException.class, () -> check.verify("POST", "/TraceSegments", headers, body, body.length));
    }
}
