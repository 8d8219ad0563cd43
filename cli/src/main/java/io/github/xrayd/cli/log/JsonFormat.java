package io.github.xrayd.cli.log;

import com.dslplatform.json.DslJson;
import com.dslplatform.json.JsonWriter;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * One JSON object per line: {@code time} (with milliseconds), {@code level}, {@code logger}, {@code message} and, when
 * wanted, {@code stack}.
 */
final class JsonFormat implements LineFormat {
    private final UtcText time = new UtcText();
    private final StringBuilder string = new StringBuilder(1024);
    private final JsonWriter writer = new DslJson<>().newWriter(1024);

    @Override
    public byte[] line(long epochMs, LogEvent event) {
        writer.reset();
        writer.writeAscii("{\"time\":\"");
        writer.writeAscii(time.second(epochMs));
        int ms = (int) Math.floorMod(epochMs, 1000L);
        writer.writeByte((byte) '.');
        writer.writeByte((byte) ('0' + ms / 100));
        writer.writeByte((byte) ('0' + ms / 10 % 10));
        writer.writeByte((byte) ('0' + ms % 10));
        writer.writeAscii("Z\",\"level\":\"");
        writer.writeAscii(event.level().name().toLowerCase(Locale.ROOT));
        writer.writeAscii("\",\"logger\":");
        write(event.logger());
        writer.writeAscii(",\"message\":");
        write(LineFormat.limited(event));
        String stack = event.stack();
        if (stack != null) {
            writer.writeAscii(",\"stack\":");
            write(stack);
        }
        writer.writeAscii("}\n");
        return writer.toByteArray();
    }

    /** As a JSON string, whose escapes stand for every character that is not visible; half a pair becomes U+FFFD. */
    private void write(String text) {
        string.setLength(0);
        string.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                string.append('\\').append(c);
            } else if (c >= ' ' && c < 0x7f) {
                string.append(c);
            } else {
                int codePoint = text.codePointAt(i);
                boolean isHalf = Character.getType(codePoint) == Character.SURROGATE;
                int length = Character.charCount(codePoint);
                LogText.escape(isHalf ? "\uFFFD" : text.substring(i, i + length), string);
                i += length - 1;
            }
        }
        string.append('"');
        byte[] bytes = string.toString().getBytes(StandardCharsets.UTF_8);
        writer.writeAscii(bytes);
    }
}
