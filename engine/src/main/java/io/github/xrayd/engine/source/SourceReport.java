package io.github.xrayd.engine.source;

import java.util.Map;
import java.util.StringJoiner;

/**
 * Who sent most in a second in which datagrams were dropped.
 *
 * @param dropped datagrams of that second that were read and not kept
 * @param arrived all datagrams of that second
 * @param busiest datagrams by address, the busiest source first
 */
public record SourceReport(long dropped, long arrived, Map<String, Long> busiest) {
    /** As a line of the log. */
    @Override
    public String toString() {
        StringJoiner names = new StringJoiner(", ");
        busiest.forEach((address, count) -> names.add(address + " (" + count + ")"));
        return "Dropped " + dropped + " of " + arrived + " datagrams within a second; most came from " + names;
    }
}
