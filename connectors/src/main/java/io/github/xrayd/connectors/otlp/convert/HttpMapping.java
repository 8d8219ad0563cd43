package io.github.xrayd.connectors.otlp.convert;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The block {@code http}: request and response. */
final class HttpMapping {
    private HttpMapping() {}

    /** @param extra takes what has no attribute */
    static void toSpan(Map<String, @Nullable Object> http, Attributes attributes, Map<String, @Nullable Object> extra) {
        if (http.isEmpty()) {
            Fields.child(extra, "http");
        }
        http.forEach((block, value) -> {
            Map<String, @Nullable Object> fields = JsonTree.asObject(value);
            boolean isRequest = block.equals("request");
            if (fields == null || fields.isEmpty() || (!isRequest && !block.equals("response"))) {
                Fields.child(extra, "http").put(block, value);
                return;
            }
            fields.forEach((key, field) -> {
                String name = isRequest ? requestAttribute(key, field) : responseAttribute(key, field);
                if (name == null) {
                    Fields.child(Fields.child(extra, "http"), block).put(key, field);
                } else {
                    attributes.add(name, field instanceof JsonNumber number ? number.exactLong() : field);
                }
            });
        });
    }

    private static @Nullable String requestAttribute(String key, @Nullable Object value) {
        boolean isString = Fields.string(value) != null;
        boolean isBoolean = value instanceof Boolean;
        return switch (key) {
            case "method" -> isString ? Names.HTTP_METHOD : null;
            case "url" -> isString ? Names.URL : null;
            case "user_agent" -> isString ? Names.USER_AGENT : null;
            case "client_ip" -> isString ? Names.CLIENT_ADDRESS : null;
            case "x_forwarded_for" -> isBoolean ? Names.X_FORWARDED_FOR : null;
            case "traced" -> isBoolean ? Names.HTTP_TRACED : null;
            default -> null;
        };
    }

    private static @Nullable String responseAttribute(String key, @Nullable Object value) {
        if (!(value instanceof JsonNumber number) || number.exactLong() == null) {
            return null;
        }
        return key.equals("status") ? Names.HTTP_STATUS : key.equals("content_length") ? Names.HTTP_BODY_SIZE : null;
    }

    /** Puts back what {@link #toSpan} stored. */
    static void toDocument(Attributes attributes, Map<String, @Nullable Object> document) {
        Map<String, @Nullable Object> request = new LinkedHashMap<>();
        Fields.put(request, "method", attributes.get(Names.HTTP_METHOD));
        Fields.put(request, "url", attributes.get(Names.URL));
        Fields.put(request, "user_agent", attributes.get(Names.USER_AGENT));
        Fields.put(request, "client_ip", attributes.get(Names.CLIENT_ADDRESS));
        Fields.put(request, "x_forwarded_for", attributes.get(Names.X_FORWARDED_FOR));
        Fields.put(request, "traced", attributes.get(Names.HTTP_TRACED));
        Map<String, @Nullable Object> response = new LinkedHashMap<>();
        Fields.put(response, "status", attributes.get(Names.HTTP_STATUS));
        Fields.put(response, "content_length", attributes.get(Names.HTTP_BODY_SIZE));
        put(request, response, document);
    }

    private static void put(
            Map<String, @Nullable Object> request,
            Map<String, @Nullable Object> response,
            Map<String, @Nullable Object> document) {
        Map<String, @Nullable Object> http = new LinkedHashMap<>();
        Fields.putFields(http, "request", request);
        Fields.putFields(http, "response", response);
        Fields.putFields(document, "http", http);
    }

    /** Puts what a span that never was a document says about HTTP, by the conventions of today or the older ones. */
    static void foreignToDocument(Attributes attributes, int kind, Map<String, @Nullable Object> document) {
        Map<String, @Nullable Object> request = new LinkedHashMap<>();
        Fields.put(request, "method", attributes.string(Names.HTTP_METHOD, "http.method"));
        Fields.put(request, "user_agent", attributes.string(Names.USER_AGENT, "http.user_agent"));
        Map<String, @Nullable Object> response = new LinkedHashMap<>();
        Object status = number(attributes, Names.HTTP_STATUS, "http.status_code");
        Fields.put(response, "status", status);
        Fields.put(
                response, "content_length", number(attributes, Names.HTTP_BODY_SIZE, "http.response_content_length"));
        String url = attributes.string(Names.URL, "http.url");
        boolean isHttp = !request.isEmpty() || status != null || url != null || attributes.has("http.target");
        if (!isHttp) {
            return;
        }
        Fields.put(request, "url", url != null ? url : url(attributes, kind));
        String forwarded = attributes.string(Names.CLIENT_ADDRESS, "http.client_ip");
        if (forwarded != null) {
            request.put("client_ip", forwarded);
            request.put("x_forwarded_for", true);
        } else {
            Fields.put(request, "client_ip", attributes.string("network.peer.address", "net.sock.peer.addr"));
        }
        put(request, response, document);
    }

    /** The status code of HTTP, or null. */
    static @Nullable Long status(Attributes attributes) {
        return number(attributes, Names.HTTP_STATUS, "http.status_code");
    }

    private static @Nullable Long number(Attributes attributes, String key, String olderKey) {
        Object value = attributes.get(key);
        return value instanceof Long number ? number : attributes.get(olderKey) instanceof Long older ? older : null;
    }

    private static @Nullable String url(Attributes attributes, int kind) {
        boolean isServer = kind == Span.SERVER;
        String host = attributes.string("http.host");
        String port = "";
        if (host == null) {
            host = attributes.string(Names.SERVER_ADDRESS, isServer ? "net.host.name" : "net.peer.name");
            Object number = attributes.get(Names.SERVER_PORT);
            Object older = attributes.get(isServer ? "net.host.port" : "net.peer.port");
            port = number != null ? number.toString() : older != null ? older.toString() : "";
        }
        if (host == null) {
            return null;
        }
        String scheme = attributes.string("url.scheme", "http.scheme");
        String protocol = scheme == null ? "http" : scheme;
        boolean isUsualPort = port.isEmpty()
                || (protocol.equals("http") && port.equals("80"))
                || (protocol.equals("https") && port.equals("443"));
        String target = attributes.string("http.target");
        if (target == null) {
            String path = attributes.string("url.path");
            String query = attributes.string("url.query");
            target = (path == null ? "/" : path) + (query == null ? "" : "?" + query);
        }
        return protocol + "://" + host + (isUsualPort ? "" : ":" + port) + target;
    }
}
