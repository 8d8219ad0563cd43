package io.github.xrayd.engine.aws;

import io.github.xrayd.engine.client.Environment;
import java.util.Locale;

/**
 * What the daemon says it is: our name, then the reference daemon's suffix, which service teams and dashboards look
 * for. Pure.
 */
final class UserAgent {
    private UserAgent() {}

    static String suffix(String version, Environment environment) {
        String execution = environment.firstVariable("AWS_EXECUTION_ENV");
        return "xrayd/" + token(version) + " xray-agent/xray-daemon/v" + token(version) + " exec-env/"
                + (execution == null ? "UNKNOWN" : token(execution)) + " OS/" + os(environment) + "-"
                + arch(environment);
    }

    private static String os(Environment environment) {
        String name = lower(environment, "os.name");
        return name.startsWith("windows") ? "windows" : name.startsWith("mac") ? "darwin" : token(name);
    }

    private static String arch(Environment environment) {
        String arch = lower(environment, "os.arch");
        return switch (arch) {
            case "x86_64" -> "amd64";
            case "aarch64" -> "arm64";
            default -> token(arch);
        };
    }

    private static String lower(Environment environment, String property) {
        String value = environment.property(property);
        return value == null ? "unknown" : value.toLowerCase(Locale.ROOT);
    }

    private static String token(String text) {
        return text.replaceAll("[^A-Za-z0-9._+-]", "_");
    }
}
