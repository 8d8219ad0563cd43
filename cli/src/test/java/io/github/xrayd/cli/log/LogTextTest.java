package io.github.xrayd.cli.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LogTextTest {
    private static final String SECRET = "FwoGZXIvYXdzEJr0HIDDEN+/abc=";

    /** "§" stands for the secret. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "http-outgoing-0 >> X-Amz-Security-Token: §",
                "x-amz-security-token:§",
                "headers {X-Amz-Security-Token=[§], Host=[h]}",
                "GET /?X-Amz-Security-Token=§&X-Amz-Date=1",
                "GET /?X-Amz-Security-Token%3D§",
                "\"X-Amz-Security-Token: §[\\r][\\n]\"",
                "AWS_SESSION_TOKEN=§",
                "{\"SessionToken\": \"§\"}",
                "{\"Token\":\"§\",\"Expiration\":1}",
                "<SessionToken>§</SessionToken>",
                "sessionToken=§, accountId=1",
                "aws_session_token = §",
                "{\"SecretAccessKey\":\"§\"}",
                "AWS_SECRET_ACCESS_KEY=§",
                "X-aws-ec2-metadata-token: §",
                "WebIdentityToken=§&Version=1",
                "Authorization: AWS4-HMAC-SHA256 Credential=AKID/20261121/us-east-1/xray/aws4_request, SignedHeaders=host, Signature=§",
                "authorization:AWS4-HMAC-SHA256 Credential=AKID/20261121, Signature=§",
                "{Authorization=[Bearer §], Host=[h]}",
                "\"Authorization\": \"Basic §\"",
                "Proxy-Authorization: Basic §",
                "sent Bearer § to the proxy",
            })
    void shouldTakeSecretsOut(String text) {
        String clean = LogText.redacted(text.replace("§", SECRET));
        assertFalse(clean.contains("HIDDEN"), clean);
        assertEquals(clean, LogText.redacted(clean));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Signature=0123456789abcdef0123456789abcdef0123456789abcdef",
                "X-Amz-Signature=0123456789abcdef0123456789abcdef0123456789abcdef&a=b"
            })
    void shouldTakeSignaturesOut(String text) {
        assertFalse(LogText.redacted(text).contains("0123"), LogText.redacted(text));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Sending segment batch failed with: the security token included in the request is expired",
                "failed to get rate limit token, retry quota exceeded, 0 available, 5 requested",
                "Missing Authentication Token",
                "no basic settings",
                "Unable to retrieve credentials: no secret in AWS_SECRET_ACCESS_KEY",
                "Host: 127.0.0.1"
            })
    void shouldLeaveWhatIsNoSecret(String text) {
        assertEquals(text, LogText.redacted(text));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "StatusCode: 500, RequestID: 1b2c3d4e-0000-4000-8000-1234567890ab | StatusCode: 500, RequestID: ffffffff-1111-4000-8000-1234567890ab",
                "RequestID: stub-req-1 | RequestID: stub-req-222",
                "Post \"http://127.0.0.1:52623/x\": refused | Post \"http://127.0.0.1:4000/x\": refused",
                "dial tcp 127.0.0.1:40122->127.0.0.1:80: reset | dial tcp 127.0.0.1:40124->127.0.0.1:80: reset",
                "timed out after 2001 ms | timed out after 1 ms",
                "timed out after 2.5 seconds | timed out after 0.25 seconds",
                "timed out after 20ms | timed out after 1s",
                "expired at 2026-11-21T05:38:02Z | expired at 2026-12-01T15:08:59Z",
                "expired at 05:38:02 | expired at 23:59:59"
            })
    void shouldGiveOneShapeToOneError(String one, String other) {
        assertEquals(LogText.shape(one), LogText.shape(other));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "StatusCode: 500 | StatusCode: 503",
                "Unprocessed trace 1-6b012fcd-00000000000000000000000c | Unprocessed trace 1-6b012fcd-00000000000000000000000d",
                "bad 1 | bad 2",
                "connection refused | connection reset",
                "InvalidRequestException | ThrottledException"
            })
    void shouldKeepDifferentErrorsApart(String one, String other) {
        assertNotEquals(LogText.shape(one), LogText.shape(other));
    }
}
