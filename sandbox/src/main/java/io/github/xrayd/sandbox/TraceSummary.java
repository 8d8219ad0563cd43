package io.github.xrayd.sandbox;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A trace in the shape of GetTraceSummaries. Pure. */
final class TraceSummary {
    private TraceSummary() {}

    static Map<String, Object> of(Trace trace) {
        Segment root = trace.root();
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("Id", Json.encodable(trace.id()));
        json.put("StartTime", Json.seconds(trace.startSeconds()));
        json.put("Duration", Json.seconds(trace.durationSeconds()));
        json.put("ResponseTime", Json.seconds(trace.responseSeconds()));
        json.put("HasFault", root.isFault());
        json.put("HasError", root.isError());
        json.put("HasThrottle", root.isThrottle());
        json.put("IsPartial", trace.isPartial());
        json.put("Http", http(root));
        Map<String, List<Object>> annotations = new LinkedHashMap<>();
        Map<String, Set<ServiceKey>> users = new LinkedHashMap<>();
        Set<ServiceKey> services = new LinkedHashSet<>();
        Set<String> callers = trace.segmentsByCaller().keySet();
        for (Segment top : trace.segments()) {
            ServiceKey service = ServiceKey.of(top);
            if (!top.isSubsegment()) {
                services.add(service);
            }
            String user = Json.string(top.fields(), "user");
            if (user != null) {
                users.computeIfAbsent(user, name -> new LinkedHashSet<>()).add(service);
            }
            Trace.walk(top, segment -> addAnnotations(segment, service, annotations));
            Trace.walk(top, segment -> {
                ServiceKey called = segment.isSubsegment() ? ServiceKey.calledBy(segment) : null;
                if (called != null && !callers.contains(segment.id())) {
                    services.add(called);
                }
            });
        }
        json.put("Annotations", annotations);
        List<Object> userList = new ArrayList<>();
        users.forEach((name, by) -> userList.add(Map.of(
                "UserName",
                Json.encodable(name),
                "ServiceIds",
                by.stream().map(ServiceKey::toJson).toList())));
        json.put("Users", userList);
        json.put("ServiceIds", services.stream().map(ServiceKey::toJson).toList());
        json.put("ResourceARNs", named(trace, SegmentFilter::resourceArns, "ARN"));
        json.put("InstanceIds", named(trace, SegmentFilter::instanceIds, "Id"));
        json.put("AvailabilityZones", named(trace, SegmentFilter::availabilityZones, "Name"));
        json.put("EntryPoint", ServiceKey.of(root).toJson());
        json.put("FaultRootCauses", RootCauses.faults(trace));
        json.put("ErrorRootCauses", RootCauses.errors(trace));
        json.put("ResponseTimeRootCauses", RootCauses.responseTimes(trace));
        json.put("Revision", trace.documents().size());
        json.put("MatchedEventTime", Json.seconds(trace.startSeconds()));
        return json;
    }

    private static List<Object> named(Trace trace, Function<Segment, List<String>> values, String key) {
        Set<String> distinct = new LinkedHashSet<>();
        trace.forEach(segment -> distinct.addAll(values.apply(segment)));
        return distinct.stream()
                .<Object>map(value -> Map.of(key, Json.encodable(value)))
                .toList();
    }

    private static Map<String, Object> http(Segment root) {
        Map<String, Object> json = new LinkedHashMap<>();
        Map<String, Object> request = root.httpRequest();
        putText(json, "HttpURL", Json.string(request, "url"));
        putText(json, "HttpMethod", Json.string(request, "method"));
        putText(json, "UserAgent", Json.string(request, "user_agent"));
        putText(json, "ClientIp", Json.string(request, "client_ip"));
        if (root.httpStatus() != 0) {
            json.put("HttpStatus", root.httpStatus());
        }
        return json;
    }

    private static void putText(Map<String, Object> json, String key, @Nullable String value) {
        if (value != null) {
            json.put(key, Json.encodable(value));
        }
    }

    private static void addAnnotations(Segment segment, ServiceKey service, Map<String, List<Object>> annotations) {
        Map<String, Object> own = Json.object(segment.fields(), "annotations");
        if (own == null) {
            return;
        }
        own.forEach((key, value) -> {
            Map<String, Object> typed = value instanceof Boolean
                    ? Map.of("BooleanValue", value)
                    : value instanceof Number
                            ? Map.of("NumberValue", value)
                            : value instanceof String text ? Map.of("StringValue", Json.encodable(text)) : null;
            if (typed != null) {
                annotations
                        .computeIfAbsent(Json.encodable(key), name -> new ArrayList<>())
                        .add(Map.of("AnnotationValue", typed, "ServiceIds", List.of(service.toJson())));
            }
        });
    }
}
