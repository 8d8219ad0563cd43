package io.github.xrayd.engine.health;

import io.github.xrayd.engine.http.Route;
import io.github.xrayd.engine.json.JsonText;
import java.util.Map;
import java.util.function.Supplier;

/** A page of JSON, made when it is asked for: {@code /info} and {@code /status}. */
public final class JsonPage implements Route {
    private final Supplier<Map<String, Object>> content;

    /** A page; {@code content} is asked from any thread and must not wait. */
    public JsonPage(Supplier<Map<String, Object>> content) {
        this.content = content;
    }

    @Override
    public Page page() {
        return new Page(200, "application/json", JsonText.of(content.get()) + "\n");
    }
}
