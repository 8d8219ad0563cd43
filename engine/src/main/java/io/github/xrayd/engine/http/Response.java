package io.github.xrayd.engine.http;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.apache.hc.core5.http.impl.EnglishReasonPhraseCatalog;
import org.apache.hc.core5.http.protocol.HttpDateGenerator;

/**
 * What goes back to a client.
 *
 * @param status the HTTP status
 * @param headers all but Date, Content-Length and Connection, which are added
 * @param body the body's bytes; not changed, not copied
 * @param onSent run once when the body is needed no more, whether it was sent or not
 */
// Never compared: the array is handed from the one who made it to the one who writes it.
@SuppressWarnings("ArrayRecordComponent")
public record Response(int status, Map<String, List<String>> headers, byte[] body, Runnable onSent) {
    public Response(int status, Map<String, List<String>> headers, byte[] body) {
        this(status, headers, body, () -> {});
    }

    public boolean hasBody() {
        return status >= 200 && status != 204 && status != 304;
    }

    /** The status line and the headers, with the empty line behind them. */
    public ByteBuffer head(boolean isClosing) {
        StringBuilder text = new StringBuilder(256).append("HTTP/1.1 ").append(status);
        String reason = EnglishReasonPhraseCatalog.INSTANCE.getReason(status, null);
        text.append(' ').append(reason == null ? "" : reason).append("\r\n");
        add(text, "Date", HttpDateGenerator.INSTANCE.getCurrentDate());
        headers.forEach((name, values) -> values.forEach(value -> add(text, name, value)));
        if (hasBody()) {
            add(text, "Content-Length", Integer.toString(body.length));
        }
        if (isClosing) {
            add(text, "Connection", "close");
        }
        return ByteBuffer.wrap(text.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1));
    }

    private static void add(StringBuilder text, String name, String value) {
        text.append(name).append(": ");
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            // A line's end inside a value would begin another header.
            text.append(c < ' ' && c != '\t' ? ' ' : c);
        }
        text.append("\r\n");
    }
}
