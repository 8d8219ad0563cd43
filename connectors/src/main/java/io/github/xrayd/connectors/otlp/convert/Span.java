package io.github.xrayd.connectors.otlp.convert;

import java.util.ArrayList;
import java.util.List;

/** One OTLP span. Written by the converter or decoder that makes it, then only read. */
final class Span {
    static final int INTERNAL = 1;
    static final int SERVER = 2;
    static final int CLIENT = 3;
    static final int PRODUCER = 4;
    static final int CONSUMER = 5;

    static final int STATUS_UNSET = 0;
    static final int STATUS_ERROR = 2;

    /** The trace flag of W3C's trace context for a sampled span. */
    static final int SAMPLED = 0x01;
    /** Set when it is known whether the parent is in another process. */
    static final int HAS_IS_REMOTE = 0x100;
    /** Set when the parent is in another process. */
    static final int IS_REMOTE = 0x200;

    long traceIdHigh;
    long traceIdLow;
    long id;
    /** 0 when there is no parent. */
    long parentId;

    String traceState = "";
    String name = "";
    int kind;
    long startNs;
    long endNs;
    int status;
    String statusMessage = "";
    int flags = SAMPLED;
    int droppedAttributes;
    int droppedEvents;
    int droppedLinks;
    Attributes attributes = new Attributes();
    List<Event> events = List.of();
    List<Link> links = List.of();

    /** Something that happened at one time of a span. */
    record Event(long timeNs, String name, Attributes attributes, int dropped) {}

    /** A span of this or another trace that this span has to do with. */
    record Link(
            long traceIdHigh,
            long traceIdLow,
            long spanId,
            String traceState,
            Attributes attributes,
            int dropped,
            int flags) {}

    void addEvent(Event event) {
        if (events.isEmpty()) {
            events = new ArrayList<>(2);
        }
        events.add(event);
    }

    void addLink(Link link) {
        if (links.isEmpty()) {
            links = new ArrayList<>(2);
        }
        links.add(link);
    }
}
