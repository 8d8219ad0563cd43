package io.github.xrayd.sandbox;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;

/** The last telemetry records that daemons reported. Thread-safe. */
public final class TelemetryLog {
    /** The most records that are kept. */
    static final int RECORDS_MAX = 1_000;

    private final Deque<TelemetryArrival> records = new ArrayDeque<>();
    private long received;

    TelemetryLog() {}

    void onRequest(Map<String, Object> request, long arrivalMicros) throws ApiException {
        if (!(request.get("TelemetryRecords") instanceof List<?> list)) {
            throw ApiException.invalidRequest("TelemetryRecords is missing");
        }
        requireLength(request, "EC2InstanceId", 20);
        requireLength(request, "Hostname", 255);
        requireLength(request, "ResourceARN", 500);
        List<TelemetryArrival> arrived = new ArrayList<>();
        for (Object element : list) {
            Map<String, Object> telemetry = Json.object(element);
            if (telemetry == null || Double.isNaN(Json.number(telemetry, "Timestamp"))) {
                throw ApiException.invalidRequest("A telemetry record has no Timestamp");
            }
            arrived.add(TelemetryArrival.of(request, telemetry, arrivalMicros));
        }
        synchronized (this) {
            received += arrived.size();
            records.addAll(arrived);
            while (records.size() > RECORDS_MAX) {
                records.removeFirst();
            }
        }
    }

    private static void requireLength(Map<String, Object> request, String key, int lengthMax) throws ApiException {
        if (Json.string(request, key, "").length() > lengthMax) {
            throw ApiException.invalidRequest(key + " must have at most " + lengthMax + " characters");
        }
    }

    /** The last records, oldest first, at most 1,000. */
    public synchronized List<TelemetryArrival> records() {
        return List.copyOf(records);
    }

    /** Records received so far. */
    public synchronized long received() {
        return received;
    }
}
