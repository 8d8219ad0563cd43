package io.github.xrayd.chaos;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a soak saw at one moment.
 *
 * @param seconds since its beginning
 * @param footprint what the daemon took of its host
 * @param heapBytes heap in use after the last collection
 * @param held documents that were sent and had not arrived
 * @param weather what went wrong
 */
record SoakSample(double seconds, Footprint footprint, long heapBytes, long held, SoakWeather weather) {
    Map<String, Object> json() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("s", seconds);
        json.put("residentBytes", footprint.residentBytes());
        json.put("heapAfterGcBytes", heapBytes);
        json.put("descriptors", footprint.descriptors());
        json.put("threads", footprint.threads());
        json.put("held", held);
        json.put("weather", weather.name());
        return json;
    }
}
