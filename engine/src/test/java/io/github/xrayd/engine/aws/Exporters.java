package io.github.xrayd.engine.aws;

import io.github.xrayd.engine.client.Environment;
import io.github.xrayd.engine.client.SetupException;
import io.github.xrayd.engine.client.Transport;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Exporters for tests. */
public final class Exporters {
    private Exporters() {}

    public static AwsSettings settings(@Nullable URI endpoint) {
        return new AwsSettings(
                "us-east-1", endpoint, null, true, "9.8.7", new Transport(null, true, null, Duration.ofSeconds(2), 8));
    }

    public static AwsSettings settings(@Nullable URI endpoint, Duration timeout) {
        return new AwsSettings("us-east-1", endpoint, null, true, "9.8.7", new Transport(null, true, null, timeout, 8));
    }

    public static XRayExporter create(URI endpoint) throws SetupException {
        return create(settings(endpoint), new ScriptedEnvironment());
    }

    public static XRayExporter create(AwsSettings settings, Environment environment) throws SetupException {
        return ExporterFactory.create(settings, environment, Clock.systemUTC());
    }
}
