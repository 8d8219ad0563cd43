package io.github.xrayd.engine.aws;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.xrayd.engine.client.CredentialsUnavailableException;
import io.github.xrayd.engine.client.Environment;
import io.github.xrayd.engine.client.Transport;
import io.github.xrayd.engine.export.Answer;
import io.github.xrayd.engine.export.AnswerKind;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class CredentialsTest {
    private static final String STS_ANSWER =
            """
            <AssumeRole%1$sResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRole%1$sResult><Credentials>
            <AccessKeyId>ASIA%2$s</AccessKeyId><SecretAccessKey>secret</SecretAccessKey><SessionToken>session-%2$s</SessionToken>
            <Expiration>%3$s</Expiration></Credentials></AssumeRole%1$sResult></AssumeRole%1$sResponse>""";

    @TempDir
    @SuppressWarnings("NullAway.Init") // JUnit sets it before each test.
    private Path directory;

    private final List<String> properties = new ArrayList<>();

    @AfterEach
    void clearProperties() {
        properties.forEach(System::clearProperty);
    }

    /** For what the AWS SDK reads from the process by itself. */
    private void processProperty(String name, String value) {
        System.setProperty(name, value);
        properties.add(name);
    }

    private static AwsSettings settings(ScriptedService service, @Nullable String roleArn) {
        return new AwsSettings(
                "eu-west-1",
                service.uri(),
                roleArn,
                true,
                "1",
                new Transport(null, true, null, Duration.ofSeconds(2), 8));
    }

    private static AwsClient client(XRayExporter backend) {
        return backend.client();
    }

    private static ScriptedService.Call upload(AwsSettings settings, Environment environment, ScriptedService service)
            throws Exception {
        try (XRayExporter backend = Exporters.create(settings, environment)) {
            Answer answer = backend.export(new TestBody());
            assertEquals(AnswerKind.DELIVERED, answer.outcome(), answer.message());
        }
        return service.awaitCall();
    }

    private static void assertSignedBy(String accessKey, ScriptedService.Call call) {
        assertTrue(
                call.header("Authorization").startsWith("AWS4-HMAC-SHA256 Credential=" + accessKey + "/"),
                call.header("Authorization"));
    }

    private static String stsAnswer(String kind, String id, Instant expiry) {
        return STS_ANSWER.formatted(kind, id, expiry.toString());
    }

    @Test
    void shouldAssumeTheRoleThroughStsAndRefreshItWhenItExpires() throws Exception {
        Instant soon = Instant.now().plusSeconds(30);
        Instant late = Instant.now().plusSeconds(3600);
        try (ScriptedService sts = new ScriptedService()
                        .then(200, stsAnswer("", "FIRST", soon), "Content-Type", "text/xml")
                        .then(200, stsAnswer("", "SECOND", late), "Content-Type", "text/xml");
                ScriptedService service = new ScriptedService();
                XRayExporter backend = Exporters.create(
                        settings(service, "arn:aws:iam::123456789012:role/up"),
                        new ScriptedEnvironment()
                                .variable("AWS_ENDPOINT_URL_STS", sts.uri().toString()))) {
            backend.export(new TestBody());
            ScriptedService.Call assume = sts.awaitCall();
            assertTrue(assume.body().contains("Action=AssumeRole"), assume.body());
            assertTrue(assume.body().contains("RoleSessionName=xray-daemon"), assume.body());
            assertTrue(assume.body().contains("role%2Fup"), assume.body());
            assertTrue(
                    assume.header("Authorization").contains(ScriptedEnvironment.ACCESS_KEY + "/"),
                    assume.header("Authorization"));
            assertTrue(assume.header("Authorization").contains("/eu-west-1/sts/aws4_request"), assume.toString());
            ScriptedService.Call first = service.awaitCall();
            assertSignedBy("ASIAFIRST", first);
            assertEquals("session-FIRST", first.header("X-Amz-Security-Token"));
            for (int i = 0; i < 3; i++) {
                backend.export(new TestBody());
                assertSignedBy("ASIASECOND", service.awaitCall());
            }
            assertEquals(2, sts.calls.size());
        }
    }

    @Test
    void shouldSayWhyTheRoleCannotBeAssumedAndAskStsOncePerSecond() throws Exception {
        String denied =
                "<ErrorResponse><Error><Code>AccessDenied</Code><Message>not you</Message></Error></ErrorResponse>";
        try (ScriptedService sts = new ScriptedService()
                        .always(call -> ScriptedService.Script.of(403, denied, "Content-Type", "text/xml"));
                ScriptedService service = new ScriptedService();
                XRayExporter backend = Exporters.create(
                        settings(service, "arn:aws:iam::123456789012:role/up"),
                        new ScriptedEnvironment()
                                .variable("AWS_ENDPOINT_URL_STS", sts.uri().toString()))) {
            Answer answer = backend.export(new TestBody());
            assertEquals(AnswerKind.DENIED, answer.outcome());
            assertTrue(answer.message().contains("not you"), answer.message());
            for (int i = 0; i < 20; i++) {
                assertEquals(AnswerKind.DENIED, backend.export(new TestBody()).outcome());
            }
            assertTrue(sts.calls.size() <= 2, Integer.toString(sts.calls.size()));
            assertEquals(0, service.calls.size());
        }
    }

    @Test
    void shouldUseWebIdentity() throws Exception {
        Path token = Files.writeString(directory.resolve("token"), "jwt-1");
        String answer = stsAnswer("WithWebIdentity", "WEB", Instant.now().plusSeconds(3600));
        try (ScriptedService sts = new ScriptedService().then(200, answer, "Content-Type", "text/xml");
                ScriptedService service = new ScriptedService()) {
            ScriptedService.Call call = upload(
                    settings(service, null),
                    new ScriptedEnvironment()
                            .withoutCredentials()
                            .variable("AWS_WEB_IDENTITY_TOKEN_FILE", token.toString())
                            .variable("AWS_ROLE_ARN", "arn:aws:iam::123456789012:role/irsa")
                            .variable("AWS_ENDPOINT_URL_STS", sts.uri().toString()),
                    service);
            assertSignedBy("ASIAWEB", call);
            ScriptedService.Call assume = sts.awaitCall();
            assertTrue(assume.body().contains("Action=AssumeRoleWithWebIdentity"), assume.body());
            assertTrue(assume.body().contains("WebIdentityToken=jwt-1"), assume.body());
            assertEquals("", assume.header("Authorization"));
        }
    }

    @Test
    void shouldUseSystemPropertiesFirst() throws Exception {
        processProperty("aws.accessKeyId", "AKIDPROPERTY");
        processProperty("aws.secretAccessKey", "secret");
        try (ScriptedService service = new ScriptedService()) {
            assertSignedBy("AKIDPROPERTY", upload(settings(service, null), new ScriptedEnvironment(), service));
        }
    }

    @Test
    void shouldUseAProfilesKeysAndProcess() throws Exception {
        Path script = directory.resolve("process.sh");
        Files.writeString(
                script,
                "#!/bin/sh\necho '{\"Version\":1,\"AccessKeyId\":\"AKIDPROCESS\",\"SecretAccessKey\":\"s\"}'\n");
        Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwx------"));
        Path config = Files.writeString(
                directory.resolve("config"),
                "[default]\naws_access_key_id = AKIDPROFILE\naws_secret_access_key = s\n"
                        + "[profile process]\ncredential_process = " + script + "\n");
        ScriptedEnvironment environment =
                new ScriptedEnvironment().withoutCredentials().variable("AWS_CONFIG_FILE", config.toString());
        try (ScriptedService service = new ScriptedService()) {
            assertSignedBy("AKIDPROFILE", upload(settings(service, null), environment, service));
            environment.variable("AWS_PROFILE", "process");
            assertSignedBy("AKIDPROCESS", upload(settings(service, null), environment, service));
        }
    }

    @Test
    void shouldHaveWhatAnSsoProfileNeeds() throws Exception {
        Path config = Files.writeString(
                directory.resolve("config"),
                """
                [default]
                sso_session = nobody
                sso_account_id = 123456789012
                sso_role_name = none
                [sso-session nobody]
                sso_region = eu-west-1
                sso_start_url = https://nobody.invalid/start
                """);
        try (ScriptedService service = new ScriptedService();
                XRayExporter backend = Exporters.create(
                        settings(service, null),
                        new ScriptedEnvironment()
                                .withoutCredentials()
                                .withoutInstance()
                                .variable("AWS_CONFIG_FILE", config.toString()))) {
            Answer answer = backend.export(new TestBody());
            assertEquals(AnswerKind.DENIED, answer.outcome());
            // The user has not logged in; without the SDK's SSO modules it would name a missing class instead.
            assertTrue(answer.message().contains("SSO"), answer.message());
            assertTrue(!answer.message().contains("class path"), answer.message());
        }
    }

    @Test
    void shouldUseContainerCredentialsWithATokenFile() throws Exception {
        Path token = Files.writeString(directory.resolve("token"), "pod-token");
        try (ScriptedService agent = new ScriptedService()
                        .then(
                                200,
                                "{\"AccessKeyId\":\"ASIAPOD\",\"SecretAccessKey\":\"s\",\"Token\":\"t\",\"Expiration\":\""
                                        + Instant.now().plusSeconds(3600) + "\"}");
                ScriptedService service = new ScriptedService()) {
            processProperty("aws.containerCredentialsFullUri", agent.uri() + "/v1/credentials");
            processProperty("aws.containerAuthorizationTokenFile", token.toString());
            assertSignedBy(
                    "ASIAPOD",
                    upload(settings(service, null), new ScriptedEnvironment().withoutCredentials(), service));
            ScriptedService.Call call = agent.awaitCall();
            assertEquals("/v1/credentials", call.target());
            assertEquals("pod-token", call.header("Authorization"));
        }
    }

    @Test
    void shouldUseTheInstancesRoleWithATokenAndNotThroughTheProxy() throws Exception {
        try (ScriptedService imds = new ScriptedService().always(call -> {
                    if (call.target().equals("/latest/api/token")) {
                        return ScriptedService.Script.of(
                                200, "imds-token", "x-aws-ec2-metadata-token-ttl-seconds", "300");
                    }
                    assertEquals("imds-token", call.header("x-aws-ec2-metadata-token"));
                    return call.target().endsWith("/")
                            ? ScriptedService.Script.of(200, "instance-role")
                            : ScriptedService.Script.of(
                                    200,
                                    "{\"Code\":\"Success\",\"AccessKeyId\":\"ASIAINSTANCE\",\"SecretAccessKey\":\"s\",\"Token\":\"t\",\"Expiration\":\""
                                            + Instant.now().plusSeconds(3600) + "\"}");
                });
                ScriptedService service = new ScriptedService()) {
            assertSignedBy(
                    "ASIAINSTANCE",
                    upload(
                            settings(service, null),
                            new ScriptedEnvironment()
                                    .withoutCredentials()
                                    .variable(
                                            "AWS_EC2_METADATA_SERVICE_ENDPOINT",
                                            imds.uri().toString())
                                    .variable("HTTPS_PROXY", "http://127.0.0.1:1")
                                    .variable("NO_PROXY", "127.0.0.1"),
                            service));
        }
    }

    @Test
    void shouldSayWhyTheInstanceGaveNone() throws Exception {
        try (ScriptedService service = new ScriptedService();
                XRayExporter backend = Exporters.create(
                        settings(service, null),
                        new ScriptedEnvironment()
                                .withoutCredentials()
                                .variable("AWS_EC2_METADATA_SERVICE_ENDPOINT", "http://127.0.0.1:1"))) {
            CredentialsUnavailableException e = assertThrows(
                    CredentialsUnavailableException.class, () -> client(backend).checkCredentials());
            assertTrue(
                    String.valueOf(e.getMessage())
                            .toLowerCase(java.util.Locale.ROOT)
                            .contains("refused"),
                    e.getMessage());
        }
    }

    @Test
    void shouldNameEachProviderThatHadNone() throws Exception {
        try (ScriptedService service = new ScriptedService();
                XRayExporter backend = Exporters.create(
                        settings(service, null),
                        new ScriptedEnvironment().withoutCredentials().withoutInstance())) {
            CredentialsUnavailableException e = assertThrows(
                    CredentialsUnavailableException.class, () -> client(backend).checkCredentials());
            for (String provider : List.of(
                    "SystemPropertyCredentialsProvider",
                    "EnvironmentVariableCredentialsProvider",
                    "WebIdentityTokenFileCredentialsProvider",
                    "ProfileCredentialsProvider",
                    "ContainerCredentialsProvider",
                    "InstanceProfileCredentialsProvider")) {
                assertTrue(String.valueOf(e.getMessage()).contains(provider), e.getMessage());
            }
        }
    }
}
