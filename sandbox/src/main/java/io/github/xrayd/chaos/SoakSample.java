package io.github.xrayd.chaos;

import io.github.xrayd.child.ProcessFootprint;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a soak saw at one moment.
 *
 * @param seconds of sending since its beginning
 * @param life how often the daemon had been started again
 * @param footprint what the daemon took of its host
 * @param heapBytes heap in use after the last collection
 * @param held documents that were sent and had not arrived
 * @param ratePerSecond documents sent per second
 * @param phase what went wrong
 */
record SoakSample(
        double seconds,
        int life,
        ProcessFootprint footprint,
        long heapBytes,
        long held,
        double ratePerSecond,
        SoakPhase phase) {
    Map<String, Object> json() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("s", seconds);
        json.put("life", life);
        json.put("ratePerSecond", ratePerSecond);
        json.put("residentBytes", footprint.residentBytes());
        json.put("heapAfterGcBytes", heapBytes);
        json.put("descriptors", footprint.descriptors());
        json.put("threads", footprint.threads());
        json.put("held", held);
        json.put("phase", phase.name());
        return json;
    }
}
