package io.github.xrayd.engine.flight;

import jdk.jfr.FlightRecorder;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether Java Flight Recorder is in use in this process, and where its events go then.
 *
 * <p>One for the process, because the recorder is. {@link #look} belongs to the reporter's thread, which asks once a
 * second; until somebody has started a recording no class of an event is loaded. A runtime without the module jdk.jfr
 * is one without recordings.
 */
public final class FlightRecording {
    private static final String EVENTS = "io.github.xrayd.engine.flight.jfr.RecordedEvents";
    private static final Logger LOG = LoggerFactory.getLogger(FlightRecording.class);

    private static volatile @Nullable FlightEvents events;
    /** Reporter's thread only. */
    private static boolean isOver;

    private FlightRecording() {}

    /** Where events go, or null while no recording has run in this process. Any thread. */
    public static @Nullable FlightEvents events() {
        return events;
    }

    /** Loads the events once a recording has been started: within a second, or five of a daemon that is idle. */
    public static void look() {
        if (isOver) {
            return;
        }
        try {
            if (FlightRecorder.isInitialized()) {
                isOver = true;
                events = Class.forName(EVENTS)
                        .asSubclass(FlightEvents.class)
                        .getDeclaredConstructor()
                        .newInstance();
            }
        } catch (LinkageError | ReflectiveOperationException e) {
            // No module jdk.jfr, or the jars were replaced since the start.
            isOver = true;
            LOG.debug("No events for flight recordings: {}", e.toString());
        }
    }
}
