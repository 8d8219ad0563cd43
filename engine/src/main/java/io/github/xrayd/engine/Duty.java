package io.github.xrayd.engine;

/** One stage's part of a thread's duty cycle, with what the thread must know to rest well. Called by that thread alone. */
interface Duty {
    /** Does what there is to do, within the stage's limits; returns how much that was. */
    int doWork();

    /** Whether the stage stopped at a limit with work left. */
    default boolean isMoreWaiting() {
        return false;
    }

    /** When it wants to run though nothing arrives, on the engine's nanosecond clock, or {@link Long#MAX_VALUE}. */
    default long deadlineNs() {
        return Long.MAX_VALUE;
    }

    /** Whether it has nothing more to do, ever. */
    boolean isDone();
}
