package io.github.xrayd.engine.aws;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.xrayd.engine.aws.Finding.State;
import io.github.xrayd.engine.client.Transport;
import io.github.xrayd.testing.SelfSigned;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(60)
class AwsCheckupTest {
    private static final Clock CLOCK = Clock.systemUTC();

    private static List<Finding> run(URI endpoint, ScriptedEnvironment environment) {
        return run(endpoint, environment, CLOCK, null);
    }

    private static List<Finding> run(URI endpoint, ScriptedEnvironment environment, Clock clock, @Nullable URI proxy) {
        return AwsCheckup.run(
                new AwsSettings(
                        "us-east-1",
                        endpoint,
                        null,
                        true,
                        "1",
                        new Transport(proxy, true, null, Duration.ofSeconds(2), 8)),
                environment,
                clock);
    }

    private static Finding of(String subject, List<Finding> findings) {
        return findings.stream()
                .filter(f -> f.check().equals(subject))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void shouldFindEachStepWellAndUploadNothing() throws Exception {
        try (ScriptedService service = new ScriptedService()) {
            List<Finding> findings = run(service.uri(), new ScriptedEnvironment());
            assertEquals(
                    List.of("region", "credentials", "endpoint", "uploads", "sampling", "clock"),
                    findings.stream().map(Finding::check).toList());
            assertTrue(findings.stream().allMatch(f -> f.state() == State.OK), findings.toString());
            assertEquals("", service.awaitCall().header("Authorization"));
            ScriptedService.Call upload = service.awaitCall();
            assertEquals("/TraceSegments", upload.target());
            assertEquals("{\"TraceSegmentDocuments\":[]}", upload.body());
            assertTrue(upload.header("Authorization").contains("AKIDEXAMPLE/"), upload.toString());
        }
    }

    @ParameterizedTest
    @CsvSource({
        "400,InvalidRequestException,OK",
        "403,AccessDeniedException,FAILED",
        "400,UnrecognizedClientException,FAILED",
        "429,ThrottledException,WARNING",
        "500,InternalFailure,WARNING",
        "404,UnknownOperationException,FAILED"
    })
    void shouldJudgeWhatTheApiAnswers(int status, String code, State state) throws Exception {
        try (ScriptedService service = new ScriptedService()
                .always(call ->
                        ScriptedService.Script.of(status, "{\"message\":\"no\"}", "x-amzn-ErrorType", code + ":x"))) {
            Finding uploads = of("uploads", run(service.uri(), new ScriptedEnvironment()));
            assertEquals(state, uploads.state());
            assertEquals(
                    "POST /TraceSegments was answered with status " + status + ", " + code + ": {\"message\":\"no\"}",
                    uploads.detail());
            assertEquals(state == State.OK, uploads.advice().isEmpty());
        }
    }

    @ParameterizedTest
    @CsvSource({"0,OK", "-20,OK", "90,WARNING", "-90,WARNING", "600,FAILED", "-600,FAILED"})
    void shouldCompareTheClocks(int aheadSeconds, State state) throws Exception {
        try (ScriptedService service = new ScriptedService()) {
            Clock wrong = Clock.offset(CLOCK, Duration.ofSeconds(aheadSeconds));
            Finding clock = of("clock", run(service.uri(), new ScriptedEnvironment(), wrong, null));
            assertEquals(state, clock.state(), clock.toString());
            assertTrue(
                    aheadSeconds == 0 || clock.detail().contains(aheadSeconds > 0 ? "ahead of" : "behind"),
                    clock.toString());
        }
    }

    @Test
    void shouldSayWhatToDoWhereNothingAnswers() {
        List<Finding> refused = run(URI.create("http://127.0.0.1:1"), new ScriptedEnvironment());
        assertEquals(State.FAILED, of("endpoint", refused).state());
        assertTrue(of("endpoint", refused).detail().contains("connection refused"), refused.toString());
        assertEquals(State.SKIPPED, of("uploads", refused).state());
        assertEquals(State.SKIPPED, of("clock", refused).state());
        List<Finding> unknown = run(URI.create("http://nobody.invalid"), new ScriptedEnvironment());
        assertTrue(of("endpoint", unknown).detail().contains("no such host"), unknown.toString());
        assertTrue(of("endpoint", unknown).advice().contains("DNS"), unknown.toString());
        List<Finding> proxy = run(
                URI.create("http://xray.example"),
                new ScriptedEnvironment(),
                CLOCK,
                URI.create("http://user:secret@127.0.0.1:1"));
        assertTrue(of("endpoint", proxy).advice().contains("proxy's address"), proxy.toString());
        assertTrue(!proxy.toString().contains("secret"), proxy.toString());
    }

    @Test
    void shouldSayThatACertificateIsNotTrusted(@TempDir Path directory) throws Exception {
        try (ScriptedService service = new ScriptedService(SelfSigned.context(directory))) {
            Finding endpoint = of("endpoint", run(service.uri(), new ScriptedEnvironment()));
            assertEquals(State.FAILED, endpoint.state());
            assertTrue(endpoint.advice().contains("--ca-bundle"), endpoint.toString());
        }
    }

    @Test
    void shouldGoOnWithoutCredentialsAndNameEachProvider() throws Exception {
        try (ScriptedService service = new ScriptedService()) {
            List<Finding> findings = run(
                    service.uri(),
                    new ScriptedEnvironment().withoutCredentials().withoutInstance());
            assertEquals(State.FAILED, of("credentials", findings).state());
            assertTrue(
                    of("credentials", findings)
                            .detail()
                            .contains("AWS_WEB_IDENTITY_TOKEN_FILE or AWS_ROLE_ARN is not set"),
                    findings.toString());
            assertEquals(State.OK, of("endpoint", findings).state());
            assertEquals(State.SKIPPED, of("uploads", findings).state());
            assertEquals(State.OK, of("clock", findings).state());
        }
    }
}
