package io.github.xrayd.sandbox;

import org.jspecify.annotations.Nullable;

/**
 * One pair of keys that may sign requests.
 *
 * @param accessKey the access key id
 * @param secretKey the secret
 * @param sessionToken the token that must come with it, or null when none is asked for
 */
public record SandboxCredential(String accessKey, String secretKey, @Nullable String sessionToken) {
    @Override
    public String toString() {
        return "SandboxCredential[" + accessKey + "]";
    }
}
