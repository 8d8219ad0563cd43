package io.github.xrayd.sandbox;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Hands over traces when they have come to rest: when nothing more of a trace has arrived for {@value #QUIET_MS} ms, or
 * {@value #AGE_MS_MAX} ms after its first document. What arrives later makes it be handed over again. At most
 * {@value #TRACES_PER_SECOND_MAX} a second are; the others are counted. Has a thread of its own, which calls the
 * listener.
 */
public final class TraceFollower implements AutoCloseable {
    static final long QUIET_MS = 400;
    static final long AGE_MS_MAX = 3_000;
    static final int TRACES_PER_SECOND_MAX = 50;

    private static final long TICK_MS = 100;
    private static final int PENDING_MAX = 10_000;

    private final TraceStore store;
    private final Listener listener;
    private final Thread thread;
    private final Map<String, Pending> pendingById = new LinkedHashMap<>();
    private long sequence;
    private long secondStartedMs;
    private int givenInSecond;
    private long skipped;

    /** Receives traces at rest, on the follower's thread. */
    public interface Listener {
        /**
         * One trace.
         *
         * @param documents all that arrived of it so far, as they arrived
         */
        void onTrace(String traceId, List<String> documents);

        /** So many traces were not handed over, because too many came in a second. */
        void onSkipped(long traces);
    }

    private record Pending(long firstMs, long lastMs) {
        boolean isAtRest(long nowMs) {
            return nowMs - lastMs >= QUIET_MS || nowMs - firstMs >= AGE_MS_MAX;
        }
    }

    private TraceFollower(TraceStore store, Listener listener) {
        this.store = store;
        this.listener = listener;
        this.thread = new Thread(this::run, "sandbox-follower");
        thread.setDaemon(true);
    }

    /** Follows the traces of a sandbox from now on. */
    public static TraceFollower start(Sandbox sandbox, Listener listener) {
        TraceFollower follower = new TraceFollower(sandbox.traces(), listener);
        follower.thread.start();
        return follower;
    }

    private void run() {
        try {
            while (!Thread.currentThread().isInterrupted()) {
                boolean isIdle = pendingById.isEmpty() && skipped == 0;
                store.awaitChange(sequence, isIdle ? Long.MAX_VALUE / 2_000_000 : TICK_MS);
                step(System.nanoTime() / 1_000_000, false);
                if (!pendingById.isEmpty()) {
                    Thread.sleep(TICK_MS);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        step(System.nanoTime() / 1_000_000, true);
    }

    private void step(long nowMs, boolean isLast) {
        TraceStore.Changes changes = store.changesSince(sequence);
        sequence = changes.sequence();
        for (TraceStore.Change change : changes.traces()) {
            Pending before = pendingById.get(change.id());
            if (before != null || pendingById.size() < PENDING_MAX) {
                pendingById.put(change.id(), new Pending(before == null ? nowMs : before.firstMs(), nowMs));
            } else {
                skipped++;
            }
        }
        if (nowMs - secondStartedMs >= 1_000) {
            secondStartedMs = nowMs;
            givenInSecond = 0;
            tellSkipped();
        }
        List<String> atRest = new ArrayList<>();
        pendingById.forEach((id, pending) -> {
            if (isLast || pending.isAtRest(nowMs)) {
                atRest.add(id);
            }
        });
        for (String id : atRest) {
            pendingById.remove(id);
            if (givenInSecond < TRACES_PER_SECOND_MAX) {
                givenInSecond++;
                listener.onTrace(id, store.documents(id));
            } else {
                skipped++;
            }
        }
        if (isLast) {
            tellSkipped();
        }
    }

    private void tellSkipped() {
        if (skipped > 0) {
            listener.onSkipped(skipped);
            skipped = 0;
        }
    }

    /** Hands over what is left, and ends. */
    @Override
    public void close() {
        thread.interrupt();
        boolean isInterrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                isInterrupted = true;
            }
        }
        if (isInterrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
