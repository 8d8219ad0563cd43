package io.github.xrayd.engine.flight;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FlightRecordingTest {
    @TempDir
    Path directory;

    @Test
    void shouldWriteEventsWithUnits() throws Exception {
        List<RecordedEvent> events = record(FlightRecordingTest::tell);

        RecordedEvent sealed = only(events, "xrayd.BatchSealed");
        assertEquals(List.of("X-Ray daemon"), sealed.getEventType().getCategoryNames());
        assertEquals("xray", sealed.getString("destination"));
        assertEquals(50, sealed.getInt("documents"));
        assertEquals(60_000, sealed.getInt("bytes"));
        assertEquals(250, sealed.getDuration("age").toMillis());
        assertEquals("jdk.jfr.DataAmount", unit(sealed, "bytes"));
        RecordedEvent call = only(events, "xrayd.CallMade");
        assertTrue(call.getDuration().toNanos() > 0, "a call lasts");
        assertEquals("throttled", call.getString("result"));
        assertEquals(429, call.getInt("status"));
        assertEquals("ThrottledException", call.getString("error"));
        RecordedEvent dropped = only(events, "xrayd.DocumentsDropped");
        assertEquals("dropped_memory_full", dropped.getString("reason"));
        assertEquals(7, dropped.getLong("documents"));
    }

    private static void tell() {
        FlightRecording.look();
        FlightEvents sink = FlightRecording.events();
        assertNotNull(sink);
        sink.onSealed("xray", 50, 60_000, 250_000_000);
        sink.onCall("xray", 50, 60_000).onEnd("throttled", 429, "ThrottledException", 0);
        sink.onDropped(null, "dropped_memory_full", 7);
    }

    private static String unit(RecordedEvent event, String field) {
        return event.getEventType().getField(field).getAnnotationElements().stream()
                .map(annotation -> annotation.getTypeName())
                .filter(name -> name.endsWith("DataAmount"))
                .findFirst()
                .orElse("");
    }

    private List<RecordedEvent> record(Runnable task) throws IOException {
        Path file = directory.resolve("recording.jfr");
        try (Recording recording = new Recording()) {
            recording.start();
            task.run();
            recording.stop();
            recording.dump(file);
        }
        return RecordingFile.readAllEvents(file);
    }

    private static RecordedEvent only(List<RecordedEvent> events, String name) {
        List<RecordedEvent> found = events.stream()
                .filter(event -> event.getEventType().getName().equals(name))
                .toList();
        assertEquals(1, found.size(), name);
        return found.get(0);
    }
}
