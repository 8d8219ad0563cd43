package io.github.xrayd.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.xrayd.child.DaemonProcess;
import io.github.xrayd.sandbox.Sandbox;
import io.github.xrayd.sandbox.SandboxConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/** The distribution of {@code mvn -Pruntime package} needs no Java; in that profile only. */
@EnabledIfSystemProperty(named = "xrayd.runtime", matches = "true", disabledReason = "only with -Pruntime")
@Timeout(90)
class RuntimeIT {
    private static final Path HOME =
            Path.of(System.getProperty("xrayd.home", "target/xray")).toAbsolutePath();

    @TempDir
    private Path directory;

    @Test
    void shouldDeliverWithoutAnyJava() throws Exception {
        // Where the launcher would look: neither JAVA_HOME, nor PATH; /usr/lib/jvm it does not even read.
        List<String> withoutJava = List.of("/usr/bin/env", "-u", "JAVA_HOME", "PATH=" + toolsWithoutJava());
        try (Sandbox sandbox = Sandbox.start(SandboxConfig.builder().build());
                DaemonProcess daemon = Installed.start(Installed.Host.by(withoutJava), sandbox.endpoint());
                Datagrams datagrams = new Datagrams(daemon.udp())) {
            Arrived arrived = Arrived.at(sandbox);
            datagrams.sendDocument("{\"id\":\"1\"}");
            arrived.assertSame(List.of("{\"id\":\"1\"}"), daemon);
            assertEquals(
                    HOME.resolve("runtime/bin/java").toString(),
                    daemon.handle().info().command().orElse(""));
            assertTrue(
                    Files.readString(Path.of("/proc/" + daemon.handle().pid() + "/maps"))
                            .contains("/lib/xray-"),
                    "the archive is not used");
            assertEquals(1, daemon.stop().delivered());
        }
    }

    /** A folder with the programs that the launcher may call, and no java. */
    private Path toolsWithoutJava() throws Exception {
        for (String tool : List.of("env", "readlink", "true")) {
            Files.createSymbolicLink(directory.resolve(tool), Path.of("/usr/bin", tool));
        }
        return directory;
    }
}
