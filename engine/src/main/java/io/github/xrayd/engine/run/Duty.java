package io.github.xrayd.engine.run;

import org.agrona.concurrent.Agent;

/**
 * One stage's part of a thread's duty cycle, with what the thread must know to rest well. Called by one thread at a
 * time: its own, or, when that has ended by a failure, the one that shuts down.
 */
public interface Duty extends Agent {
    /** Does what there is to do, within the stage's limits; returns how much that was. */
    @Override
    int doWork();

    /** Whether the stage stopped at a limit with work left. */
    default boolean isMoreWaiting() {
        return false;
    }

    /** When it wants to run though nothing arrives, on the engine's nanosecond clock, or {@link Long#MAX_VALUE}. */
    default long deadlineNs() {
        return Long.MAX_VALUE;
    }

    /** Whether it has nothing more to do, ever; {@link #onClose} is called once after that. */
    boolean isDone();
}
