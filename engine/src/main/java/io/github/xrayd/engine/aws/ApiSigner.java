package io.github.xrayd.engine.aws;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsCredentials;

/**
 * Signs the daemon's own calls with AWS Signature Version 4, as the SDK's signer would, by the JDK's hash functions.
 * What costs most of a signature but the body's hash, the key of the day, is kept. Used by one thread at a time.
 */
final class ApiSigner {
    private static final String ALGORITHM = "AWS4-HMAC-SHA256";
    private static final String SERVICE = "xray";
    private static final String TERMINATOR = "aws4_request";
    private static final String SHA256 = "SHA-256";
    private static final String HMAC = "HmacSHA256";
    private static final int DAY_LENGTH = 8;
    private static final HexFormat HEX = HexFormat.of();

    private final String region;
    private final MessageDigest sha256;
    private final Mac mac;
    private String day = "";
    private @Nullable String secret;

    ApiSigner(String region) {
        this.region = region;
        try {
            sha256 = MessageDigest.getInstance(SHA256);
            mac = Mac.getInstance(HMAC);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("each Java has SHA-256", e);
        }
    }

    /** Forgets what a call that failed half-way has left. */
    void reset() {
        sha256.reset();
        mac.reset();
    }

    /** Takes part of a body; {@link #hash} ends it. */
    void update(byte[] bytes, int offset, int length) {
        sha256.update(bytes, offset, length);
    }

    /** The SHA-256 of what {@link #update} was given since the last time, in hexadecimal. */
    String hash() {
        return HEX.formatHex(sha256.digest());
    }

    /**
     * The value of the Authorization header.
     *
     * @param dateTime as X-Amz-Date says it
     * @param signedHeaders their names as in the canonical request
     */
    String authorization(AwsCredentials identity, String dateTime, String canonicalRequest, String signedHeaders) {
        String date = dateTime.substring(0, DAY_LENGTH);
        String scope = date + "/" + region + "/" + SERVICE + "/" + TERMINATOR;
        sha256.update(canonicalRequest.getBytes(UTF_8));
        String text = ALGORITHM + "\n" + dateTime + "\n" + scope + "\n" + hash();
        useKey(identity.secretAccessKey(), date);
        return ALGORITHM + " Credential=" + identity.accessKeyId() + "/" + scope + ", SignedHeaders=" + signedHeaders
                + ", Signature=" + HEX.formatHex(mac.doFinal(text.getBytes(UTF_8)));
    }

    private void useKey(String wanted, String date) {
        if (date.equals(day) && wanted.equals(secret)) {
            return;
        }
        // Nothing stands for a key that was only half made.
        secret = null;
        byte[] key = ("AWS4" + wanted).getBytes(UTF_8);
        for (String part : new String[] {date, region, SERVICE, TERMINATOR}) {
            setKey(key);
            key = mac.doFinal(part.getBytes(UTF_8));
        }
        setKey(key);
        day = date;
        secret = wanted;
    }

    private void setKey(byte[] key) {
        try {
            mac.init(new SecretKeySpec(key, HMAC));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("any key will do", e);
        }
    }
}
