package io.github.xrayd.sandbox;

import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * How the sandbox misbehaves now. Settable while it runs; thread-safe; every chance comes from one seeded generator, so
 * that a test that sends one request after the other replays.
 *
 * <p>A script is applied first: its entries to consecutive requests of their operation, one each ({@link #script}).
 * When it is empty the standing faults apply: latencies add up, and the first other one that is due decides the answer.
 */
public final class Faults {
    /** The seed when none is set. */
    public static final long SEED_DEFAULT = 1;

    /** The standard normal distribution's 99th percentile. */
    private static final double Z_99 = 2.3263478740408408;

    private final LongSupplier nanoClock;
    private final List<Active> standing = new ArrayList<>();
    private final Deque<Fault> script = new ArrayDeque<>();
    private Random random = new Random(SEED_DEFAULT);
    private long seed = SEED_DEFAULT;
    private volatile boolean isAny;
    private long struck;

    Faults(LongSupplier nanoClock) {
        this.nanoClock = nanoClock;
    }

    /** A standing fault with what is left of it. */
    private static final class Active {
        final Fault fault;
        final long setNanos;
        long remaining;
        double tokens;
        long filledNanos;

        Active(Fault fault, long nowNanos) {
            this.fault = fault;
            this.setNanos = nowNanos;
            this.remaining =
                    fault.scope().count() < 0 ? Long.MAX_VALUE : fault.scope().count();
            this.tokens = Math.max(1, fault.ratePerSecond());
            this.filledNanos = nowNanos;
        }

        boolean isDue(String operation, long nowNanos) {
            long sinceMs = (nowNanos - setNanos) / 1_000_000;
            return remaining > 0
                    && (fault.scope().operation() == null
                            || fault.scope().operation().equals(operation))
                    && sinceMs >= fault.scope().afterMs()
                    && (fault.scope().forMs() < 0
                            || sinceMs - fault.scope().afterMs() < fault.scope().forMs());
        }

        /**
         * Takes tokens when there is at least one; a large request may leave a debt, so that the rate holds on average.
         */
        boolean take(double count, long nowNanos) {
            double capacity = Math.max(1, fault.ratePerSecond());
            tokens = Math.min(capacity, tokens + (nowNanos - filledNanos) * 1e-9 * fault.ratePerSecond());
            filledNanos = nowNanos;
            if (fault.ratePerSecond() == 0 || tokens < 1) {
                return false;
            }
            tokens -= count;
            return true;
        }
    }

    /**
     * What happens to one request.
     *
     * @param holdMs how late the answer comes, in milliseconds
     * @param fault what else, or null when it is served
     */
    record Decision(long holdMs, @Nullable Fault fault) {
        static final Decision SERVE = new Decision(0, null);

        boolean is(Fault.Kind kind) {
            return fault != null && fault.kind() == kind;
        }
    }

    /** Replaces the standing faults; their counts and windows start now. */
    public synchronized void set(List<Fault> faults) {
        standing.clear();
        long nowNanos = nanoClock.getAsLong();
        for (Fault fault : faults) {
            standing.add(new Active(fault, nowNanos));
        }
        refresh();
    }

    /** Replaces the standing faults; their counts and windows start now. */
    public void set(Fault... faults) {
        set(List.of(faults));
    }

    /** Adds a standing fault; its count and window start now. */
    public synchronized void add(Fault fault) {
        standing.add(new Active(fault, nanoClock.getAsLong()));
        refresh();
    }

    /** Replaces the script; an entry without an operation is for PutTraceSegments. */
    public synchronized void script(List<Fault> faults) {
        script.clear();
        for (Fault fault : faults) {
            script.add(fault.scope().operation() == null ? fault.on(Operation.PUT_TRACE_SEGMENTS.apiName()) : fault);
        }
        refresh();
    }

    /** Replaces the script; an entry without an operation is for PutTraceSegments. */
    public void script(Fault... faults) {
        script(List.of(faults));
    }

    /** Starts the chances again from this seed. */
    public synchronized void seed(long value) {
        seed = value;
        random = new Random(value);
    }

    /** The seed of the chances. */
    public synchronized long seed() {
        return seed;
    }

    /** Behaves well again. */
    public synchronized void clear() {
        standing.clear();
        script.clear();
        refresh();
    }

    /** How many requests something has happened to since this sandbox was started; late answers count too. */
    public synchronized long struck() {
        return struck;
    }

    /** The standing faults. */
    public synchronized List<Fault> standing() {
        return standing.stream().map(active -> active.fault).toList();
    }

    /** The entries of the script that were not used yet. */
    public synchronized List<Fault> remainingScript() {
        return List.copyOf(script);
    }

    private void refresh() {
        isAny = !standing.isEmpty() || !script.isEmpty();
    }

    /** What happens to a request of this operation. */
    Decision decide(String operation) {
        return isAny ? decideDue(operation) : Decision.SERVE;
    }

    private synchronized Decision decideDue(String operation) {
        Fault scripted = script.peek();
        if (scripted != null && operation.equals(scripted.scope().operation())) {
            script.remove();
            refresh();
            struck += scripted.kind() == Fault.Kind.NONE ? 0 : 1;
            return scripted.kind() == Fault.Kind.LATENCY
                    ? new Decision(holdMs(scripted), null)
                    : new Decision(0, scripted.kind() == Fault.Kind.NONE ? null : scripted);
        }
        long nowNanos = nanoClock.getAsLong();
        long holdMs = 0;
        Fault decided = null;
        for (Active active : standing) {
            Fault fault = active.fault;
            if (fault.scope().containing() != null
                    || !active.isDue(operation, nowNanos)
                    || (fault.scope().share() < 1
                            && random.nextDouble() >= fault.scope().share())) {
                continue;
            }
            if (fault.kind() == Fault.Kind.LATENCY) {
                active.remaining--;
                holdMs += holdMs(fault);
            } else if (decided == null && isHit(active, nowNanos)) {
                active.remaining--;
                decided = fault;
            }
        }
        struck += holdMs > 0 || decided != null ? 1 : 0;
        return new Decision(holdMs, decided);
    }

    /**
     * What happens to one request besides, now that its body has been read: the first fault that is due and finds its
     * text there.
     */
    Decision decideByBody(Decision before, String operation, byte[] body, int length) {
        return isAny && before.fault() == null ? decideByBodyDue(before, operation, body, length) : before;
    }

    private synchronized Decision decideByBodyDue(Decision before, String operation, byte[] body, int length) {
        long nowNanos = nanoClock.getAsLong();
        for (Active active : standing) {
            String text = active.fault.scope().containing();
            if (text != null
                    && active.isDue(operation, nowNanos)
                    && contains(body, length, text)
                    && (active.fault.scope().share() >= 1
                            || random.nextDouble() < active.fault.scope().share())) {
                active.remaining--;
                struck++;
                return new Decision(before.holdMs(), active.fault);
            }
        }
        return before;
    }

    private static boolean contains(byte[] body, int length, String text) {
        return new String(body, 0, length, StandardCharsets.UTF_8).contains(text);
    }

    private static boolean isHit(Active active, long nowNanos) {
        return switch (active.fault.kind()) {
            case NONE, THROTTLE_SEGMENTS -> false;
            case THROTTLE_REQUESTS -> !active.take(1, nowNanos);
            default -> true;
        };
    }

    /** The throttle that refuses this many segments, or null when they may pass. */
    @Nullable
    Fault throttleFor(String operation, int segments) {
        return isAny ? throttleDue(operation, segments) : null;
    }

    private synchronized @Nullable Fault throttleDue(String operation, int segments) {
        long nowNanos = nanoClock.getAsLong();
        for (Active active : standing) {
            if (active.fault.kind() == Fault.Kind.THROTTLE_SEGMENTS
                    && active.isDue(operation, nowNanos)
                    && !active.take(segments, nowNanos)) {
                active.remaining--;
                struck++;
                return active.fault;
            }
        }
        return null;
    }

    /** Which of a request's segments stay unprocessed. */
    synchronized boolean[] unprocessed(Fault fault, int segments) {
        boolean[] isUnprocessed = new boolean[segments];
        for (int i = 0; i < segments; i++) {
            isUnprocessed[i] = fault.unprocessed().share() >= 1
                    || random.nextDouble() < fault.unprocessed().share();
        }
        return isUnprocessed;
    }

    private long holdMs(Fault fault) {
        if (fault.delay().p99Ms() <= fault.delay().p50Ms() || fault.delay().p50Ms() <= 0) {
            return fault.delay().p50Ms();
        }
        double sigma = Math.log((double) fault.delay().p99Ms() / fault.delay().p50Ms()) / Z_99;
        return Math.round(Math.min(Fault.HOLD_MS_MAX, fault.delay().p50Ms() * Math.exp(sigma * random.nextGaussian())));
    }
}
