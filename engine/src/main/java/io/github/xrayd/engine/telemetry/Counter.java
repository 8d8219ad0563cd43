package io.github.xrayd.engine.telemetry;

/**
 * Every event that is counted, with the one stage that counts it. Counts are of datagrams, documents or calls as each
 * says; all start at 0 and only grow.
 */
public enum Counter {
    /** Datagrams read from the socket, good, bad and dropped alike. Receiver. */
    RECEIVED(Stage.RECEIVER, "datagrams read from the socket"),
    /** Bytes of those datagrams. Receiver. */
    RECEIVED_BYTES(Stage.RECEIVER, "bytes of the datagrams read from the socket"),
    /** Datagrams dropped because memory was full (the reference's "spillover"). Receiver. */
    DROPPED_MEMORY_FULL(Stage.RECEIVER, "datagrams dropped because memory was full"),
    /** Datagrams from an address outside {@code --allow-from}. Receiver. */
    DROPPED_NOT_ALLOWED(Stage.RECEIVER, "datagrams from an address that is not allowed"),
    /** Datagrams of a source that used more than its fair share. Receiver. */
    DROPPED_UNFAIR(Stage.RECEIVER, "datagrams of a source beyond its fair share"),
    /**
     * Documents consumed from a topic that are consumed again, because they were not settled when they were given back.
     * Receiver.
     */
    GIVEN_BACK(
            Stage.RECEIVER, "documents consumed from a topic and given back to it unsettled, which are consumed again"),
    /** Times the receiver found the arena full and had to wait or drop. Receiver. */
    ARENA_FULL(Stage.RECEIVER, "times the arena had no room for a datagram"),

    /** Datagrams of 0 bytes. Validator. */
    REJECTED_EMPTY(Stage.VALIDATOR, "empty datagrams"),
    /** Datagrams without a newline. Validator. */
    REJECTED_NO_HEADER(Stage.VALIDATOR, "datagrams without a header line"),
    /** Datagrams whose first line is not the X-Ray header. Validator. */
    REJECTED_HEADER(Stage.VALIDATOR, "datagrams whose header line is not valid"),
    /** Datagrams with a header and nothing after it. Validator. */
    REJECTED_NO_DOCUMENT(Stage.VALIDATOR, "datagrams with a header and no document"),
    /** Documents that are not JSON ({@code --validate document}). Validator. */
    REJECTED_NOT_JSON(Stage.VALIDATOR, "documents that are not well-formed JSON"),
    /** Documents whose trace id is missing or malformed ({@code --validate document}). Validator. */
    REJECTED_TRACE_ID(Stage.VALIDATOR, "documents whose trace_id is missing or malformed"),
    /** Documents whose id is missing or malformed ({@code --validate document}). Validator. */
    REJECTED_ID(Stage.VALIDATOR, "documents whose id is missing or malformed"),
    /** Documents whose name is missing or malformed ({@code --validate document}). Validator. */
    REJECTED_NAME(Stage.VALIDATOR, "documents whose name is missing or malformed"),
    /** Documents whose times are missing or malformed ({@code --validate document}). Validator. */
    REJECTED_TIME(Stage.VALIDATOR, "documents whose start_time or end_time is missing or malformed"),
    /** Documents of more than 64 kB ({@code --validate document}). Validator. */
    REJECTED_TOO_LARGE(Stage.VALIDATOR, "documents larger than 64 kB"),

    /** Documents escaped into a batch. Batcher. */
    BATCHED(Stage.BATCHER, "documents escaped into a batch"),
    /** Batches sealed. Batcher. */
    SEALED(Stage.BATCHER, "batches sealed"),
    /** Documents in sealed batches. Batcher. */
    SEALED_DOCUMENTS(Stage.BATCHER, "documents in sealed batches"),

    /** Documents not taken for one destination, because it had no free batch and held up the others. Batcher. */
    SKIPPED(Stage.BATCHER, "documents dropped for a destination that held up the others"),
    /** Documents still in the ring when the shutdown deadline came. Batcher. */
    ABANDONED_UNSENT(Stage.BATCHER, "documents abandoned in the ring at the shutdown deadline"),

    /** Documents the service accepted. Uploader. */
    DELIVERED(Stage.UPLOADER, "documents delivered"),
    /** Documents the service listed as unprocessed for good, by any code. Uploader. */
    UNPROCESSED(Stage.UPLOADER, "documents the service left unprocessed"),
    /** Documents the service refused with a 4xx, once isolated. Uploader. */
    REFUSED(Stage.UPLOADER, "documents the service refused"),
    /** Documents given up because they grew too old. Uploader. */
    ABANDONED_TOO_OLD(Stage.UPLOADER, "documents abandoned because they grew older than the retry age"),
    /** Documents in batches not delivered when the shutdown deadline came. Uploader. */
    ABANDONED_SHUTDOWN(Stage.UPLOADER, "documents abandoned in batches at the shutdown deadline"),
    /**
     * Documents not settled when the shutdown deadline came that their source keeps: a topic gives them to the next
     * process. Uploader, and batcher for those in the ring.
     */
    ABANDONED_TO_SOURCE(
            Stage.UPLOADER, "documents left in their topic at the shutdown deadline, which are consumed again"),
    /** Documents that the spool held and that its disk no longer gives back. Uploader. */
    ABANDONED_SPOOL_LOST(Stage.UPLOADER, "documents lost in the spool, because its disk no longer gives them back"),
    /**
     * Documents found in the spool, written by an earlier process, or by this one and counted as lost since. Uploader.
     */
    RECOVERED(Stage.UPLOADER, "documents of earlier processes found in the spool"),
    /** Documents written to the spool, or left in it after they had been taken back. Uploader. */
    SPOOLED(Stage.UPLOADER, "documents written to the spool"),
    /** Documents taken back from the spool for delivery. Uploader. */
    UNSPOOLED(Stage.UPLOADER, "documents taken back from the spool"),
    /** Documents of uploads that may have arrived though no answer came, and were sent again. Uploader. */
    RESENT(Stage.UPLOADER, "documents sent again, which may have arrived twice"),
    /** Upload calls started. Uploader. */
    CALLS(Stage.UPLOADER, "upload calls started"),
    /** Upload calls answered with success. Uploader. */
    CALLS_DELIVERED(Stage.UPLOADER, "upload calls that succeeded"),
    /** Upload calls that were throttled. Uploader. */
    CALLS_THROTTLED(Stage.UPLOADER, "upload calls that were throttled"),
    /** Upload calls that failed for a passing reason. Uploader. */
    CALLS_TRANSIENT(Stage.UPLOADER, "upload calls that failed for a passing reason"),
    /** Upload calls that the service refused. Uploader. */
    CALLS_REFUSED(Stage.UPLOADER, "upload calls that the service refused"),
    /** Upload calls that failed for want of valid credentials. Uploader. */
    CALLS_DENIED(Stage.UPLOADER, "upload calls that failed for want of valid credentials"),
    /** Bytes of request bodies in successful calls. Uploader. */
    DELIVERED_BYTES(Stage.UPLOADER, "bytes of request bodies delivered"),
    /** Calls that timed out. Uploader. */
    ERROR_TIMEOUT(Stage.UPLOADER, "calls that timed out"),
    /** Calls that were refused a connection. Uploader. */
    ERROR_CONNECTION_REFUSED(Stage.UPLOADER, "calls that were refused a connection"),
    /** Calls answered with a 4xx. Uploader. */
    ERROR_HTTP_4XX(Stage.UPLOADER, "calls answered with a 4xx status"),
    /** Calls answered with a 5xx. Uploader. */
    ERROR_HTTP_5XX(Stage.UPLOADER, "calls answered with a 5xx status"),
    /** Calls whose host name could not be resolved. Uploader. */
    ERROR_UNKNOWN_HOST(Stage.UPLOADER, "calls whose host name could not be resolved"),
    /** Calls that failed otherwise. Uploader. */
    ERROR_OTHER(Stage.UPLOADER, "calls that failed otherwise");

    private final Stage stage;
    private final String help;

    Counter(Stage stage, String help) {
        this.stage = stage;
        this.help = help;
    }

    /** The stage whose thread is the only one to add to this counter. */
    public Stage stage() {
        return stage;
    }

    /** What is counted, in a few words, for metrics and the ledger. */
    public String help() {
        return help;
    }

    /** Whether this counts documents that validation turned away. */
    public boolean isRejection() {
        return name().startsWith("REJECTED_");
    }

    /** Whether this counts datagrams that the receiver read and did not keep. */
    public boolean isDrop() {
        return name().startsWith("DROPPED_");
    }

    /** Whether this counts documents that were given up. */
    public boolean isAbandonment() {
        return name().startsWith("ABANDONED_");
    }

    /** The stages, each run by one thread at a time. */
    public enum Stage {
        RECEIVER,
        VALIDATOR,
        BATCHER,
        UPLOADER;

        /** Whether there is one for each destination, and not for each source only. */
        public boolean isOfDestination() {
            return this == BATCHER || this == UPLOADER;
        }
    }
}
