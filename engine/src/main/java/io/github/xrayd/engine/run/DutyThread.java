package io.github.xrayd.engine.run;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.agrona.concurrent.CachedNanoClock;
import org.jspecify.annotations.Nullable;

/**
 * A thread of the data path: runs the duties of its stages in order, over and over, and rests as its policy says.
 *
 * <p>Says when its last cycle began, so that others notice one that makes no progress ({@link #stalled}). When a duty
 * throws, the thread ends and says so; what its duties still hold is settled by whoever ends the engine
 * ({@link #takeOver}).
 */
public final class DutyThread implements Runnable {
    /** Without a new cycle for so long, in nanoseconds, a thread is stalled: three times what it rests at most. */
    public static final long STALLED_NS = 3 * Waiter.BLOCK_MS_MAX * 1_000_000;

    private static final long STACK_SIZE = 512 * 1024;
    /** How often a duty may throw after its thread has ended, before it is left alone. */
    private static final int FAILURES_MAX = 3;

    private final List<Duty> duties;
    private final boolean[] isClosed;
    private final CachedNanoClock clock;
    private final WaitPolicy policy;
    private final Waiter waiter;
    private final Consumer<Throwable> onFailure;
    private final Thread thread;
    /** When the last cycle began; written once in each cycle. */
    private final AtomicLong cycleNs = new AtomicLong();

    private volatile int running;
    private volatile boolean isFailed;
    /** What the first duty took in during the last cycle. */
    private int arrived;

    private int failures;

    /**
     * A thread, not started yet.
     *
     * @param duties in the order of the pipeline
     * @param clock the clock of these duties; updated once per cycle
     * @param onFailure called when a duty throws; the thread then ends
     */
    @SuppressWarnings(
            "ThreadPriorityCheck") // not for correctness: so that a burst does not overrun the kernel's buffer
    public DutyThread(
            String name,
            List<Duty> duties,
            CachedNanoClock clock,
            WaitPolicy policy,
            Waiter waiter,
            Consumer<Throwable> onFailure) {
        this.duties = List.copyOf(duties);
        isClosed = new boolean[duties.size()];
        this.clock = clock;
        this.policy = policy;
        this.waiter = waiter;
        this.onFailure = onFailure;
        cycleNs.set(System.nanoTime());
        thread = new Thread(null, this, name, STACK_SIZE);
        thread.setDaemon(true);
        // Heeded where the JVM is told to (the launcher does): this thread must run within milliseconds, the others may
        // wait.
        thread.setPriority(Thread.MAX_PRIORITY);
    }

    /** Starts it, once. */
    public void start() {
        thread.start();
    }

    /** Where it rests. */
    public Waiter waiter() {
        return waiter;
    }

    /** The thread itself. */
    public Thread thread() {
        return thread;
    }

    /** The names of its duties, in the order in which they run. */
    public List<String> roles() {
        return duties.stream().map(Duty::roleName).toList();
    }

    /** How long ago its last cycle began, in nanoseconds. Any thread. */
    public long sinceCycleNs(long nowNs) {
        return Math.max(0, nowNs - cycleNs.get());
    }

    /** Waits for its end, for at most {@code timeoutMs} milliseconds. */
    public void join(long timeoutMs) throws InterruptedException {
        thread.join(timeoutMs);
    }

    @Override
    public void run() {
        waiter.enter();
        try {
            while (!isDone()) {
                cycle();
                long waitNs = policy.decide(arrived, isMoreWaiting(), clock.nanoTime());
                if (waitNs == WaitPolicy.BLOCK) {
                    block();
                } else if (waitNs == WaitPolicy.SPIN) {
                    Thread.onSpinWait();
                } else {
                    waiter.sleep(Math.min(waitNs, nsUntil(deadlineNs(), clock.nanoTime())));
                }
            }
        } catch (Throwable e) {
            isFailed = true;
            onFailure.accept(e);
        }
    }

    /** One cycle; returns whether there was anything to do. */
    private boolean cycle() {
        long nowNs = System.nanoTime();
        clock.update(nowNs);
        cycleNs.lazySet(nowNs);
        boolean isAny = false;
        for (int i = 0; i < duties.size(); i++) {
            running = i;
            Duty duty = duties.get(i);
            int work = duty.doWork();
            isAny |= work > 0;
            if (i == 0) {
                arrived = work;
            }
            if (!isClosed[i] && duty.isDone()) {
                isClosed[i] = true;
                duty.onClose();
            }
        }
        return isAny;
    }

    private void block() throws IOException {
        waiter.announce();
        if (cycle() || isMoreWaiting()) {
            waiter.cancel();
            return;
        }
        if (isDone()) {
            waiter.cancel();
        } else {
            waiter.block(nsUntil(deadlineNs(), System.nanoTime()));
        }
    }

    private static long nsUntil(long deadlineNs, long nowNs) {
        return deadlineNs == Long.MAX_VALUE ? Long.MAX_VALUE : Math.max(1, deadlineNs - nowNs);
    }

    private boolean isMoreWaiting() {
        for (int i = 0; i < duties.size(); i++) {
            if (duties.get(i).isMoreWaiting()) {
                return true;
            }
        }
        return false;
    }

    private long deadlineNs() {
        long deadlineNs = Long.MAX_VALUE;
        for (int i = 0; i < duties.size(); i++) {
            deadlineNs = Math.min(deadlineNs, duties.get(i).deadlineNs());
        }
        return deadlineNs;
    }

    private boolean isDone() {
        for (int i = 0; i < duties.size(); i++) {
            if (!duties.get(i).isDone()) {
                return false;
            }
        }
        return true;
    }

    /**
     * The name of the duty that has kept this thread from a new cycle for {@link #STALLED_NS}, or null when there is
     * none. Any thread.
     *
     * @param nowNs the time, as of {@link System#nanoTime}
     */
    public @Nullable String stalled(long nowNs) {
        return stalled(nowNs, STALLED_NS);
    }

    /** The same for another time than {@link #STALLED_NS}. Any thread. */
    @Nullable
    String stalled(long nowNs, long longestNs) {
        return thread.isAlive() && nowNs - cycleNs.get() > longestNs
                ? duties.get(running).roleName()
                : null;
    }

    /**
     * Runs one cycle in the place of a thread that has ended by a failure. By one thread, the one that ends the engine.
     *
     * @return whether the duties have something left to do, and can
     */
    public boolean takeOver() {
        if (!isFailed || thread.isAlive() || failures >= FAILURES_MAX) {
            return false;
        }
        try {
            cycle();
            return !isDone();
        } catch (Throwable e) {
            failures++;
            onFailure.accept(e);
            return failures < FAILURES_MAX;
        }
    }
}
