package io.github.xrayd.engine.run;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

/** A thread that is about to block either sees the work or is woken: no wake-up is missed. */
@JCStressTest
@Outcome(id = "0", expect = Expect.ACCEPTABLE, desc = "saw the work")
@Outcome(id = "1", expect = Expect.ACCEPTABLE, desc = "did not see it, and was woken")
@Outcome(id = "2", expect = Expect.FORBIDDEN, desc = "did not see it, and would have slept")
@State
public class WaiterStress {
    private static final long LIMIT_NS = 1_000_000_000L;

    private final Waiter waiter = new Waiter();
    private final AtomicBoolean hasWork = new AtomicBoolean();
    private boolean wouldBlock;

    @Actor
    public void sleeper() {
        waiter.enter();
        waiter.announce();
        if (hasWork.getAcquire()) {
            waiter.cancel();
        } else {
            wouldBlock = true;
        }
    }

    @Actor
    public void worker() {
        hasWork.setRelease(true);
        waiter.wake();
    }

    /** Blocks in the sleeper's place: at once when it was woken, for the whole second when not. */
    @Arbiter
    public void rest(I_Result result) {
        if (wouldBlock) {
            long startNs = System.nanoTime();
            try {
                waiter.block(LIMIT_NS);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            result.r1 = System.nanoTime() - startNs < LIMIT_NS ? 1 : 2;
        }
    }
}
