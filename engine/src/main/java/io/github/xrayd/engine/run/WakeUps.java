package io.github.xrayd.engine.run;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where each role rests, and so how each {@link Handoff} wakes its consumer. Filled while the engine is built, by one
 * thread; read after.
 *
 * <p>Roles that rest at the same {@link Waiter} share a thread, and need no wake-up from each other.
 */
public final class WakeUps {
    private final Map<Role, List<Waiter>> waiters = new EnumMap<>(Role.class);

    /**
     * Says where the next one of {@code role} rests: for roles that exist once for each pipeline, in the pipelines'
     * order.
     *
     * @return its index among those of the role
     */
    public int place(Role role, Waiter waiter) {
        List<Waiter> all = waiters.computeIfAbsent(role, key -> new ArrayList<>());
        all.add(waiter);
        return all.size() - 1;
    }

    /**
     * The wake-up of a hand-off; one that does nothing when its two sides share a thread, or the consumer does not
     * exist.
     *
     * @param pipeline which one, where a side exists more than once
     */
    public Runnable of(Handoff handoff, int pipeline) {
        Waiter consumer = waiter(handoff.consumer(), pipeline);
        return consumer == null || consumer == waiter(handoff.producer(), pipeline) ? WakeUps::nothing : consumer::wake;
    }

    /** The wake-up of a hand-off between roles that exist once. */
    public Runnable of(Handoff handoff) {
        return of(handoff, 0);
    }

    /** Wakes whoever takes anything from {@code producer}, in every pipeline. */
    public void all(Role producer) {
        for (Handoff handoff : Handoff.values()) {
            if (handoff.producer() == producer) {
                waiters.getOrDefault(handoff.consumer(), List.of()).forEach(Waiter::wake);
            }
        }
    }

    private static void nothing() {}

    private @Nullable Waiter waiter(Role role, int pipeline) {
        List<Waiter> all = waiters.getOrDefault(role, List.of());
        return all.isEmpty() ? null : all.get(Math.min(pipeline, all.size() - 1));
    }
}
