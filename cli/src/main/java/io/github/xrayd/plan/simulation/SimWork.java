package io.github.xrayd.plan.simulation;

/** Processor time: the data path takes what it needs first, calls start while there is some left. */
final class SimWork {
    private final Scenario.Work work;
    private double creditNs;
    private double carried;
    private double usedNs;

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

    /** Whether a call may have a core now. */
    boolean isFree() {
        return creditNs >= 0;
    }

    /** A call starts: the processor time it takes. */
    long onCall(SimBatch batch) {
        double callNs = work.callNs() + work.callDocumentNs() * batch.documents;
        creditNs -= work.segmentNs() == 0 ? 0 : callNs;
        usedNs += callNs;
        return (long) callNs;
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
