package io.github.xrayd.engine.http;

import java.net.InetSocketAddress;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Decides by which host names the port may be addressed, so that a web page cannot reach it under a name of its own
 * that it has made to resolve to this machine (DNS rebinding). Pure.
 *
 * <p>Addresses pass, as a page cannot rebind an address; so do localhost, names without a dot, which nobody can
 * register, and the one that was bound. A port that is not on loopback may also be called by names of private networks.
 */
final class HostCheck {
    /** Endings that the public DNS does not have; {@code .default} is the Kubernetes namespace of that name. */
    private static final List<String> PRIVATE_ENDINGS =
            List.of(".local", ".internal", ".svc", ".default", ".lan", ".home.arpa", ".test");

    private final Set<String> names = new HashSet<>();
    private final boolean isLoopback;
    private final boolean isAllAllowed;

    /**
     * @param bound where the port listens
     * @param configured more names to take; {@code *} takes every name
     */
    HostCheck(InetSocketAddress bound, List<String> configured) {
        isLoopback = bound.getAddress() != null && bound.getAddress().isLoopbackAddress();
        isAllAllowed = configured.contains("*");
        names.add(lower(bound.getHostString()));
        configured.forEach(name -> names.add(lower(name)));
    }

    /** Whether the port may be called by {@code authority}: a host name or an address, with or without a port. */
    boolean isAllowed(String authority) {
        if (isAllAllowed) {
            return true;
        }
        String host = host(authority);
        if (host == null) {
            return false;
        }
        return isAddress(host)
                || host.indexOf('.') < 0
                || host.endsWith(".localhost")
                || names.contains(host)
                || (!isLoopback && PRIVATE_ENDINGS.stream().anyMatch(host::endsWith));
    }

    /**
     * The host of {@code host}, {@code host:port} or {@code [address]:port} in lower case, or null when it is none of
     * them.
     */
    private static @Nullable String host(String authority) {
        String text = lower(authority.trim());
        int end = text.startsWith("[") ? text.indexOf(']') + 1 : text.indexOf(':');
        if (end < 0) {
            end = text.length();
        }
        if (end == 0 || !isPort(text.substring(end))) {
            return null;
        }
        String host = text.substring(0, end);
        return host.length() > 1 && host.endsWith(".") ? host.substring(0, host.length() - 1) : host;
    }

    /** Whether this is nothing, or a colon and digits. */
    private static boolean isPort(String text) {
        return text.isEmpty() || (text.charAt(0) == ':' && text.chars().skip(1).allMatch(HostCheck::isDigit));
    }

    /** Whether this is an address in numbers; nothing is looked up. */
    private static boolean isAddress(String host) {
        if (host.startsWith("[")) {
            return host.substring(1, host.length() - 1)
                    .chars()
                    .allMatch(c -> isDigit(c) || (c >= 'a' && c <= 'f') || c == ':' || c == '.');
        }
        String[] parts = host.split("\\.", -1);
        if (parts.length != 4) {
            return false;
        }
        for (String part : parts) {
            if (part.isEmpty() || part.length() > 3 || !part.chars().allMatch(HostCheck::isDigit)) {
                return false;
            }
        }
        return true;
    }

    private static boolean isDigit(int c) {
        return c >= '0' && c <= '9';
    }

    private static String lower(String text) {
        return text.toLowerCase(Locale.ROOT);
    }
}
