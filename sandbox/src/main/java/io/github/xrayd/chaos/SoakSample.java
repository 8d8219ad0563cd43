package io.github.xrayd.chaos;

import io.github.xrayd.child.ProcessFootprint;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a soak saw at one moment.
 *
 * @param seconds of sending since its beginning
 * @param cycle which repetition of load and faults it was
 * @param life how often the daemon had been started again
 * @param footprint what the daemon took of its host
 * @param heap what the Java heap was
 * @param held documents that were sent and had not arrived
 * @param ratePerSecond documents sent per second
 * @param phase what went wrong
 */
record SoakSample(
        double seconds,
        int cycle,
        int life,
        ProcessFootprint footprint,
        Heap heap,
        long held,
        double ratePerSecond,
        SoakPhase phase) {
    /**
     * The daemon's Java heap.
     *
     * @param liveBytes in use after the last full collection; -1 before the first
     * @param residentBytes of the resident memory, the part that is the heap; 0 when that is not known
     */
    record Heap(long liveBytes, long residentBytes) {}

    Map<String, Object> json() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("s", seconds);
        json.put("cycle", cycle);
        json.put("life", life);
        json.put("ratePerSecond", ratePerSecond);
        json.put("residentBytes", footprint.residentBytes());
        json.put("heapResidentBytes", heap.residentBytes());
        json.put("heapLiveBytes", heap.liveBytes());
        json.put("descriptors", footprint.descriptors());
        json.put("threads", footprint.threads());
        json.put("held", held);
        json.put("phase", phase.name());
        return json;
    }
}
