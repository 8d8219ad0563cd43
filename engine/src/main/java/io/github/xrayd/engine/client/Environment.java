package io.github.xrayd.engine.client;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The process's environment variables and system properties.
 *
 * <p>An interface, so that a test can say what the host looks like. Implementations may be asked from any thread. What
 * the AWS SDK looks up by itself (container and instance credentials) still comes from the real process; its system
 * properties serve there.
 */
public interface Environment {
    /** The value of an environment variable, or null when it is not set. */
    @Nullable
    String variable(String name);

    /** The value of a system property, or null when it is not set. */
    @Nullable
    String property(String name);

    /** The first of these variables that is set to something, or null. */
    default @Nullable String firstVariable(String... names) {
        for (String name : names) {
            String value = variable(name);
            if (value != null && !value.isBlank()) {
                return value.trim();
            }
        }
        return null;
    }

    /** A system property, else an environment variable, whichever is set to something first, or null. */
    default @Nullable String setting(String property, String variable) {
        String value = property(property);
        return value != null && !value.isBlank() ? value.trim() : firstVariable(variable);
    }

    /** Whether a system property, else an environment variable, says {@code true}. */
    default boolean isSet(String property, String variable) {
        String value = setting(property, variable);
        return value != null && value.toLowerCase(Locale.ROOT).equals("true");
    }

    /** The real process. */
    static Environment system() {
        return new Environment() {
            @Override
            public @Nullable String variable(String name) {
                return System.getenv(name);
            }

            @Override
            public @Nullable String property(String name) {
                return System.getProperty(name);
            }
        };
    }
}
