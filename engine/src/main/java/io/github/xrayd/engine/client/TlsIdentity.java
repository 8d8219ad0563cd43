package io.github.xrayd.engine.client;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The certificate by which this daemon is known to a server (mutual TLS).
 *
 * @param certificate a PEM file with the certificate, its authorities behind it where the server needs them
 * @param key a PEM file with its private key, PKCS #8 and not encrypted
 */
public record TlsIdentity(Path certificate, Path key) {
    private static final Logger LOG = LoggerFactory.getLogger(TlsIdentity.class);
    private static final long FILE_BYTES_MAX = 1L << 20;
    private static final Pattern PKCS8 =
            Pattern.compile("-----BEGIN PRIVATE KEY-----([A-Za-z0-9+/=\\s]+)-----END PRIVATE KEY-----");
    private static final List<String> ALGORITHMS = List.of("RSA", "EC", "EdDSA");

    /**
     * Reads both files.
     *
     * @throws SetupException when one cannot be read, or they do not belong together
     */
    KeyManager[] keyManagers() throws SetupException {
        Certificate[] chain = chain();
        PrivateKey privateKey = privateKey();
        try {
            checkPair(privateKey, chain[0].getPublicKey());
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            char[] none = new char[0];
            store.setKeyEntry("client", privateKey, none, chain);
            KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            factory.init(store, none);
            return factory.getKeyManagers();
        } catch (GeneralSecurityException | IOException e) {
            throw new SetupException("The client certificate " + certificate + " and the key " + key
                    + " cannot be used together: " + ErrorText.text(e));
        }
    }

    /** A key of another certificate would only be noticed by the server. */
    private static void checkPair(PrivateKey privateKey, PublicKey publicKey) throws GeneralSecurityException {
        String name =
                switch (privateKey.getAlgorithm()) {
                    case "RSA" -> "SHA256withRSA";
                    case "EC" -> "SHA256withECDSA";
                    default -> privateKey.getAlgorithm();
                };
        Signature signature = Signature.getInstance(name);
        signature.initSign(privateKey);
        signature.update((byte) 1);
        byte[] signed = signature.sign();
        signature.initVerify(publicKey);
        signature.update((byte) 1);
        if (!signature.verify(signed)) {
            throw new GeneralSecurityException("the key is not the certificate's");
        }
    }

    private Certificate[] chain() throws SetupException {
        String problem;
        try (InputStream in = new ByteArrayInputStream(bytes(certificate))) {
            Certificate[] chain = CertificateFactory.getInstance("X.509")
                    .generateCertificates(in)
                    .toArray(new Certificate[0]);
            if (chain.length > 0) {
                return chain;
            }
            problem = "there is no certificate in it";
        } catch (IOException e) {
            problem = e.getClass().getSimpleName() + ": " + ErrorText.text(e);
        } catch (CertificateException e) {
            problem = ErrorText.textWithRoot(e);
        }
        throw new SetupException("Cannot read the client certificate " + certificate + ": " + problem
                + ". It must be a PEM file with the certificate.");
    }

    private PrivateKey privateKey() throws SetupException {
        String problem;
        try {
            Matcher pem = PKCS8.matcher(new String(bytes(key), StandardCharsets.ISO_8859_1));
            if (pem.find()) {
                byte[] encoded = Base64.getMimeDecoder().decode(pem.group(1));
                PrivateKey read = read(encoded);
                if (read != null) {
                    return read;
                }
                problem = "its key is none of " + ALGORITHMS;
            } else {
                problem = "there is no unencrypted PKCS #8 key in it; make one with"
                        + " \"openssl pkcs8 -topk8 -nocrypt -in KEY -out NEW\"";
            }
        } catch (IOException e) {
            problem = e.getClass().getSimpleName() + ": " + ErrorText.text(e);
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            problem = ErrorText.text(e);
        }
        throw new SetupException("Cannot read the client key " + key + ": " + problem + ".");
    }

    private static @Nullable PrivateKey read(byte[] encoded) throws GeneralSecurityException {
        for (String algorithm : ALGORITHMS) {
            try {
                return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(encoded));
            } catch (InvalidKeySpecException e) {
                LOG.debug("Not a key for {}: {}", algorithm, e.toString());
            }
        }
        return null;
    }

    private static byte[] bytes(Path file) throws IOException {
        if (Files.size(file) > FILE_BYTES_MAX) {
            throw new IOException("longer than " + FILE_BYTES_MAX + " bytes");
        }
        return Files.readAllBytes(file);
    }
}
