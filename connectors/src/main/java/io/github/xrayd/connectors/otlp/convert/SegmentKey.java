package io.github.xrayd.connectors.otlp.convert;

/** A segment or subsegment within its trace. */
record SegmentKey(long traceIdHigh, long traceIdLow, long id) {
    @Override
    public int hashCode() {
        return Long.hashCode(TraceIds.derived(traceIdLow ^ traceIdHigh, id));
    }
}
