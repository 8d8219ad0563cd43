package io.github.xrayd.engine.proxy;

import io.github.xrayd.engine.http.HttpCounter;
import io.github.xrayd.engine.http.Refusal;
import io.github.xrayd.engine.http.SenderCheck;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Decides which requests may use the daemon's credentials, and which of their headers go on. Pure. */
final class RequestFilter {
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

    RequestFilter(List<String> allowedPaths) {
        this.allowedPaths = allowedPaths;
        this.isAllAllowed = allowedPaths.contains("*");
    }

    /** Why an API call is not forwarded, or null when it is. {@code rawPath} is the path as it was sent. */
    @Nullable
    Refusal refuseCall(String method, String rawPath) {
        if (!isAllAllowed && !allowedPaths.contains(rawPath)) {
            return new Refusal(
                    403,
                    HttpCounter.REFUSED_PATH,
                    "The path " + SenderCheck.printable(rawPath) + " is not forwarded. Forwarded are "
                            + String.join(", ", allowedPaths)
                            + "; start the daemon with --proxy-allow to allow others.");
        }
        if (!method.equals("POST")) {
            return new Refusal(
                    405,
                    HttpCounter.REFUSED_METHOD,
                    "The method " + SenderCheck.printable(method)
                            + " is not forwarded: the X-Ray API is called with POST.");
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
}
