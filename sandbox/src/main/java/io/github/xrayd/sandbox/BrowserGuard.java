package io.github.xrayd.sandbox;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Refuses what a foreign web page makes a browser send. Host names that anybody can register are refused (DNS
 * rebinding), and so are requests whose {@code Origin} or {@code Sec-Fetch-Site} names another site (forged requests).
 * Called by the server's threads; it has no state.
 */
final class BrowserGuard implements HttpHandler {
    /** Suffixes of names that no public registry sells; names without a dot cannot be registered either. */
    private static final List<String> LOCAL_SUFFIXES =
            List.of(".localhost", ".local", ".internal", ".svc", ".default", ".lan", ".home.arpa", ".test");

    private static final Pattern IPV4 = Pattern.compile("\\d{1,3}(\\.\\d{1,3}){3}");
    private static final Pattern IPV6 = Pattern.compile("\\[[0-9a-f:.%]+]");

    private final HttpHandler handler;
    private final boolean isBrowserOnly;

    private BrowserGuard(HttpHandler handler, boolean isBrowserOnly) {
        this.handler = handler;
        this.isBrowserOnly = isBrowserOnly;
    }

    /** Checks every request. */
    static HttpHandler ofPage(HttpHandler handler) {
        return new BrowserGuard(handler, false);
    }

    /** Checks the requests that a browser marked, because SDKs may use any host name. */
    static HttpHandler ofApi(HttpHandler handler) {
        return new BrowserGuard(handler, true);
    }

    @Override
    public void handle(HttpExchange exchange) throws IOException {
        String refusal = refusal(exchange.getRequestHeaders(), isBrowserOnly);
        if (refusal == null) {
            handler.handle(exchange);
        } else {
            Exchanges.answerError(exchange, new ApiException(403, "ForbiddenException", refusal));
        }
    }

    /** Why a request with these headers is refused, or null. */
    static @Nullable String refusal(Headers headers, boolean isBrowserOnly) {
        String host = headers.getFirst("Host");
        String origin = headers.getFirst("Origin");
        String site = headers.getFirst("Sec-Fetch-Site");
        if (isBrowserOnly && origin == null && site == null) {
            return null;
        }
        if (host == null || !isLocalName(nameOf(host))) {
            return "The host name " + TerminalText.harmless(String.valueOf(host), 80)
                    + " is not a local one: use an IP address, localhost or a name without a dot";
        }
        if (origin != null && !origin.equalsIgnoreCase("http://" + host)) {
            return "Requests from the web page " + TerminalText.harmless(origin, 80) + " are not allowed";
        }
        if (site != null && !site.equals("same-origin") && !site.equals("none") && !isNavigation(headers)) {
            return "Requests from other web pages are not allowed";
        }
        return null;
    }

    /** A link on another page may lead here; the browser shows that page nothing of the answer. */
    private static boolean isNavigation(Headers headers) {
        return "navigate".equals(headers.getFirst("Sec-Fetch-Mode"))
                && "document".equals(headers.getFirst("Sec-Fetch-Dest"))
                && headers.getFirst("Origin") == null;
    }

    private static String nameOf(String host) {
        int colon = host.lastIndexOf(':');
        String name = colon > host.lastIndexOf(']') ? host.substring(0, colon) : host;
        return name.toLowerCase(Locale.ROOT);
    }

    private static boolean isLocalName(String name) {
        return !name.isEmpty()
                && (name.indexOf('.') < 0
                        || IPV4.matcher(name).matches()
                        || IPV6.matcher(name).matches()
                        || LOCAL_SUFFIXES.stream().anyMatch(name::endsWith));
    }
}
