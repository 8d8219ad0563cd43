package io.github.xrayd.engine.flight.jfr;

import io.github.xrayd.engine.flight.FlightEvents;
import org.jspecify.annotations.Nullable;

/** Hands events to Java Flight Recorder, which leaves those that no recording wants. */
public final class RecordedEvents implements FlightEvents {
    @Override
    public void onSealed(String destination, int documents, int bytes, long ageNs) {
        BatchSealed event = new BatchSealed();
        if (event.isEnabled()) {
            event.destination = destination;
            event.documents = documents;
            event.bytes = bytes;
            event.age = ageNs;
            event.commit();
        }
    }

    @Override
    public CallEvent onCall(String destination, int documents, int bytes) {
        CallMade event = new CallMade();
        event.destination = destination;
        event.documents = documents;
        event.bytes = bytes;
        event.begin();
        return event;
    }

    @Override
    public void onDropped(@Nullable String destination, String reason, long count) {
        DocumentsDropped event = new DocumentsDropped();
        if (event.isEnabled()) {
            event.destination = destination;
            event.reason = reason;
            event.documents = count;
            event.commit();
        }
    }
}
