package io.github.xrayd.sandbox;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The root causes of a trace, in the shapes of GetTraceSummaries. A fault's or an error's cause is the deepest element
 * that has it, with the path that leads there; the cause of the response time is where the time was spent: from the
 * root on, the longest part as long as it takes more than half of what it is part of. Pure.
 */
final class RootCauses {
    /** The most root causes of one kind in a trace. */
    static final int COUNT_MAX = 20;

    /** The longest path, in elements. */
    private static final int DEPTH_MAX = 200;

    private static final String UNKNOWN = "unknown";

    private final Trace trace;
    private final Map<String, List<Segment>> byCaller;
    private final Predicate<Segment> isTroubled;
    private final Set<Segment> visited = Collections.newSetFromMap(new IdentityHashMap<>());
    private final List<Segment> path = new ArrayList<>();
    private final List<Map<String, Object>> causes = new ArrayList<>();

    private RootCauses(Trace trace, Predicate<Segment> isTroubled) {
        this.trace = trace;
        this.byCaller = trace.segmentsByCaller();
        this.isTroubled = isTroubled;
    }

    /** {@code FaultRootCauses}. */
    static List<Map<String, Object>> faults(Trace trace) {
        return new RootCauses(trace, Segment::isFault).find();
    }

    /** {@code ErrorRootCauses}. */
    static List<Map<String, Object>> errors(Trace trace) {
        return new RootCauses(trace, segment -> segment.isError() || segment.isThrottle()).find();
    }

    private List<Map<String, Object>> find() {
        if (trace.anyMatch(isTroubled)) {
            isCausedBelow(trace.root());
            trace.segments().forEach(this::isCausedBelow);
        }
        return causes;
    }

    /** Whether this element or one below it has the trouble; the deepest ones are noted. */
    private boolean isCausedBelow(Segment element) {
        if (path.size() == DEPTH_MAX || causes.size() == COUNT_MAX || !visited.add(element)) {
            return false;
        }
        path.add(element);
        boolean isBelow = false;
        for (Segment child : element.children()) {
            isBelow |= isCausedBelow(child);
        }
        for (Segment called : byCaller.getOrDefault(element.id(), List.of())) {
            isBelow |= isCausedBelow(called);
        }
        boolean isHere = isTroubled.test(element);
        if (isHere && !isBelow && causes.size() < COUNT_MAX) {
            Map<String, Object> cause = new LinkedHashMap<>();
            cause.put("Services", services(path, this::withExceptions));
            cause.put("ClientImpacting", path.get(0).id().equals(trace.root().id()) && isTroubled.test(trace.root()));
            causes.add(cause);
        }
        path.remove(path.size() - 1);
        return isHere || isBelow;
    }

    /** {@code ResponseTimeRootCauses}: one, or none for a trace without a duration. */
    static List<Map<String, Object>> responseTimes(Trace trace) {
        double total = trace.root().durationSeconds();
        if (total <= 0) {
            return List.of();
        }
        RootCauses found = new RootCauses(trace, segment -> true);
        Segment element = trace.root();
        while (element != null && found.path.size() < DEPTH_MAX && found.visited.add(element)) {
            found.path.add(element);
            element = found.longestPart(element);
        }
        Map<String, Object> cause = new LinkedHashMap<>();
        cause.put("Services", found.services(found.path, (part, entity) -> {
            entity.put("Coverage", Json.share(Math.min(1, part.durationSeconds() / total)));
        }));
        cause.put("ClientImpacting", true);
        return List.of(cause);
    }

    private @Nullable Segment longestPart(Segment element) {
        List<Segment> parts = new ArrayList<>(element.children());
        parts.addAll(byCaller.getOrDefault(element.id(), List.of()));
        Segment longest = null;
        for (Segment part : parts) {
            if (longest == null || part.durationSeconds() > longest.durationSeconds()) {
                longest = part;
            }
        }
        return longest != null && longest.durationSeconds() > element.durationSeconds() / 2 ? longest : null;
    }

    /** Adds to an entity what its kind of cause has. */
    private interface EntityWriter {
        void write(Segment element, Map<String, Object> entity);
    }

    private void withExceptions(Segment element, Map<String, Object> entity) {
        List<Object> exceptions = new ArrayList<>();
        for (Object each : Json.list(Json.object(element.fields(), "cause"), "exceptions")) {
            Map<String, Object> exception = Json.object(each);
            if (exception != null) {
                Map<String, Object> json = new LinkedHashMap<>();
                json.put("Name", Json.encodable(Json.string(exception, "type", UNKNOWN)));
                json.put("Message", Json.encodable(Json.string(exception, "message", "")));
                exceptions.add(json);
            }
        }
        entity.put("Exceptions", exceptions);
    }

    /** The services along a path, each with the entities that it is passed through. */
    private List<Object> services(List<Segment> elements, EntityWriter writer) {
        List<Object> services = new ArrayList<>();
        List<Object> entities = new ArrayList<>();
        for (Segment element : elements) {
            if (services.isEmpty() || !element.isSubsegment()) {
                entities = new ArrayList<>();
                services.add(service(ServiceKey.of(element), false, entities));
            }
            entities.add(entity(element, element.name(), writer));
        }
        Segment last = elements.get(elements.size() - 1);
        ServiceKey inferred =
                last.isSubsegment() && !byCaller.containsKey(last.id()) ? ServiceKey.calledBy(last) : null;
        if (inferred != null) {
            services.add(service(inferred, true, List.of(entity(last, inferred.name(), writer))));
        }
        return services;
    }

    private static Map<String, Object> service(ServiceKey key, boolean isInferred, List<Object> entities) {
        Map<String, Object> service = key.toJson();
        // Readers, such as Grafana's data source, expect a type.
        service.putIfAbsent("Type", UNKNOWN);
        service.put("EntityPath", entities);
        service.put("Inferred", isInferred);
        return service;
    }

    private static Map<String, Object> entity(Segment element, String name, EntityWriter writer) {
        Map<String, Object> entity = new LinkedHashMap<>();
        entity.put("Name", Json.encodable(name));
        writer.write(element, entity);
        entity.put("Remote", element.isSubsegment() && !element.namespace().isEmpty());
        return entity;
    }
}
