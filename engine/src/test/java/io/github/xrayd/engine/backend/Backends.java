package io.github.xrayd.engine.backend;

import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Backends for tests. */
public final class Backends {
    private Backends() {}

    public static BackendSettings settings(@Nullable URI endpoint) {
        return new BackendSettings("us-east-1", endpoint, null, true, null, true, Duration.ofSeconds(2), 8, "9.8.7");
    }

    public static BackendSettings settings(@Nullable URI endpoint, Duration timeout) {
        return new BackendSettings("us-east-1", endpoint, null, true, null, true, timeout, 8, "9.8.7");
    }

    public static XRayBackend create(URI endpoint) throws BackendException {
        return create(settings(endpoint), new ScriptedEnvironment());
    }

    public static XRayBackend create(BackendSettings settings, Environment environment) throws BackendException {
        return BackendFactory.create(settings, environment, Clock.systemUTC());
    }
}
