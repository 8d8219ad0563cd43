package io.github.xrayd.engine.run;

/**
 * Every hand-off between threads, in both directions: who produces what for whom. The one list of them: a stage that
 * hands anything over asks {@link WakeUps#of} for the wake-up of its row, and calls it after the work is visible.
 */
public enum Handoff {
    /** What came for a source. */
    ARRIVALS(Role.INTAKE, Role.RECEIVER),
    /** Published slots. */
    SLOTS(Role.RECEIVER, Role.VALIDATOR),
    /** Verdicts on slots; both run on one thread, one after the other. */
    VERDICTS(Role.VALIDATOR, Role.BATCHER),
    /** Room in the arena; asked for by a receiver whose socket may be silent. */
    RELEASED_SLOTS(Role.BATCHER, Role.RECEIVER),
    /** Sealed batches. */
    SEALED_BATCHES(Role.BATCHER, Role.UPLOADER),
    /** Slots wait because no batch is free: the uploader may send some to the spool. */
    STARVED(Role.BATCHER, Role.UPLOADER),
    /** Settled batches, whose memory is free. */
    FREED_BATCHES(Role.UPLOADER, Role.BATCHER),
    /** Results of calls; and before the first one, that the backend is there. */
    CALL_RESULTS(Role.CALLS, Role.UPLOADER),
    /** What the uploader asks of the spool. */
    SPOOL_REQUESTS(Role.UPLOADER, Role.SPOOL),
    /** What the spool answers. */
    SPOOL_RESULTS(Role.SPOOL, Role.UPLOADER),
    /** Events for the log. */
    EVENTS(Role.UPLOADER, Role.REPORTER),
    /** The next phase of the end, for a receiver. */
    END_OF_RECEIVER(Role.ENDING, Role.RECEIVER),
    /** The next phase of the end, for a batcher. */
    END_OF_BATCHER(Role.ENDING, Role.BATCHER),
    /** The next phase of the end, for the uploader. */
    END_OF_UPLOADER(Role.ENDING, Role.UPLOADER),
    /** Nothing more is asked of the spool. */
    END_OF_SPOOL(Role.ENDING, Role.SPOOL),
    /** Nothing more is written to the log of the data path. */
    END_OF_REPORTER(Role.ENDING, Role.REPORTER);

    private final Role producer;
    private final Role consumer;

    Handoff(Role producer, Role consumer) {
        this.producer = producer;
        this.consumer = consumer;
    }

    /** Who hands over. */
    public Role producer() {
        return producer;
    }

    /** Who is woken. */
    public Role consumer() {
        return consumer;
    }
}
