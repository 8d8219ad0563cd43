package io.github.xrayd.engine.client;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.http.SystemPropertyTlsKeyManagersProvider;

/**
 * Whose certificates are believed: those of Java's own trust store, those of a PEM file instead of it, or any.
 *
 * <p>The file is read once, at start. Thread-safe; the TLS context is made when first needed.
 */
public final class TlsTrust {
    private static final Logger LOGGER = LoggerFactory.getLogger(TlsTrust.class);
    private static final long FILE_BYTES_MAX = 16L << 20;

    private final boolean isVerified;
    private final @Nullable Path file;
    private final Collection<? extends Certificate> authorities;
    private @Nullable SSLContext context;

    private final KeyManager @Nullable [] identity;

    private TlsTrust(boolean isVerified, @Nullable Path file, Collection<? extends Certificate> authorities) {
        this(isVerified, file, authorities, null);
    }

    private TlsTrust(
            boolean isVerified,
            @Nullable Path file,
            Collection<? extends Certificate> authorities,
            KeyManager @Nullable [] identity) {
        this.isVerified = isVerified;
        this.file = file;
        this.authorities = authorities;
        this.identity = identity;
    }

    /**
     * For an endpoint that is not AWS's.
     *
     * @param caBundle a PEM file of the authorities to trust, or null for Java's own
     * @param identity the certificate by which the daemon is known, or null for none
     * @throws SetupException when a file cannot be read; the message says what to mend
     */
    static TlsTrust of(boolean isVerified, @Nullable Path caBundle, @Nullable TlsIdentity identity)
            throws SetupException {
        TlsTrust trust = !isVerified
                ? unchecked()
                : caBundle == null ? javas() : ofFile(caBundle.toString(), "the authorities of the endpoint");
        return new TlsTrust(
                trust.isVerified, trust.file, trust.authorities, identity == null ? null : identity.keyManagers());
    }

    /** Anybody: no certificate is checked. */
    public static TlsTrust unchecked() {
        return new TlsTrust(false, null, List.of());
    }

    /** What Java trusts by itself. */
    public static TlsTrust javas() {
        return new TlsTrust(true, null, List.of());
    }

    /**
     * The authorities of a PEM file, and no others.
     *
     * @param source what names the file, for the error
     * @throws SetupException when it cannot be read or has no certificate
     */
    public static TlsTrust ofFile(String name, String source) throws SetupException {
        String problem;
        try {
            Path path = Path.of(name);
            if (Files.size(path) > FILE_BYTES_MAX) {
                throw new IOException("longer than " + FILE_BYTES_MAX + " bytes");
            }
            Collection<? extends Certificate> certificates;
            try (InputStream in = new ByteArrayInputStream(Files.readAllBytes(path))) {
                certificates = CertificateFactory.getInstance("X.509").generateCertificates(in);
            }
            if (!certificates.isEmpty()) {
                return new TlsTrust(true, path, certificates);
            }
            problem = "there is no certificate in it";
        } catch (IOException | InvalidPathException e) {
            problem = e.getClass().getSimpleName() + ": " + ErrorText.text(e);
        } catch (CertificateException e) {
            problem = ErrorText.textWithRoot(e);
        }
        throw new SetupException("Cannot read the CA bundle " + name + " (" + source + "): " + problem
                + ". It must be a PEM file with the certificates of the authorities to trust.");
    }

    /** Whether a certificate must be believed and name the host. */
    public boolean isVerified() {
        return isVerified;
    }

    /** In a few words, for the doctor. */
    public String description() {
        return !isVerified ? "certificate not checked" : file == null ? "certificate checked" : "checked with " + file;
    }

    /** Makes the context beside the caller, so that the first call need not. */
    public void prepare() {
        Thread making = new Thread(
                () -> {
                    try {
                        ready();
                    } catch (IOException e) {
                        LOGGER.debug("{}; each call fails with this reason", e.getMessage());
                    }
                },
                "backend-tls");
        making.setDaemon(true);
        making.start();
    }

    /**
     * The context, ready to be used.
     *
     * @throws IOException when it cannot be made
     */
    SSLContext ready() throws IOException {
        try {
            return context();
        } catch (GeneralSecurityException e) {
            throw new IOException("TLS cannot be set up: " + ErrorText.text(e), e);
        }
    }

    /** The context; made at the first call, which takes about 0.2 s. */
    private synchronized SSLContext context() throws GeneralSecurityException, IOException {
        SSLContext tls = context;
        if (tls == null) {
            tls = SSLContext.getInstance("TLS");
            KeyManager @Nullable [] own = identity == null
                    ? SystemPropertyTlsKeyManagersProvider.create().keyManagers()
                    : identity;
            tls.init(own, trustManagers(), null);
            context = tls;
        }
        return tls;
    }

    private TrustManager @Nullable [] trustManagers() throws GeneralSecurityException, IOException {
        if (!isVerified) {
            return new TrustManager[] {new Credulous()};
        }
        if (file == null) {
            return null;
        }
        KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null, null);
        int number = 0;
        for (Certificate authority : authorities) {
            store.setCertificateEntry("ca-" + number, authority);
            number++;
        }
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(store);
        return factory.getTrustManagers();
    }

    /** Believes everything, as NoVerifySSL asks. */
    private static final class Credulous extends X509ExtendedTrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
