package io.github.xrayd.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.xrayd.child.DaemonProcess;
import io.github.xrayd.load.LoadConfig;
import io.github.xrayd.load.LoadGenerator;
import io.github.xrayd.load.LoadListener;
import io.github.xrayd.sandbox.Sandbox;
import io.github.xrayd.sandbox.SandboxConfig;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * The commands of docs/MONITORING.md record a running daemon, and what the events say agrees with its ledger and its
 * metrics.
 */
@EnabledOnOs(OS.LINUX)
@Timeout(120)
class FlightRecordingIT {
    private static final int DOCUMENTS = 5_000;

    @TempDir
    Path folder;

    @Test
    void shouldRecordWhatTheLedgerCounts() throws Exception {
        List<String> commands = DocumentationTest.commandsFor(FlightRecordingIT.class);
        assertEquals(2, commands.size());
        try (Sandbox sandbox = Sandbox.start(SandboxConfig.builder().build());
                DaemonProcess daemon = Installed.start(sandbox.endpoint(), "-m", "16");
                Datagrams datagrams = new Datagrams(daemon.udp())) {
            daemon.awaitReady();
            run(daemon, commands.get(0));
            // The daemon looks once a second for a recording: what it rejects is in the recording from then on.
            int port = daemon.tcp().getPort();
            Path probe = folder.resolve("probe.jfr");
            Await.until("the recording has the daemon's events", Await.LONG, () -> {
                datagrams.send("not a header".getBytes(StandardCharsets.UTF_8));
                run(daemon, "jcmd $PID JFR.dump name=xray filename=" + probe);
                return !events(probe, "xrayd.DocumentsDropped").isEmpty();
            });
            Scrape before = Scrape.of(port);
            LoadConfig load = LoadConfig.to(daemon.udp())
                    .ratePerSecond(2_500)
                    .count(DOCUMENTS)
                    .build();
            LoadGenerator.run(load, LoadListener.NONE);
            Await.until(
                    "all is delivered",
                    Await.LONG,
                    () -> Scrape.of(port).sum("xrayd_delivered_total", "xray") == DOCUMENTS);
            Scrape after = Scrape.of(port);
            String said = run(daemon, commands.get(1));
            assertTrue(said.contains("xrayd.CallMade {"), said);

            Path recording = folder.resolve("xray.jfr");
            List<RecordedEvent> sealed = events(recording, "xrayd.BatchSealed").stream()
                    .filter(event -> event.getString("destination").equals("xray"))
                    .toList();
            assertEquals(DOCUMENTS, sum(sealed, "documents"));
            List<RecordedEvent> calls = events(recording, "xrayd.CallMade");
            assertEquals(DOCUMENTS, sum(calls, "documents"));
            assertEquals(
                    after.sum("xrayd_calls_ended_total", "delivered")
                            - before.sum("xrayd_calls_ended_total", "delivered"),
                    calls.size());
            assertTrue(calls.stream().allMatch(call -> call.getInt("status") == 200), calls::toString);
            // Would be none if the daemon took the signal by which Java stops a thread to look at it.
            assertTrue(!events(recording, "jdk.ExecutionSample").isEmpty(), "there are samples");
            daemon.stop();
        }
    }

    private String run(DaemonProcess daemon, String commands) throws Exception {
        String home = System.getProperty("java.home");
        return Tool.run(folder, "bash", "-euc", "PATH=" + home + "/bin:$PATH; PID=" + daemon.pid() + "\n" + commands);
    }

    private static List<RecordedEvent> events(Path file, String name) throws Exception {
        return RecordingFile.readAllEvents(file).stream()
                .filter(event -> event.getEventType().getName().equals(name))
                .toList();
    }

    private static long sum(List<RecordedEvent> events, String field) {
        return events.stream().mapToLong(event -> event.getLong(field)).sum();
    }
}
