package io.github.xrayd.sandbox;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One telemetry record that a daemon reported.
 *
 * @param arrivalMicros when it came, in microseconds since the epoch
 * @param sender who reported it
 * @param timestampSeconds the record's time since the epoch
 * @param received {@code SegmentsReceivedCount}
 * @param sent {@code SegmentsSentCount}
 * @param spillover {@code SegmentsSpilloverCount}
 * @param rejected {@code SegmentsRejectedCount}
 * @param connectionErrors {@code BackendConnectionErrors} by the service's names
 */
public record TelemetryArrival(
        long arrivalMicros,
        TelemetrySender sender,
        double timestampSeconds,
        long received,
        long sent,
        long spillover,
        long rejected,
        Map<String, Long> connectionErrors) {

    /** Who reported a record, as the request tells; each may be null. */
    public record TelemetrySender(
            @Nullable String ec2InstanceId, @Nullable String hostname, @Nullable String resourceArn) {}

    static TelemetryArrival of(Map<String, Object> request, Map<String, Object> telemetry, long arrivalMicros) {
        Map<String, Long> errors = new LinkedHashMap<>();
        Map<String, Object> reported = Json.object(telemetry, "BackendConnectionErrors");
        if (reported != null) {
            reported.keySet().forEach(name -> errors.put(name, Json.whole(reported, name, 0)));
        }
        double timestamp = Json.number(telemetry, "Timestamp");
        return new TelemetryArrival(
                arrivalMicros,
                new TelemetrySender(
                        Json.string(request, "EC2InstanceId"),
                        Json.string(request, "Hostname"),
                        Json.string(request, "ResourceARN")),
                Double.isNaN(timestamp) ? 0 : timestamp,
                Json.whole(telemetry, "SegmentsReceivedCount", 0),
                Json.whole(telemetry, "SegmentsSentCount", 0),
                Json.whole(telemetry, "SegmentsSpilloverCount", 0),
                Json.whole(telemetry, "SegmentsRejectedCount", 0),
                Map.copyOf(errors));
    }

    Map<String, Object> toJson() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("arrivalMicros", arrivalMicros);
        json.put("EC2InstanceId", sender.ec2InstanceId());
        json.put("Hostname", sender.hostname());
        json.put("ResourceARN", sender.resourceArn());
        json.put("Timestamp", Json.seconds(timestampSeconds));
        json.put("SegmentsReceivedCount", received);
        json.put("SegmentsSentCount", sent);
        json.put("SegmentsSpilloverCount", spillover);
        json.put("SegmentsRejectedCount", rejected);
        json.put("BackendConnectionErrors", connectionErrors);
        return json;
    }
}
