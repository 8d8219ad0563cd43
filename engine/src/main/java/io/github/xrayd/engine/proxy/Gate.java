package io.github.xrayd.engine.proxy;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Decides which requests may use the daemon's credentials, and which of their headers go on. Pure. */
final class Gate {
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

    Gate(List<String> allowedPaths) {
        this.allowedPaths = allowedPaths;
        this.isAllAllowed = allowedPaths.contains("*");
    }

    /** Why a request from a web page is not served, or null when it is not from one. Holds for every page of the port. */
    static @Nullable Refusal refuseWebPage(Map<String, List<String>> headers) {
        String origin = first(headers, "Origin");
        String site = first(headers, "Sec-Fetch-Site");
        if (origin == null && (site == null || SITES.contains(site.toLowerCase(Locale.ROOT)))) {
            return null;
        }
        return new Refusal(
                403,
                ProxyCounter.REFUSED_ORIGIN,
                "Requests from web pages are refused: this port signs with the daemon's credentials"
                        + " and serves X-Ray SDKs on this network only.");
    }

    /** Why an API call is not forwarded, or null when it is. {@code rawPath} is the path as it was sent. */
    @Nullable
    Refusal refuseCall(String method, String rawPath) {
        if (!isAllAllowed && !allowedPaths.contains(rawPath)) {
            return new Refusal(
                    403,
                    ProxyCounter.REFUSED_PATH,
                    "The path " + printable(rawPath) + " is not forwarded. Forwarded are "
                            + String.join(", ", allowedPaths)
                            + "; start the daemon with --proxy-allow to allow others.");
        }
        if (!method.equals("POST")) {
            return new Refusal(
                    405,
                    ProxyCounter.REFUSED_METHOD,
                    "The method " + printable(method) + " is not forwarded: the X-Ray API is called with POST.");
        }
        return null;
    }

    /** Whether a header goes on to the API. {@code connection} is the value of the client's Connection header, or null. */
    static boolean isForwarded(String name, @Nullable String connection) {
        String lower = name.toLowerCase(Locale.ROOT);
        if (NOT_FORWARDED.contains(lower)) {
            return false;
        }
        if (connection == null) {
            return true;
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

    static @Nullable String first(Map<String, List<String>> headers, String name) {
        List<String> values = headers.get(name);
        return values == null || values.isEmpty() ? null : values.get(0);
    }

    private static String printable(String text) {
        String clean = text.replaceAll("[^\\x21-\\x7e]", "?");
        return clean.length() <= 100 ? clean : clean.substring(0, 100) + "…";
    }
}
