package io.github.xrayd.cli.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

class RedactionTest {
    @TempDir
    @SuppressWarnings("NullAway.Init") // JUnit sets it before each test.
    private Path directory;

    @AfterEach
    void close() throws IOException {
        LogSetup.configure(LogSettings.DEFAULT);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http-outgoing-0 >> Authorization: AWS4-HMAC-SHA256 Credential=AKID/x, SignedHeaders=host, Signature=s3cret",
                "http-outgoing-0 >> \"X-Amz-Security-Token: s3cret[\\r][\\n]\"",
                "AWS4 Canonical Request: POST\n/\nx-amz-security-token:s3cret\n\nhost;x-amz-security-token\nabc",
                "headers={Proxy-Authorization=[Basic s3cret], Host=[x]}",
                "x-aws-ec2-metadata-token: s3cret",
                "Set-Cookie: session=s3cret; Path=/",
                "{\"AccessKeyId\":\"AKID\",\"SecretAccessKey\":\"s3cret\",\"Token\":\"t\"}",
                "{\"Token\" : \"with \\\" s3cret\"}",
                "<Credentials><SecretAccessKey>s3cret</SecretAccessKey></Credentials>",
                "<SessionToken>s3cret</SessionToken>",
                "Action=AssumeRoleWithWebIdentity&WebIdentityToken=s3cret&Version=1",
                "aws_secret_access_key = s3cret",
                "aws_session_token=s3cret",
                "secretAccessKey=s3cret)",
                "{accessToken=s3cret, refreshToken='s3cret', clientSecret=s3cret}",
                "proxy http://user:s3cret@proxy.example:3128 is away",
                "password: s3cret",
            })
    void shouldHideWhatStandsAfterTheNamesOfSecrets(String text) {
        String shown = Redaction.of(text);
        assertFalse(shown.contains("s3cret"), shown);
        assertTrue(shown.contains("(hidden)"), shown);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
            Successfully sent batch of 50 segments (0.002 seconds)
            403, ExpiredTokenException: The security token included in the request is expired
            InvalidSignatureException: The request signature we calculated does not match
            SignedHeaders=host;x-amz-date;x-amz-security-token
            http://127.0.0.1:2000/a@b
            AccessDenied: not authorized to perform xray:PutTraceSegments
            """)
    void shouldLeaveOtherTextAsItIs(String text) {
        assertEquals(text, Redaction.of(text));
    }

    @Test
    void shouldHideThemAtEveryLevelAndInExceptions() throws IOException {
        for (String level : new String[] {"dev", "debug", "info", "warn", "error"}) {
            Path file = directory.resolve(level + ".log");
            LogSetup.configure(new LogSettings(level, file, true, level.equals("dev")));
            IOException error = new IOException("Token=s3cret", new IllegalStateException("SessionToken: s3cret"));
            LoggerFactory.getLogger("ours").error("password={}", "s3cret", error);
            LoggerFactory.getLogger("org.apache.http.headers").error("Authorization: s3cret");
            LogSetup.close();
            String written = Files.readString(file);
            assertFalse(written.contains("s3cret"), written);
            assertTrue(written.contains("(hidden)"), written);
        }
    }
}
