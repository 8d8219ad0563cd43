package io.github.xrayd.engine.aws;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.xrayd.engine.client.Environment;
import io.github.xrayd.engine.client.HttpReply;
import io.github.xrayd.engine.client.SetupException;
import io.github.xrayd.engine.client.Transport;
import io.github.xrayd.engine.export.Answer;
import io.github.xrayd.engine.export.AnswerKind;
import io.github.xrayd.testing.SelfSigned;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class TlsTrustTest {
    @TempDir
    @SuppressWarnings("NullAway.Init") // JUnit sets it before each test.
    private static Path directory;

    @SuppressWarnings("NullAway.Init") // Set before all tests.
    private static SSLContext tls;

    @SuppressWarnings("NullAway.Init") // Set before all tests.
    private static Path bundle;

    @BeforeAll
    static void makeCertificates() throws Exception {
        tls = SelfSigned.context(directory);
        Path other = Files.createDirectory(directory.resolve("other"));
        SelfSigned.context(other);
        // Text around the certificates and more than one of them, as bundles have it.
        bundle = Files.writeString(
                directory.resolve("bundle.pem"),
                "# authorities\n" + Files.readString(other.resolve("certificate.pem")) + "\n# ours\n"
                        + Files.readString(directory.resolve("certificate.pem")));
    }

    private static AwsSettings settings(URI endpoint, @Nullable Path file) {
        return new AwsSettings(
                "us-east-1", endpoint, null, true, "1", new Transport(null, true, file, Duration.ofSeconds(5), 8));
    }

    private static Answer upload(@Nullable Path file, Environment environment) throws Exception {
        try (ScriptedService service = new ScriptedService(tls);
                XRayExporter backend = Exporters.create(settings(service.uri(), file), environment)) {
            Answer answer = backend.export(new TestBody());
            if (answer.outcome() == AnswerKind.DELIVERED) {
                try (HttpReply reply = backend.client()
                        .port()
                        .send(new HttpCall("POST", "/SamplingTargets", "", Map.of(), new byte[0]))) {
                    assertEquals(200, reply.status());
                }
            }
            return answer;
        }
    }

    private static void assertDelivered(Answer answer) {
        assertEquals(AnswerKind.DELIVERED, answer.outcome(), answer.message());
    }

    @Test
    void shouldTrustThePrivateAuthorityOfSettingVariableAndProfile() throws Exception {
        assertDelivered(upload(bundle, new ScriptedEnvironment()));
        assertDelivered(upload(null, new ScriptedEnvironment().variable("AWS_CA_BUNDLE", bundle.toString())));
        Path config = Files.writeString(directory.resolve("config"), "[default]\nca_bundle = " + bundle + "\n");
        assertDelivered(upload(null, new ScriptedEnvironment().variable("AWS_CONFIG_FILE", config.toString())));
        Answer unknown = upload(null, new ScriptedEnvironment());
        assertEquals(AnswerKind.TRANSIENT, unknown.outcome());
        assertTrue(unknown.message().contains("certification path"), unknown.message());
    }

    @Test
    void shouldTakeTheSettingBeforeTheVariableAndTrustNobodyElse() throws Exception {
        Answer refused = upload(
                directory.resolve("other/certificate.pem"),
                new ScriptedEnvironment().variable("AWS_CA_BUNDLE", bundle.toString()));
        assertEquals(AnswerKind.TRANSIENT, refused.outcome(), refused.message());
    }

    @Test
    void shouldSayWhichFileCannotBeUsed() throws Exception {
        Path text = Files.writeString(directory.resolve("text.pem"), "nothing of the kind\n");
        Path broken = Files.write(
                directory.resolve("broken.pem"),
                "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n".getBytes(StandardCharsets.US_ASCII));
        for (Path file : new Path[] {text, broken, directory, directory.resolve("absent.pem")}) {
            SetupException e = assertThrows(
                    SetupException.class,
                    () -> Exporters.create(
                            settings(URI.create("https://x.example"), null),
                            new ScriptedEnvironment().variable("AWS_CA_BUNDLE", file.toString())));
            assertTrue(
                    String.valueOf(e.getMessage())
                            .startsWith("Cannot read the CA bundle " + file + " (AWS_CA_BUNDLE): "),
                    e.getMessage());
        }
    }
}
