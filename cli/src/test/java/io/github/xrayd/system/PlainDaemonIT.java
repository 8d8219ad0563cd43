package io.github.xrayd.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.xrayd.child.DaemonProcess;
import io.github.xrayd.sandbox.Sandbox;
import io.github.xrayd.sandbox.SandboxConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * A daemon without the options of OTLP and Kafka, and without a flight recording, pays nothing for them: it loads none
 * of their classes.
 */
@EnabledOnOs(OS.LINUX)
@Timeout(60)
class PlainDaemonIT {
    @TempDir
    Path folder;

    @Test
    void shouldLoadNoClassOfAConnector() throws Exception {
        Path classes = folder.resolve("classes.txt");
        Installed.Host host = new Installed.Host(
                Installed.HOME, List.of(), Map.of("XRAY_JAVA_OPTS", "-Xlog:class+load:file=" + classes));
        try (Sandbox sandbox = Sandbox.start(SandboxConfig.builder().build());
                DaemonProcess daemon = Installed.start(host, sandbox.endpoint(), "-m", "16");
                Datagrams datagrams = new Datagrams(daemon.udp())) {
            Arrived arrived = Arrived.at(sandbox);
            datagrams.sendDocument("{\"name\":\"plain\",\"id\":\"0000000000000001\"}");
            Await.until("the document arrives", Await.LONG, () -> arrived.count() == 1);
            daemon.stop();
        }
        List<String> loaded = Files.readAllLines(classes);
        assertTrue(
                loaded.stream().anyMatch(line -> line.contains(" io.github.xrayd.engine.Engine ")),
                "no class is listed");
        assertEquals(
                List.of(),
                loaded.stream()
                        .filter(line -> line.contains(" org.apache.kafka.")
                                || line.contains(" com.google.protobuf.")
                                || line.contains(" io.github.xrayd.connectors.")
                                || line.contains(" io.github.xrayd.cli.Kafka")
                                || line.contains(" io.github.xrayd.engine.flight.jfr.")
                                || line.contains(" jdk.jfr.Event "))
                        .toList());
    }
}
