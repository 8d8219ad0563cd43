package io.github.xrayd.engine.health;

import com.dslplatform.json.DslJson;
import com.dslplatform.json.JsonWriter;
import io.github.xrayd.engine.http.Route;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.function.Supplier;

/** A page of JSON, made when it is asked for: {@code /info} and {@code /status}. */
public final class JsonPage implements Route {
    private final DslJson<Object> json = new DslJson<>(new DslJson.Settings<>());
    private final Supplier<Map<String, Object>> content;

    /** A page; {@code content} is asked from any thread and must not wait. */
    public JsonPage(Supplier<Map<String, Object>> content) {
        this.content = content;
    }

    @Override
    public Page page() {
        try {
            JsonWriter writer = json.newWriter(8 << 10);
            json.serializeMap(content.get(), writer);
            return new Page(200, "application/json", writer + "\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
