package io.github.xrayd.engine.http;

import java.net.InetSocketAddress;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpRequest;
import org.apache.hc.core5.http.HttpVersion;
import org.jspecify.annotations.Nullable;

/**
 * Decides by its headers whether a request may be served at all: not when a web page made it, or when it names another
 * host. Pure.
 */
public final class SenderCheck {
    private static final Set<String> SITES = Set.of("none", "same-origin");

    private final HostCheck hosts;

    /**
     * A check.
     *
     * @param bound where the port listens
     * @param configured names by which it may be called besides those that are always taken; {@code *} for any
     */
    public SenderCheck(InetSocketAddress bound, List<String> configured) {
        hosts = new HostCheck(bound, configured);
    }

    /** Why a request is not served whatever it asks for, or null when it may be. */
    public @Nullable Refusal refuse(HttpRequest request) {
        Header[] named = request.getHeaders("Host");
        if (named.length > 1 || (named.length == 0 && request.getVersion().greaterEquals(HttpVersion.HTTP_1_1))) {
            return new Refusal(
                    400, HttpCounter.MALFORMED, "This request is malformed: it needs exactly one Host header.");
        }
        Header site = request.getFirstHeader("Sec-Fetch-Site");
        if (request.containsHeader("Origin")
                || (site != null && !SITES.contains(site.getValue().toLowerCase(Locale.ROOT)))) {
            return webPage();
        }
        String targetHost = authority(request.getPath());
        String host = named.length == 0 ? null : named[0].getValue();
        if ((host != null && !hosts.isAllowed(host)) || (targetHost != null && !hosts.isAllowed(targetHost))) {
            return new Refusal(
                    403,
                    HttpCounter.REFUSED_HOST,
                    "The host " + printable(targetHost == null ? String.valueOf(host) : targetHost)
                            + " is not a name of this port. Call it by its address, or start the daemon with"
                            + " --proxy-hosts to allow the name.");
        }
        Header referer = request.getFirstHeader("Referer");
        String from = referer == null ? null : authority(referer.getValue());
        return from != null && !hosts.isAllowed(from) ? webPage() : null;
    }

    private static Refusal webPage() {
        return new Refusal(
                403,
                HttpCounter.REFUSED_ORIGIN,
                "Requests from web pages are refused: this port serves applications and SDKs on this network only,"
                        + " with the daemon's credentials.");
    }

    /** The host, and the port if it has one, of an absolute URL; null for any other text. */
    public static @Nullable String authority(String url) {
        int start = url.indexOf("://");
        if (start <= 0) {
            return null;
        }
        String rest = url.substring(start + 3);
        int end = 0;
        while (end < rest.length() && "/?#".indexOf(rest.charAt(end)) < 0) {
            end++;
        }
        return rest.substring(rest.lastIndexOf('@', end - 1) + 1, end);
    }

    /** A target in origin form, whichever form it was sent in. */
    public static String originForm(String target) {
        if (authority(target) == null) {
            return target;
        }
        int slash = target.indexOf('/', target.indexOf("://") + 3);
        return slash < 0 ? "/" : target.substring(slash);
    }

    /** The path of a target in origin or absolute form, as it was sent. */
    public static String path(String target) {
        String origin = originForm(target);
        int query = origin.indexOf('?');
        return query < 0 ? origin : origin.substring(0, query);
    }

    /** A text of a stranger's as it may stand in a message: visible ASCII, 100 characters at most. */
    public static String printable(String text) {
        String clean = text.replaceAll("[^\\x21-\\x7e]", "?");
        return clean.length() <= 100 ? clean : clean.substring(0, 100) + "…";
    }
}
