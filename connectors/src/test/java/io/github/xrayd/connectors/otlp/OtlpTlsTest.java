package io.github.xrayd.connectors.otlp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.xrayd.engine.aws.AwsSettings;
import io.github.xrayd.engine.aws.HttpEndpoint;
import io.github.xrayd.engine.aws.TlsIdentity;
import io.github.xrayd.engine.aws.Transport;
import io.github.xrayd.engine.export.Answer;
import io.github.xrayd.engine.export.AnswerKind;
import io.github.xrayd.engine.export.Exporter;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
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
    private static final char[] PASSWORD = "password".toCharArray();

    @TempDir
    static Path folder;

    private static KeyStore server;
    private static KeyStore client;

    @BeforeAll
    static void makeKeys() throws Exception {
        server = make("server", "EC");
        client = make("client", "RSA");
    }

    /** A certificate that vouches for itself, as {@code NAME.pem} and, with its key, as {@code NAME.key}. */
    private static KeyStore make(String name, String algorithm) throws Exception {
        Path file = folder.resolve(name + ".p12");
        Process keytool = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-keyalg",
                        algorithm,
                        "-dname",
                        "CN=" + name + ".example",
                        "-ext",
                        "SAN=ip:127.0.0.1",
                        "-alias",
                        "own",
                        "-storetype",
                        "PKCS12",
                        "-keystore",
                        file.toString(),
                        "-storepass",
                        new String(PASSWORD)))
                .redirectErrorStream(true)
                .start();
        String output = new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, keytool.waitFor(), output);
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(file)) {
            store.load(in, PASSWORD);
        }
        pem(name + ".pem", "CERTIFICATE", store.getCertificate("own").getEncoded());
        pem(name + ".key", "PRIVATE KEY", store.getKey("own", PASSWORD).getEncoded());
        return store;
    }

    private static void pem(String name, String what, byte[] bytes) throws IOException {
        Files.writeString(
                folder.resolve(name),
                "-----BEGIN " + what + "-----\n" + Base64.getMimeEncoder().encodeToString(bytes) + "\n-----END " + what
                        + "-----\n");
    }

    /** Of a server that knows the client's certificate. */
    private static SSLContext context() throws GeneralSecurityException, IOException {
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(server, PASSWORD);
        KeyStore known = KeyStore.getInstance("PKCS12");
        known.load(null, null);
        known.setCertificateEntry("client", client.getCertificate("own"));
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
                                        AwsSettings.DIRECT,
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
