package io.github.xrayd.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What the terminal shows answers: is anything lost, why, since when, what to do. */
class StatusScreenTest {
    private static DaemonStatus status(double uptime, long received, String losses, String destination)
            throws IOException {
        return new DaemonStatus(
                JsonInput.read("{\"version\":\"1.2.3\",\"pid\":7,\"time\":\"2026-11-28T00:00:0" + (int) uptime
                        + ".123Z\",\"uptimeSeconds\":" + uptime
                        + ",\"live\":true,\"ready\":true,\"problem\":null,\"received\":" + received
                        + ",\"receivedBytes\":" + received * 1024 + ",\"rejected\":{},\"dropped\":{" + losses
                        + "},\"kernelDrops\":0,\"lossTimes\":{\"dropped memoryFull\":{\"first\":\"2026-11-28T00:00:01.5Z\","
                        + "\"last\":\"2026-11-28T00:00:02.5Z\"}},\"busiestSources\":{\"10.0.0.7\":4000},\"memory\":{\"arenaBytes\":1048576,"
                        + "\"arenaUsedBytes\":1000000},\"destinations\":[" + destination + "]}"));
    }

    private static String destination(long delivered, String durations) {
        return "{\"name\":\"xray\",\"ready\":false,\"delivered\":" + delivered
                + ",\"held\":5,\"abandoned\":{},\"unprocessedByCode\":{},\"refused\":0,\"dropped\":0,"
                + "\"calls\":{\"inFlight\":3,\"limit\":8},\"callDuration\":" + durations + "}";
    }

    @Test
    void shouldShowRatesBetweenTwoMoments() throws IOException {
        String early = "{\"bounds\":[0.005,0.1,null],\"counts\":[100,0,0]}";
        String late = "{\"bounds\":[0.005,0.1,null],\"counts\":[100,10,1]}";
        DaemonStatus before = status(1, 100, "", destination(50, early));
        DaemonStatus now = status(3, 2_100, "", destination(1_050, late));
        String text = new StatusScreen(false).render(before, now);
        assertTrue(text.contains("1,000/s"), text);
        assertTrue(text.contains("500/s"), text);
        assertTrue(text.contains("3/8"), text);
        assertTrue(text.contains("57 ms"), text);
        assertTrue(text.contains("[###################.] 95 %"), text);
        assertTrue(text.contains("Nothing was lost since the daemon's start."), text);
        assertFalse(text.contains("\033"), text);
        assertTrue(new StatusScreen(true).render(before, now).contains("\033[31m"), "colours");
        assertEquals(
                "2026-11-28T00:00:03Z ready received=1,000/s xray.delivered=500/s xray.held=5 xray.spooled=0 lost=0",
                StatusScreen.line(before, now));
    }

    @Test
    void shouldSayWhatIsLostSinceWhenAndWhatToDo() throws IOException {
        StatusScreen screen = new StatusScreen(false);
        DaemonStatus before = status(1, 100, "\"memoryFull\":2", destination(50, "{}"));
        DaemonStatus now = status(2, 200, "\"memoryFull\":12", destination(50, "{}"));
        DaemonStatus later = status(3, 200, "\"memoryFull\":12", destination(50, "{}"));
        String text = screen.render(before, now);
        assertTrue(
                text.contains("dropped memoryFull")
                        && text.contains("+10  since 2026-11-28T00:00:01Z, last 2026-11-28T00:00:02Z"),
                text);
        assertTrue(text.contains("uploads failed or were slower than what came: raise --buffer-memory"), text);
        assertTrue(text.contains("busiest sources while datagrams were dropped: 10.0.0.7 (4000)"), text);
        assertTrue(screen.render(null, later).contains("since 2026-11-28T00:00:01Z"), "a single look tells it, too");
    }

    @Test
    void shouldSayWhatToDoAboutAProblem() throws IOException {
        String text = new StatusScreen(false)
                .render(
                        null,
                        new DaemonStatus(
                                JsonInput.read(
                                        "{\"live\":true,\"ready\":false,\"problem\":\"The last upload failed: refused (none has succeeded since"
                                                + " 2026-11-28T00:00:00Z)\\nMemory is nearly full: 95 %.\",\"destinations\":[]}")));
        assertTrue(
                text.contains("2026-11-28T00:00:00Z)\n    documents wait until --retry-max-age"),
                "each problem is followed by what to do: " + text);
        assertTrue(
                text.contains(
                        "\n! Memory is nearly full: 95 %.\n    raise --buffer-memory, or give a spool (--spool-dir)\n"),
                text);
        assertFalse(text.contains("xray spool ls"), text);
    }

    @Test
    void shouldTellTheLastFailedCallUnlessAProblemDoes() throws IOException {
        String destination =
                "{\"name\":\"xray\",\"problem\":%s,\"lastFailure\":\"2026-11-28T00:00:00.5Z connection refused\"}";
        StatusScreen screen = new StatusScreen(false);
        String shown = "\nlast failed call of xray: 2026-11-28T00:00:00.5Z connection refused\n";
        String text = screen.render(null, status(1, 100, "", String.format(destination, "null")));
        assertTrue(text.contains(shown), text);
        text = screen.render(null, status(1, 100, "", String.format(destination, "\"Memory is nearly full: 91 %.\"")));
        assertTrue(text.contains(shown), "the cause, such as throttling: " + text);
        text = screen.render(null, status(1, 100, "", String.format(destination, "\"The last upload failed: x\"")));
        assertFalse(text.contains("last failed call"), text);
    }

    @Test
    void shouldFindQuantilesWithinTheirBucket() {
        Map<String, Object> histogram =
                Map.of("bounds", Arrays.asList(0.1, 0.2, null), "counts", List.of(10L, 10L, 0L));
        assertEquals(0.1, DaemonStatus.quantile(Map.of(), histogram, 0.5), 1e-9);
        assertEquals(0.15, DaemonStatus.quantile(Map.of(), histogram, 0.75), 1e-9);
        assertTrue(Double.isNaN(DaemonStatus.quantile(histogram, histogram, 0.5)));
    }
}
