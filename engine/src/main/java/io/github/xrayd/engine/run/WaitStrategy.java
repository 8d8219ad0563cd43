package io.github.xrayd.engine.run;

/** What a thread of the data path does when there is nothing to do. */
public enum WaitStrategy {
    /** Never gives up its core. */
    BUSY_SPIN,
    /** Spins while datagrams come faster than a wake-up costs, gathers below that, blocks when idle. */
    ADAPTIVE,
    /** Blocks as soon as there is nothing to do. */
    BLOCKING
}
