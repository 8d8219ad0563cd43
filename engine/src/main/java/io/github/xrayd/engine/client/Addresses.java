package io.github.xrayd.engine.client;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads the addresses a user may set, with the reference daemon's messages for what cannot be one. Pure.
 *
 * <p>Stricter than the reference in one point: it starts with an endpoint like {@code not a url} and can then reach
 * nothing.
 */
public final class Addresses {
    private static final Set<String> SCHEMES = Set.of("http", "https");

    private Addresses() {}

    /**
     * An X-Ray endpoint: {@code http(s)://host[:port][/prefix]}.
     *
     * @throws SetupException when {@code text} is not such an address
     */
    public static URI endpoint(String text) throws SetupException {
        return parse(text, "Unable to start http proxy server: unable to parse xray endpoint: ");
    }

    /**
     * A forward proxy: {@code http(s)://[user:password@]host[:port]}.
     *
     * @throws SetupException when {@code text} is not such an address
     */
    public static URI forwardProxy(String text) throws SetupException {
        return parse(text, "Bad proxy URL: ");
    }

    private static URI parse(String text, String prefix) throws SetupException {
        String problem = problem(text);
        if (problem == null) {
            try {
                URI uri = new URI(text);
                if (uri.getHost() != null
                        && SCHEMES.contains(uri.getScheme().toLowerCase(Locale.ROOT))
                        && uri.getRawQuery() == null
                        && uri.getRawFragment() == null) {
                    return uri;
                }
                problem = "not of the form http://host:port or https://host:port";
            } catch (URISyntaxException e) {
                problem = e.getReason();
            }
        }
        throw new SetupException(prefix + "parse \"" + hidePassword(text) + "\": " + problem);
    }

    private static @Nullable String problem(String text) {
        int colon = text.indexOf(':');
        if (colon == 0) {
            return "missing protocol scheme";
        }
        int slash = text.indexOf('/');
        boolean isColonInFirstSegment = colon > 0 && (slash < 0 || colon < slash);
        if (isColonInFirstSegment && !text.substring(0, colon).matches("[A-Za-z][A-Za-z0-9+.-]*")) {
            return "first path segment in URL cannot contain colon";
        }
        return text.contains("://") ? null : "missing protocol scheme: write http://" + text + " or https://" + text;
    }

    /** The port that is called: the address's own, else the scheme's. */
    public static int port(URI address) {
        return address.getPort() >= 0 ? address.getPort() : "https".equalsIgnoreCase(address.getScheme()) ? 443 : 80;
    }

    /** Host and port, as errors name them. */
    public static String hostAndPort(URI address) {
        return address.getHost() + ":" + port(address);
    }

    /** The address without the password in it, for logs. */
    public static String hidePassword(String text) {
        return text.replaceFirst("//([^/@:]*):[^/@]*@", "//$1:***@");
    }
}
