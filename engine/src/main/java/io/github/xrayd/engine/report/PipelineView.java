package io.github.xrayd.engine.report;

import io.github.xrayd.engine.telemetry.Counter;
import io.github.xrayd.engine.validate.RejectionSamples;

/** What the log tells of one pipeline. Asked by the reporter's thread. */
public interface PipelineView {
    /** What was rejected lately. */
    RejectionSamples rejectionSamples();

    /** What went wrong with its source since this was last asked, as a line of the log, or an empty string. */
    String takeFailure();

    /** Datagrams that the kernel dropped for want of buffer, as its source noticed; 0 when it cannot tell. */
    long kernelDrops();

    /** When its source noticed the last of them, in milliseconds since 1970, or 0. */
    long droppedAtMs();

    /** A counter of its receiver or validator. */
    long count(Counter counter);

    /**
     * Documents that were not taken for one destination, because it held up the others.
     *
     * @param destination its place in the configuration, from 0
     */
    long skipped(int destination);
}
