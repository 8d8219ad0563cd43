package io.github.xrayd.testing;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Base64;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/** Certificates for 127.0.0.1 that nobody else vouches for, made by the JDK's keytool. */
public final class SelfSigned {
    /** Of every key store and key. */
    public static final char[] PASSWORD = "password".toCharArray();

    /** The name of the key in its store. */
    public static final String ALIAS = "own";

    private SelfSigned() {}

    /**
     * Makes a key with its certificate: {@code NAME.p12}, {@code NAME.pem} and {@code NAME.key} in that directory.
     *
     * @param algorithm RSA or EC
     */
    public static KeyStore make(Path directory, String name, String algorithm)
            throws IOException, InterruptedException, GeneralSecurityException {
        Path file = directory.resolve(name + ".p12");
        Path keytool = Path.of(System.getProperty("java.home"), "bin", "keytool");
        Process process = new ProcessBuilder(
                        keytool.toString(),
                        "-genkeypair",
                        "-keyalg",
                        algorithm,
                        "-dname",
                        "CN=" + name + ".example",
                        "-ext",
                        "SAN=ip:127.0.0.1",
                        "-alias",
                        ALIAS,
                        "-storetype",
                        "PKCS12",
                        "-keystore",
                        file.toString(),
                        "-storepass",
                        new String(PASSWORD))
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IOException("keytool: " + output);
        }
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(file)) {
            store.load(in, PASSWORD);
        }
        pem(
                directory.resolve(name + ".pem"),
                "CERTIFICATE",
                store.getCertificate(ALIAS).getEncoded());
        pem(
                directory.resolve(name + ".key"),
                "PRIVATE KEY",
                store.getKey(ALIAS, PASSWORD).getEncoded());
        return store;
    }

    private static void pem(Path file, String what, byte[] bytes) throws IOException {
        String base64 = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(bytes);
        Files.writeString(file, "-----BEGIN " + what + "-----\n" + base64 + "\n-----END " + what + "-----\n");
    }

    /** The TLS context of a server whose certificate is {@code certificate.pem} in that directory. */
    public static SSLContext context(Path directory)
            throws IOException, InterruptedException, GeneralSecurityException {
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(make(directory, "certificate", "EC"), PASSWORD);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), null, null);
        return context;
    }
}
