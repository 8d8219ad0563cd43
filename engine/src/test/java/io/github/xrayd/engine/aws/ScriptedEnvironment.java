package io.github.xrayd.engine.aws;

import io.github.xrayd.engine.client.Environment;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A host that says only what a test wrote down; it has AWS credentials unless they are taken away. */
public final class ScriptedEnvironment implements Environment {
    public static final String ACCESS_KEY = "AKIDEXAMPLE";
    public static final String SECRET_KEY = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";

    private final Map<String, String> variables = new HashMap<>();
    private final Map<String, String> properties = new HashMap<>();

    public ScriptedEnvironment() {
        variables.put("AWS_ACCESS_KEY_ID", ACCESS_KEY);
        variables.put("AWS_SECRET_ACCESS_KEY", SECRET_KEY);
        variables.put("AWS_CONFIG_FILE", "/nonexistent/config");
        variables.put("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent/credentials");
        properties.put("os.name", "Linux");
        properties.put("os.arch", "amd64");
    }

    public ScriptedEnvironment variable(String name, String value) {
        variables.put(name, value);
        return this;
    }

    public ScriptedEnvironment property(String name, String value) {
        properties.put(name, value);
        return this;
    }

    public ScriptedEnvironment withoutCredentials() {
        variables.remove("AWS_ACCESS_KEY_ID");
        variables.remove("AWS_SECRET_ACCESS_KEY");
        return this;
    }

    /** Keeps the AWS SDK from asking the real host's instance metadata. */
    public ScriptedEnvironment withoutInstance() {
        return variable("AWS_EC2_METADATA_DISABLED", "true");
    }

    @Override
    public @Nullable String variable(String name) {
        return variables.get(name);
    }

    @Override
    public @Nullable String property(String name) {
        return properties.get(name);
    }
}
