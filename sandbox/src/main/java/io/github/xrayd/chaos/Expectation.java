package io.github.xrayd.chaos;

/**
 * What the daemon owes its users under a fault. In every case its ledger balances and agrees with what the endpoint
 * saw.
 */
enum Expectation {
    /** Every document is delivered. */
    LOSES_NOTHING("loses nothing"),
    /** Documents may be lost; each one is counted with its reason. */
    COUNTS_LOSSES("counts every loss"),
    /**
     * The daemon is ended while documents come: every one that it received is delivered, and it received all until it
     * was asked to end.
     */
    DELIVERS_RECEIVED("delivers all that it received"),
    /** Documents must be lost, or the fault was not there; each one is counted with its reason. */
    MUST_LOSE("must lose, and counts every loss");

    private final String message;

    Expectation(String message) {
        this.message = message;
    }

    String message() {
        return message;
    }
}
