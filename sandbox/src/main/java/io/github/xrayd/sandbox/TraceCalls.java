package io.github.xrayd.sandbox;

import java.util.List;
import java.util.Map;

/**
 * Who calls whom within a trace: a subsegment with a namespace calls the segments that it caused, or a service inferred
 * from it; a root segment is called by a client. Pure.
 */
final class TraceCalls {
    private TraceCalls() {}

    /** Receives the calls of a trace. */
    @FunctionalInterface
    interface Visitor {
        /**
         * One call.
         *
         * @param call whose result and time are the call's: the caller's subsegment where that made this call alone,
         *     else the called segment
         * @param isInferred whether the called service sent no segment of its own
         */
        void onCall(ServiceKey caller, ServiceKey called, Segment call, boolean isInferred);
    }

    static void forEach(Trace trace, Visitor visitor) {
        Map<String, List<Segment>> byCaller = trace.segmentsByCaller();
        for (Segment segment : trace.segments()) {
            if (segment.isSubsegment()) {
                continue;
            }
            ServiceKey caller = ServiceKey.of(segment);
            if (segment.parentId() == null) {
                visitor.onCall(ServiceKey.clientOf(segment), caller, segment, false);
            }
            Trace.walk(segment, below -> call(caller, below, byCaller, visitor));
        }
    }

    private static void call(
            ServiceKey caller, Segment subsegment, Map<String, List<Segment>> byCaller, Visitor visitor) {
        List<Segment> calls = byCaller.getOrDefault(subsegment.id(), List.of());
        for (Segment called : calls) {
            boolean isTimed = subsegment.isSubsegment() && calls.size() == 1;
            visitor.onCall(caller, ServiceKey.of(called), isTimed ? subsegment : called, false);
        }
        ServiceKey inferred = calls.isEmpty() && subsegment.isSubsegment() ? ServiceKey.calledBy(subsegment) : null;
        if (inferred != null) {
            visitor.onCall(caller, inferred, subsegment, true);
        }
    }

    /** Whether a service was called that sent no segment. */
    static boolean hasInferred(Trace trace) {
        boolean[] isFound = new boolean[1];
        forEach(trace, (caller, called, call, isInferred) -> isFound[0] |= isInferred);
        return isFound[0];
    }
}
