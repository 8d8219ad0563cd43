package io.github.xrayd.engine.aws;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.xrayd.engine.client.HttpReply;
import io.github.xrayd.engine.client.SetupException;
import io.github.xrayd.engine.export.Answer;
import io.github.xrayd.engine.export.AnswerKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Keys that are exchanged while the daemon runs. */
@Timeout(60)
class CredentialRotationTest {
    private static final String DONE = "{\"UnprocessedTraceSegments\":[]}";

    @TempDir
    @SuppressWarnings("NullAway.Init") // JUnit sets it before each test.
    private Path directory;

    private final Set<String> expired = ConcurrentHashMap.newKeySet();

    /** Refuses the keys that have expired. */
    private ScriptedService service(int status, String code) throws IOException {
        return new ScriptedService().always(call -> {
            String signature = call.header("Authorization");
            return expired.stream().anyMatch(key -> signature.contains("Credential=" + key + "/"))
                    ? ScriptedService.Script.of(
                            status,
                            "{\"message\":\"The security token included in the request is expired\"}",
                            "x-amzn-ErrorType",
                            code)
                    : ScriptedService.Script.of(200, DONE);
        });
    }

    private static String keys(String id) {
        return "[default]\naws_access_key_id = " + id + "\naws_secret_access_key = secret\n";
    }

    private void renameOver(Path file, String content) throws IOException {
        Path other = Files.writeString(directory.resolve("other"), content);
        Files.move(other, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    }

    private static XRayExporter backend(ScriptedService service, Path credentials) throws SetupException {
        return Exporters.create(
                Exporters.settings(service.uri()),
                new ScriptedEnvironment()
                        .withoutCredentials()
                        .withoutInstance()
                        .variable("AWS_SHARED_CREDENTIALS_FILE", credentials.toString()));
    }

    private static void assertDelivered(XRayExporter backend) {
        Answer answer = backend.export(new TestBody());
        assertEquals(AnswerKind.DELIVERED, answer.outcome(), answer.message());
    }

    private static void awaitDelivered(XRayExporter backend) {
        long deadlineNs = System.nanoTime() + 20_000_000_000L;
        while (backend.export(new TestBody()).outcome() != AnswerKind.DELIVERED) {
            assertTrue(System.nanoTime() < deadlineNs, "not delivered in 20 s");
            Thread.onSpinWait();
        }
    }

    private static String lastKey(ScriptedService service) {
        String signature = service.calls.get(service.calls.size() - 1).header("Authorization");
        return signature.replaceFirst(".*Credential=([^/]+)/.*", "$1");
    }

    @ParameterizedTest
    @CsvSource({
        "403, ExpiredTokenException",
        "403, ExpiredToken",
        "400, ExpiredTokenException",
        "403, UnrecognizedClientException",
        "403, InvalidClientTokenId",
        "401, InvalidSignatureException"
    })
    void shouldDeliverWithAFileRenamedOverTheOneWhoseKeyIsRefused(int status, String code) throws Exception {
        Path file = Files.writeString(directory.resolve("credentials"), keys("AKIDOLD"));
        try (ScriptedService service = service(status, code);
                XRayExporter backend = backend(service, file)) {
            assertDelivered(backend);
            assertEquals("AKIDOLD", lastKey(service));
            expired.add("AKIDOLD");
            renameOver(file, keys("AKIDNEW"));
            assertDelivered(backend);
            assertEquals("AKIDNEW", lastKey(service));
        }
    }

    @Test
    void shouldServeTheTcpPortWithTheNewKeyToo() throws Exception {
        Path file = Files.writeString(directory.resolve("credentials"), keys("AKIDOLD"));
        HttpCall call = new HttpCall("POST", "/SamplingTargets", "", Map.of(), new byte[0]);
        try (ScriptedService service = service(403, "ExpiredTokenException");
                XRayExporter backend = backend(service, file)) {
            AwsConnection port = backend.client().port();
            try (HttpReply reply = port.send(call)) {
                assertEquals(200, reply.status());
            }
            expired.add("AKIDOLD");
            renameOver(file, keys("AKIDNEW"));
            try (HttpReply reply = port.send(call)) {
                assertEquals(200, reply.status());
            }
        }
    }

    @Test
    void shouldUseAChangedFileBeforeItsOldKeyIsRefused() throws Exception {
        Path file = Files.writeString(directory.resolve("credentials"), keys("AKIDOLD"));
        try (ScriptedService service = service(403, "ExpiredTokenException");
                XRayExporter backend = backend(service, file)) {
            assertDelivered(backend);
            Files.writeString(file, keys("AKIDNEW"));
            long deadlineNs = System.nanoTime() + 20_000_000_000L;
            while (!lastKey(service).equals("AKIDNEW")) {
                assertTrue(System.nanoTime() < deadlineNs, "the old key is used for 20 s");
                assertDelivered(backend);
            }
        }
    }

    @Test
    void shouldSeeASecretThatKubernetesSwapsByALink() throws Exception {
        Path first = Files.createDirectory(directory.resolve("..2026_01"));
        Path second = Files.createDirectory(directory.resolve("..2026_02"));
        FileTime time = FileTime.from(Instant.now());
        Files.setLastModifiedTime(Files.writeString(first.resolve("credentials"), keys("AKIDOLD")), time);
        // The same length and time: only the file differs.
        Files.setLastModifiedTime(Files.writeString(second.resolve("credentials"), keys("AKIDNEW")), time);
        Path data = Files.createSymbolicLink(directory.resolve("..data"), first.getFileName());
        Path file = Files.createSymbolicLink(directory.resolve("credentials"), Path.of("..data", "credentials"));
        try (ScriptedService service = service(403, "ExpiredTokenException");
                XRayExporter backend = backend(service, file)) {
            assertDelivered(backend);
            expired.add("AKIDOLD");
            Path link = Files.createSymbolicLink(directory.resolve("..data_tmp"), second.getFileName());
            Files.move(link, data, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            awaitDelivered(backend);
            assertEquals("AKIDNEW", lastKey(service));
        }
    }

    @Test
    void shouldSeeAFileThatComesLateAndSayWhatIsMissingUntilThen() throws Exception {
        Path file = directory.resolve("late/credentials");
        try (ScriptedService service = service(403, "ExpiredTokenException");
                XRayExporter backend = backend(service, file)) {
            AwsClient client = backend.client();
            assertNull(client.credentialsProblem(), "nobody has asked yet");
            assertEquals(AnswerKind.DENIED, backend.export(new TestBody()).outcome());
            assertNotNull(client.credentialsProblem());
            Files.createDirectory(file.getParent());
            Files.writeString(file, keys("AKIDLATE"));
            awaitDelivered(backend);
            assertEquals("AKIDLATE", lastKey(service));
            assertNull(client.credentialsProblem());
        }
    }

    @Test
    void shouldUseTheOldKeyWhileTheFileIsAwayOrBroken() throws Exception {
        Path file = Files.writeString(directory.resolve("credentials"), keys("AKIDOLD"));
        try (ScriptedService service = service(403, "ExpiredTokenException");
                XRayExporter backend = backend(service, file)) {
            assertDelivered(backend);
            for (String content : new String[] {"aws_access_key_id without a section", null}) {
                if (content == null) {
                    Files.delete(file);
                } else {
                    renameOver(file, content);
                }
                long deadlineNs = System.nanoTime() + 2_500_000_000L;
                while (System.nanoTime() < deadlineNs) {
                    assertDelivered(backend);
                }
            }
            expired.add("AKIDOLD");
            renameOver(file, keys("AKIDNEW"));
            awaitDelivered(backend);
        }
    }

    @Test
    void shouldAskAProcessAgainWhenItsKeyIsRefused() throws Exception {
        Path key = Files.writeString(directory.resolve("key"), "AKIDOLD");
        Path script = Files.writeString(
                directory.resolve("process.sh"),
                "#!/bin/sh\necho \"{\\\"Version\\\":1,\\\"AccessKeyId\\\":\\\"$(cat " + key
                        + ")\\\",\\\"SecretAccessKey\\\":\\\"s\\\"}\"\n");
        Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwx------"));
        Path config =
                Files.writeString(directory.resolve("config"), "[default]\ncredential_process = " + script + "\n");
        try (ScriptedService service = service(403, "ExpiredTokenException");
                XRayExporter backend = Exporters.create(
                        Exporters.settings(service.uri()),
                        new ScriptedEnvironment()
                                .withoutCredentials()
                                .withoutInstance()
                                .variable("AWS_CONFIG_FILE", config.toString()))) {
            assertDelivered(backend);
            expired.add("AKIDOLD");
            Files.writeString(key, "AKIDNEW");
            assertDelivered(backend);
        }
    }

    @Test
    void shouldExchangeANewWebIdentityTokenWhenWhatTheOldOneGaveIsRefused() throws Exception {
        Path token = Files.writeString(directory.resolve("token"), "jwt-OLD");
        try (ScriptedService sts = new ScriptedService()
                        .always(call -> ScriptedService.Script.of(
                                200,
                                "<AssumeRoleWithWebIdentityResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">"
                                        + "<AssumeRoleWithWebIdentityResult><Credentials><AccessKeyId>ASIA"
                                        + (call.body().contains("jwt-NEW") ? "NEW" : "OLD")
                                        + "</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken><Expiration>"
                                        + Instant.now().plusSeconds(3600)
                                        + "</Expiration></Credentials></AssumeRoleWithWebIdentityResult>"
                                        + "</AssumeRoleWithWebIdentityResponse>",
                                "Content-Type",
                                "text/xml"));
                ScriptedService service = service(403, "ExpiredTokenException");
                XRayExporter backend = Exporters.create(
                        Exporters.settings(service.uri()),
                        new ScriptedEnvironment()
                                .withoutCredentials()
                                .withoutInstance()
                                .variable("AWS_WEB_IDENTITY_TOKEN_FILE", token.toString())
                                .variable("AWS_ROLE_ARN", "arn:aws:iam::123456789012:role/irsa")
                                .variable("AWS_ENDPOINT_URL", sts.uri().toString()))) {
            assertDelivered(backend);
            expired.add("ASIAOLD");
            renameOver(token, "jwt-NEW");
            assertDelivered(backend);
            assertEquals("ASIANEW", lastKey(service));
        }
    }

    @Test
    void shouldNotAskTheProvidersAtEachRefusal() throws Exception {
        Path asked = directory.resolve("asked");
        Path script = Files.writeString(
                directory.resolve("process.sh"),
                "#!/bin/sh\necho x >> " + asked
                        + "\necho '{\"Version\":1,\"AccessKeyId\":\"AKIDOLD\",\"SecretAccessKey\":\"s\"}'\n");
        Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwx------"));
        Path config =
                Files.writeString(directory.resolve("config"), "[default]\ncredential_process = " + script + "\n");
        expired.add("AKIDOLD");
        try (ScriptedService service = service(403, "ExpiredTokenException");
                XRayExporter backend = Exporters.create(
                        Exporters.settings(service.uri(), Duration.ofSeconds(5)),
                        new ScriptedEnvironment()
                                .withoutCredentials()
                                .withoutInstance()
                                .variable("AWS_CONFIG_FILE", config.toString()))) {
            for (int i = 0; i < 20; i++) {
                assertEquals(AnswerKind.DENIED, backend.export(new TestBody()).outcome());
            }
            assertEquals(20, service.calls.size(), "the same key is not tried twice for one call");
            assertTrue(Files.readAllLines(asked).size() <= 3, Files.readString(asked));
        }
    }
}
