package io.github.xrayd.engine.run;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The last {@value #KEPT} times that a thread of the data path began no new cycle for {@value #NOTICED_SECONDS} s or
 * more, each with the duty that ran and the stack as it was then. A thread that rests wakes more often, so that one of
 * these was held up: by a lock, a disk, a pause of the JVM or of the machine.
 *
 * <p>Looked for once a second by the reporter's thread; read by any.
 */
public final class Stalls {
    /** Longer than a thread rests, in seconds. */
    private static final long NOTICED_SECONDS = 1 + Waiter.BLOCK_MS_MAX / 1_000;

    private static final int KEPT = 8;
    private static final int FRAMES_MAX = 20;
    private static final long NS = 1_000_000_000L;

    private static final class Stall {
        final String where;
        final long beganMs;
        final String stack;
        long lastedNs;

        Stall(String where, long beganMs, String stack) {
            this.where = where;
            this.beganMs = beganMs;
            this.stack = stack;
        }
    }

    private final Deque<Stall> kept = new ArrayDeque<>(KEPT);
    private final Map<DutyThread, Stall> open = new HashMap<>();
    private long count;

    /** Looks at each thread. */
    public synchronized void look(List<DutyThread> threads, long nowNs, long nowMs) {
        for (DutyThread thread : threads) {
            long ageNs = thread.sinceCycleNs(nowNs);
            String duty = thread.stalled(nowNs, NOTICED_SECONDS * NS);
            if (duty == null) {
                open.remove(thread);
            } else {
                open.computeIfAbsent(thread, key -> begin(key, duty, nowMs - ageNs / 1_000_000)).lastedNs = ageNs;
            }
        }
    }

    private Stall begin(DutyThread thread, @Nullable String duty, long beganMs) {
        StringBuilder stack = new StringBuilder();
        StackTraceElement[] frames = thread.thread().getStackTrace();
        for (int i = 0; i < Math.min(FRAMES_MAX, frames.length); i++) {
            stack.append("    at ").append(frames[i]).append('\n');
        }
        Stall stall = new Stall(thread.thread().getName() + " in its duty " + duty, beganMs, stack.toString());
        if (kept.size() == KEPT) {
            kept.removeFirst();
        }
        kept.addLast(stall);
        count++;
        return stall;
    }

    /** What was noticed, the oldest first. */
    public synchronized String text() {
        if (count == 0) {
            return "none of " + NOTICED_SECONDS + " s or more\n";
        }
        StringBuilder text = new StringBuilder()
                .append(count)
                .append(" of ")
                .append(NOTICED_SECONDS)
                .append(" s or more; the last ")
                .append(kept.size())
                .append(":\n");
        for (Stall stall : kept) {
            text.append(Instant.ofEpochMilli(stall.beganMs))
                    .append(' ')
                    .append(stall.where)
                    .append(open.containsValue(stall) ? " for " : " for at least ")
                    .append(stall.lastedNs / NS)
                    .append(open.containsValue(stall) ? " s so far\n" : " s\n")
                    .append(stall.stack);
        }
        return text.toString();
    }
}
