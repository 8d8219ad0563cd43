package io.github.xrayd.cli.log;

import com.dslplatform.json.DslJson;
import com.dslplatform.json.JsonWriter;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** One JSON object per line: {@code time} (with milliseconds), {@code level}, {@code logger}, {@code message} and, when wanted, {@code stack}. */
final class JsonFormat implements LineFormat {
    private final UtcText time = new UtcText();
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
        writer.writeString(wellFormed(event.logger()));
        writer.writeAscii(",\"message\":");
        writer.writeString(wellFormed(LineFormat.limited(event.text())));
        String stack = event.stack();
        if (stack != null) {
            writer.writeAscii(",\"stack\":");
            writer.writeString(wellFormed(stack));
        }
        writer.writeAscii("}\n");
        return writer.toByteArray();
    }

    /** Half a surrogate pair is no character: it becomes {@code ?}. */
    private static String wellFormed(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (Character.isSurrogate(text.charAt(i))) {
                return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
            }
        }
        return text;
    }
}
