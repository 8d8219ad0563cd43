package io.github.xrayd.sandbox;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** Reads requests and writes answers of the JDK's HTTP server, in the service's shapes. */
final class Exchanges {
    private static final int BODY_IGNORED_BYTES_MAX = 1 << 10;
    private static final AtomicLong REQUEST_IDS = new AtomicLong();

    private Exchanges() {}

    /** A reused body buffer; owned by one thread. */
    static final class Body {
        private static final int LENGTH_MIN = 128 << 10;

        byte[] bytes = new byte[LENGTH_MIN];
        int length;

        /** Reads the whole body; more than {@code bytesMax} is refused without reading on. */
        void read(HttpExchange exchange, int bytesMax) throws IOException, ApiException {
            length = 0;
            String announced = exchange.getRequestHeaders().getFirst("Content-Length");
            if (announced != null && announced.length() > 9) {
                throw tooLarge(bytesMax);
            }
            InputStream in = exchange.getRequestBody();
            while (true) {
                if (length == bytes.length) {
                    bytes = Arrays.copyOf(bytes, (int) Math.min(2L * bytes.length, Integer.MAX_VALUE - 8));
                }
                int read = in.read(bytes, length, bytes.length - length);
                if (read < 0) {
                    return;
                }
                length += read;
                if (length > bytesMax) {
                    throw tooLarge(bytesMax);
                }
            }
        }

        private static ApiException tooLarge(int bytesMax) {
            return new ApiException(
                    413, "RequestEntityTooLargeException", "The body is larger than " + bytesMax + " bytes");
        }
    }

    /** Reads a body that nobody asked for, up to a bound, so that the connection can be used again. */
    static void drain(HttpExchange exchange) throws IOException, ApiException {
        if (exchange.getRequestBody().readNBytes(BODY_IGNORED_BYTES_MAX + 1).length > BODY_IGNORED_BYTES_MAX) {
            throw Body.tooLarge(BODY_IGNORED_BYTES_MAX);
        }
    }

    /** The parameters of the query. */
    static Map<String, String> query(HttpExchange exchange, String... allowed) {
        Map<String, String> values = new HashMap<>();
        String raw = exchange.getRequestURI().getRawQuery();
        if (raw == null) {
            return values;
        }
        for (String pair : raw.split("&", -1)) {
            int equals = pair.indexOf('=');
            String key = equals < 0 ? pair : pair.substring(0, equals);
            if (!pair.isEmpty() && !List.of(allowed).contains(key)) {
                throw new IllegalArgumentException("There is no parameter " + TerminalText.harmless(key, 40)
                        + " here: use " + String.join(", ", allowed));
            }
            if (equals > 0) {
                values.put(key, URLDecoder.decode(pair.substring(equals + 1), StandardCharsets.UTF_8));
            }
        }
        return values;
    }

    /**
     * A number of the query, from 0 on.
     *
     * @throws IllegalArgumentException when it is none
     */
    static double number(Map<String, String> query, String key, double otherwise) {
        String text = query.get(key);
        if (text == null) {
            return otherwise;
        }
        String problem = key + " must be a number from 0 on, not \"" + TerminalText.harmless(text, 40) + "\"";
        double number;
        try {
            number = Double.parseDouble(text);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(problem, e);
        }
        if (!(number >= 0 && number <= Double.MAX_VALUE)) {
            throw new IllegalArgumentException(problem);
        }
        return number;
    }

    /** Path and query as they came. */
    static String pathAndQuery(HttpExchange exchange) {
        return exchange.getRequestURI().toString();
    }

    static void answer(HttpExchange exchange, int status, String contentType, byte[] body, @Nullable String errorCode)
            throws IOException {
        head(exchange, contentType, errorCode);
        boolean isBodiless = body.length == 0 || exchange.getRequestMethod().equals("HEAD");
        exchange.sendResponseHeaders(status, isBodiless ? -1 : body.length);
        if (!isBodiless) {
            OutputStream out = exchange.getResponseBody();
            out.write(body);
        }
        exchange.close();
    }

    /** Promises the whole body, sends half of it, and closes the connection. */
    static void answerHalf(HttpExchange exchange, byte[] body) throws IOException {
        head(exchange, "application/json", null);
        exchange.sendResponseHeaders(200, Math.max(2, body.length));
        OutputStream out = exchange.getResponseBody();
        out.write(body, 0, body.length / 2);
        out.flush();
        exchange.close();
    }

    private static void head(HttpExchange exchange, String contentType, @Nullable String errorCode) {
        var headers = exchange.getResponseHeaders();
        headers.set("Content-Type", contentType);
        // A page of somebody in between has no header of the service.
        if (!contentType.startsWith("text/html")) {
            headers.set("x-amzn-RequestId", "sandbox-" + REQUEST_IDS.incrementAndGet());
        }
        if (errorCode != null) {
            headers.set("x-amzn-errortype", errorCode);
        }
    }

    static void answerJson(HttpExchange exchange, Object json) throws IOException {
        answer(exchange, 200, "application/json", Json.write(json), null);
    }

    static void answerError(HttpExchange exchange, ApiException e) throws IOException {
        answer(exchange, e.status(), "application/json", errorBody(e.text()), e.code());
    }

    static byte[] errorBody(String words) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("message", Json.encodable(words));
        return Json.write(json);
    }
}
