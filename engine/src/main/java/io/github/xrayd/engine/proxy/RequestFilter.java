package io.github.xrayd.engine.proxy;

import io.github.xrayd.engine.http.HttpCounter;
import io.github.xrayd.engine.http.Refusal;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpRequest;
import org.apache.hc.core5.http.HttpVersion;
import org.jspecify.annotations.Nullable;

/** Decides which requests may use the daemon's credentials, and which of their headers go on. Pure. */
final class RequestFilter {
    private static final Set<String> SITES = Set.of("none", "same-origin");

    /** What belongs to one connection only (RFC 9110, 7.6.1), and what the signing replaces. */
    private static final Set<String> NOT_FORWARDED = Set.of(
            "connection",
            "keep-alive",
            "proxy-connection",
            "proxy-authenticate",
            "proxy-authorization",
            "te",
            "trailer",
            "transfer-encoding",
            "upgrade",
            "expect",
            "host",
            "content-length",
            "authorization",
            "x-amz-date",
            "x-amz-security-token",
            "x-amz-content-sha256");

    private final List<String> allowedPaths;
    private final boolean isAllAllowed;
    private final HostCheck hosts;

    RequestFilter(List<String> allowedPaths, HostCheck hosts) {
        this.allowedPaths = allowedPaths;
        this.isAllAllowed = allowedPaths.contains("*");
        this.hosts = hosts;
    }

    /**
     * Why a request is not served whatever it asks for, or null when it may be: it comes from a web page, or names another host.
     *
     * @param targetHost the host of a target in absolute form, or null
     */
    @Nullable
    Refusal refuseSender(HttpRequest request, @Nullable String targetHost) {
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
                "Requests from web pages are refused: this port signs with the daemon's credentials"
                        + " and serves X-Ray SDKs on this network only.");
    }

    /** The host, and the port if it has one, of an absolute URL; null for any other text. */
    static @Nullable String authority(String url) {
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

    /** Why an API call is not forwarded, or null when it is. {@code rawPath} is the path as it was sent. */
    @Nullable
    Refusal refuseCall(String method, String rawPath) {
        if (!isAllAllowed && !allowedPaths.contains(rawPath)) {
            return new Refusal(
                    403,
                    HttpCounter.REFUSED_PATH,
                    "The path " + printable(rawPath) + " is not forwarded. Forwarded are "
                            + String.join(", ", allowedPaths)
                            + "; start the daemon with --proxy-allow to allow others.");
        }
        if (!method.equals("POST")) {
            return new Refusal(
                    405,
                    HttpCounter.REFUSED_METHOD,
                    "The method " + printable(method) + " is not forwarded: the X-Ray API is called with POST.");
        }
        return null;
    }

    /** Whether a header goes on to the API. {@code connection} is what the client's Connection headers list. */
    static boolean isForwarded(String name, String connection) {
        String lower = name.toLowerCase(Locale.ROOT);
        if (NOT_FORWARDED.contains(lower)) {
            return false;
        }
        for (String option : connection.toLowerCase(Locale.ROOT).split(",", -1)) {
            if (option.trim().equals(lower)) {
                return false;
            }
        }
        return true;
    }

    /** Whether a header of the API's answer goes back to the client; the HTTP server writes its own Date and length. */
    static boolean isReturned(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        return switch (lower) {
            case "connection", "keep-alive", "proxy-authenticate", "te", "trailer", "transfer-encoding", "upgrade" ->
                false;
            case "content-length", "date" -> false;
            default -> true;
        };
    }

    private static String printable(String text) {
        String clean = text.replaceAll("[^\\x21-\\x7e]", "?");
        return clean.length() <= 100 ? clean : clean.substring(0, 100) + "…";
    }
}
