package io.github.xrayd.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.xrayd.child.DaemonProcess;
import io.github.xrayd.sandbox.Sandbox;
import io.github.xrayd.sandbox.SandboxConfig;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** {@code --ledger-file} of the packaged daemon. */
@EnabledOnOs(OS.LINUX)
@Timeout(120)
class LedgerFileIT {
    @TempDir
    private Path folder;

    @Test
    void shouldHaveTheLedgerOfADaemonThatWasEnded() throws Exception {
        Path file = Files.writeString(folder.resolve("ledger.json"), "of the daemon before");
        try (Sandbox sandbox = Sandbox.start(SandboxConfig.builder().build());
                DaemonProcess daemon = Installed.start(sandbox.endpoint(), "--ledger-file", file.toString());
                Datagrams datagrams = new Datagrams(daemon.udp())) {
            datagrams.sendDocument("{\"id\":\"1\"}");
            datagrams.send("not a header".getBytes(StandardCharsets.UTF_8));
            Arrived.at(sandbox).assertSame(List.of("{\"id\":\"1\"}"), daemon);
            assertEquals("of the daemon before", Files.readString(file));
            daemon.terminate();
            assertEquals(0, daemon.awaitExit(Await.LONG), daemon::output);
            assertEquals(
                    "{\"received\":2,\"rejected\":{\"noHeader\":1},\"dropped\":{},\"admitted\":1,\"kernelDrops\":0,"
                            + "\"destinations\":[{\"name\":\"xray\",\"admitted\":1,\"recovered\":0,\"delivered\":1,"
                            + "\"unprocessed\":0,\"refused\":0,\"spooled\":0,\"dropped\":0,\"abandoned\":{},\"held\":0,"
                            + "\"resent\":0}]}\n",
                    Files.readString(file));
        }
    }

    @Test
    void shouldSayWhyItCannotBeWritten() throws Exception {
        Path file = folder.resolve("missing").resolve("ledger.json");
        try (Sandbox sandbox = Sandbox.start(SandboxConfig.builder().build());
                DaemonProcess daemon = Installed.start(sandbox.endpoint(), "--ledger-file", file.toString())) {
            daemon.awaitReady();
            daemon.terminate();
            assertEquals(0, daemon.awaitExit(Await.LONG), daemon::output);
            assertTrue(
                    daemon.lines().stream()
                            .anyMatch(line -> line.contains("The final ledger cannot be written to " + file)),
                    daemon::output);
        }
    }
}
