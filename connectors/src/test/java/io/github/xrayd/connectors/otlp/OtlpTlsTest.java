package io.github.xrayd.connectors.otlp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.xrayd.engine.client.HttpEndpoint;
import io.github.xrayd.engine.client.TlsIdentity;
import io.github.xrayd.engine.client.Transport;
import io.github.xrayd.engine.export.Answer;
import io.github.xrayd.engine.export.AnswerKind;
import io.github.xrayd.engine.export.Exporter;
import io.github.xrayd.testing.SelfSigned;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.time.Duration;
import java.util.Map;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** TLS with authorities and a certificate of one's own, made by the JDK's keytool. */
class OtlpTlsTest {
    @TempDir
    static Path folder;

    private static KeyStore server;
    private static KeyStore client;

    @BeforeAll
    static void makeKeys() throws Exception {
        server = SelfSigned.make(folder, "server", "EC");
        client = SelfSigned.make(folder, "client", "RSA");
    }

    /** Of a server that knows the client's certificate. */
    private static SSLContext context() throws GeneralSecurityException, IOException {
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(server, SelfSigned.PASSWORD);
        KeyStore known = KeyStore.getInstance("PKCS12");
        known.load(null, null);
        known.setCertificateEntry("client", client.getCertificate(SelfSigned.ALIAS));
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(known);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
        return context;
    }

    private static Exporter exporter(URI url, @Nullable String authorities, @Nullable TlsIdentity identity)
            throws Exception {
        return new OtlpDestination(
                        new HttpEndpoint.Settings(
                                url,
                                Map.of(),
                                identity,
                                new Transport(
                                        Transport.DIRECT,
                                        true,
                                        authorities == null ? null : folder.resolve(authorities),
                                        Duration.ofSeconds(5),
                                        2)),
                        true,
                        null,
                        "1")
                .connect();
    }

    private static TlsIdentity identity(String certificate, String key) {
        return new TlsIdentity(folder.resolve(certificate), folder.resolve(key));
    }

    @Test
    void shouldTrustItsAuthoritiesAndShowItsCertificate() throws Exception {
        try (OtlpReceiver receiver = new OtlpReceiver(context())) {
            TestDocuments one = TestDocuments.of(TestDocuments.segment("0000000000000001", "shop"));
            try (Exporter known =
                    exporter(receiver.uri("/v1/traces"), "server.pem", identity("client.pem", "client.key"))) {
                assertEquals(Answer.delivered(), known.export(one));
                assertEquals(1, receiver.spans().size());
            }
            try (Exporter nobody = exporter(receiver.uri("/v1/traces"), "server.pem", null)) {
                assertEquals(AnswerKind.TRANSIENT, nobody.export(one).outcome());
            }
            try (Exporter strange =
                    exporter(receiver.uri("/v1/traces"), "client.pem", identity("client.pem", "client.key"))) {
                Answer answer = strange.export(one);
                assertEquals(AnswerKind.TRANSIENT, answer.outcome());
                assertTrue(answer.message().contains("certification path"), answer.message());
            }
            assertEquals(1, receiver.spans().size());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"missing.key", "client.pem", "server.key"})
    void shouldSayWhatIsWrongWithAKey(String key) {
        Exception e = assertThrows(
                Exception.class,
                () -> exporter(URI.create("https://127.0.0.1:1/v1/traces"), "server.pem", identity("client.pem", key)));
        assertTrue(String.valueOf(e.getMessage()).contains(key), e.getMessage());
        if (key.equals("client.pem")) {
            assertTrue(String.valueOf(e.getMessage()).contains("openssl pkcs8 -topk8"), e.getMessage());
        }
    }
}
