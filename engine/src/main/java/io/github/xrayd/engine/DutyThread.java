package io.github.xrayd.engine;

import java.io.IOException;
import java.util.List;
import java.util.function.Consumer;
import org.agrona.concurrent.CachedNanoClock;

/** A thread of the data path: runs the duties of its stages in order, over and over, and rests as its policy says. */
final class DutyThread implements Runnable {
    private static final long STACK_SIZE = 512 * 1024;

    private final List<Duty> duties;
    private final CachedNanoClock clock;
    private final WaitPolicy policy;
    private final Waiter waiter;
    private final Consumer<Throwable> onFailure;
    private final Thread thread;

    /**
     * A thread, not started yet.
     *
     * @param duties in the order of the pipeline
     * @param clock the clock of these duties; updated once per cycle
     * @param onFailure told when an invariant breaks; the thread then ends
     */
    @SuppressWarnings(
            "ThreadPriorityCheck") // not for correctness: so that a burst does not overrun the kernel's buffer
    DutyThread(
            String name,
            List<Duty> duties,
            CachedNanoClock clock,
            WaitPolicy policy,
            Waiter waiter,
            Consumer<Throwable> onFailure) {
        this.duties = List.copyOf(duties);
        this.clock = clock;
        this.policy = policy;
        this.waiter = waiter;
        this.onFailure = onFailure;
        thread = new Thread(null, this, name, STACK_SIZE);
        thread.setDaemon(true);
        // Heeded where the JVM is told to (the launcher does): this thread must run within milliseconds, the others may
        // wait.
        thread.setPriority(Thread.MAX_PRIORITY);
    }

    void start() {
        thread.start();
    }

    Waiter waiter() {
        return waiter;
    }

    /** The thread's id, for measurements. */
    Thread thread() {
        return thread;
    }

    void join(long timeoutMs) throws InterruptedException {
        thread.join(timeoutMs);
    }

    @Override
    public void run() {
        waiter.enter();
        try {
            while (!isDone()) {
                int work = cycle();
                long waitNs = policy.decide(work, isMoreWaiting(), clock.nanoTime());
                if (waitNs == WaitPolicy.BLOCK) {
                    block();
                } else if (waitNs == WaitPolicy.SPIN) {
                    Thread.onSpinWait();
                } else {
                    waiter.sleep(Math.min(waitNs, nsUntil(deadlineNs(), clock.nanoTime())));
                }
            }
        } catch (Throwable e) {
            onFailure.accept(e);
        }
    }

    private int cycle() {
        clock.update(System.nanoTime());
        int work = 0;
        for (int i = 0; i < duties.size(); i++) {
            work += duties.get(i).doWork();
        }
        return work;
    }

    private void block() throws IOException {
        waiter.announceBlock();
        if (cycle() > 0 || isMoreWaiting()) {
            waiter.cancelBlock();
            return;
        }
        if (isDone()) {
            waiter.cancelBlock();
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
}
