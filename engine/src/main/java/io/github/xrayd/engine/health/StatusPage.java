package io.github.xrayd.engine.health;

import io.github.xrayd.engine.http.Route;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A page that says {@code ok} with status 200, or what is wrong with 503: {@code /healthz} and {@code /readyz}. */
public final class StatusPage implements Route {
    private static final String TEXT = "text/plain; charset=utf-8";

    private final Supplier<@Nullable String> problem;

    /** A page; {@code problem} gives what is wrong, or null. */
    public StatusPage(Supplier<@Nullable String> problem) {
        this.problem = problem;
    }

    @Override
    public Page page() {
        String wrong = problem.get();
        return wrong == null ? new Page(200, TEXT, "ok\n") : new Page(503, TEXT, wrong + "\n");
    }
}
