package io.github.xrayd.engine.run;

/** Who takes part in hand-offs. Which of them share a thread is the thread plan's matter. */
public enum Role {
    /** Fills one ring from one source. */
    RECEIVER,
    /** Validates the slots of one ring. */
    VALIDATOR,
    /** Batches the slots of one ring. */
    BATCHER,
    /** Sends the batches of all pipelines, and settles them. */
    UPLOADER,
    /** The threads that make calls. */
    CALLS,
    /** Waits for the spool's disk. */
    SPOOL,
    /** Threads that bring documents to a source which has no socket of its own to rest at. */
    INTAKE,
    /** Writes the log of the data path. */
    REPORTER,
    /** Whoever ends the engine. */
    ENDING
}
