package io.github.xrayd.engine.aws;

import io.github.xrayd.engine.client.Environment;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.core.exception.SdkClientException;

/** Credentials from environment variables; the SDK's own provider reads the real process only. */
final class EnvironmentCredentials implements AwsCredentialsProvider {
    private final Environment environment;

    EnvironmentCredentials(Environment environment) {
        this.environment = environment;
    }

    @Override
    public AwsCredentials resolveCredentials() {
        String id = environment.firstVariable("AWS_ACCESS_KEY_ID", "AWS_ACCESS_KEY");
        String secret = environment.firstVariable("AWS_SECRET_ACCESS_KEY", "AWS_SECRET_KEY");
        if (id == null || secret == null) {
            throw SdkClientException.create("AWS_ACCESS_KEY_ID or AWS_SECRET_ACCESS_KEY is not set in the environment");
        }
        String token = environment.firstVariable("AWS_SESSION_TOKEN");
        return token == null ? AwsBasicCredentials.create(id, secret) : AwsSessionCredentials.create(id, secret, token);
    }

    @Override
    public String toString() {
        return "EnvironmentVariableCredentialsProvider";
    }
}
