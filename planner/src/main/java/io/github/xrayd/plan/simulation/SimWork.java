package io.github.xrayd.plan.simulation;

/** Processor time: the data path takes what it needs first, calls start while there is some left. */
final class SimWork {
    private final Scenario.Work work;
    private double creditNs;
    private double carried;
    private double usedNs;
    private long lastCallNs;
    private long awakeToNs = -1;

    SimWork(Scenario.Work work) {
        this.work = work;
    }

    /**
     * How many of the segments that wait in the socket the data path gets through in a tick.
     *
     * @param waiting segments in the socket's buffer
     */
    long onTick(long waiting, long tickNs) {
        if (work.segmentNs() == 0) {
            return waiting;
        }
        double threads = Math.min(work.threads(), work.cores());
        double able = threads * tickNs / work.segmentNs() + carried;
        long taken = Math.min(waiting, (long) able);
        carried = waiting > taken ? able - taken : 0;
        double spentNs = taken * work.segmentNs();
        usedNs += spentNs;
        // What a tick leaves over cannot be saved for later.
        creditNs = Math.min(work.cores() * tickNs, creditNs + work.cores() * tickNs) - spentNs;
        return taken;
    }

    /**
     * The data path's wake-ups in a tick: it goes on for two sleeps after the last work, and one wake-up ends a block.
     *
     * @param isActive whether anything came or was answered
     */
    void onWakeUps(long startNs, long tickNs, boolean isActive) {
        double wakeUps = 0;
        if (isActive) {
            wakeUps = startNs > awakeToNs ? 1 : 0;
            awakeToNs = startNs + 2 * work.gatherNs();
        }
        wakeUps += (double) Math.min(tickNs, Math.max(0, awakeToNs - startNs)) / work.gatherNs();
        usedNs += wakeUps * work.wakeUpNs();
        creditNs -= wakeUps * work.wakeUpNs();
    }

    /** Whether a call may have a core now. */
    boolean isFree() {
        return creditNs >= 0;
    }

    /** A call starts: the processor time it takes. */
    long onCall(int documents, long nowNs) {
        double callNs = work.callNs() + work.callDocumentNs() * documents;
        if (work.callColdNs() > 0) {
            callNs += work.callColdNs() * Scenario.Work.coldness((nowNs - lastCallNs) * 1e-9);
            lastCallNs = nowNs;
        }
        creditNs -= work.segmentNs() == 0 ? 0 : callNs;
        usedNs += callNs;
        return (long) callNs;
    }

    /** A call has failed: reading why takes processor time beside. */
    void onFailure() {
        creditNs -= work.callFailedNs();
        usedNs += work.callFailedNs();
    }

    /** Begins to count anew. */
    void forget() {
        usedNs = 0;
    }

    /** Processor time of all so far. */
    double usedNs() {
        return usedNs;
    }
}
