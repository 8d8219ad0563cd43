package io.github.xrayd.cli.migrate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is found without being named, in the root of a host that has what the official packages install. */
class InstalledDaemonsTest {
    private static final String UNIT = "[Service]\nExecStart=/usr/bin/xray -f /var/log/xray/xray.log\n";

    @TempDir
    Path root;

    private void write(String name, String text) throws IOException {
        Path file = root.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }

    private void process(int pid, String... words) throws IOException {
        write("proc/" + pid + "/cmdline", String.join("\0", words) + "\0");
        write("proc/" + pid + "/environ", "HOME=/\0AWS_PROFILE=p\0");
    }

    private Migration migrate() throws IOException, MigrationException {
        return new MigrationInput(root, "").migrate(Set.of());
    }

    @Test
    void shouldPreferADaemonThatRuns() throws Exception {
        write("etc/systemd/system/xray.service", UNIT);
        process(4711, "/usr/bin/xray", "-n", "eu-west-1", "-c", "my.yaml");
        write("proc/4711/cwd/my.yaml", "TotalBufferSizeMB: 50\nVersion: 2\n");
        // Neither a shell that names it nor xrayd itself is an official daemon.
        process(4712, "/bin/sh", "-c", "/usr/bin/xray -n us-east-1");
        process(4713, "/usr/lib/jvm/bin/java", "io.github.xrayd.cli.Main", "xray");
        process(4714);
        Migration migration = migrate();
        assertEquals("process 4711", migration.origin());
        assertEquals(Map.of("Region", "eu-west-1", "TotalBufferSizeMB", 50L), migration.written());
        assertTrue(migration.remarks().contains(new Remark(Remark.Kind.STAYS, "AWS_PROFILE", "both read it")));
    }

    @Test
    void shouldReadTheFileThatAContainersDaemonSees() throws Exception {
        process(1, "/xray", "-b", "0.0.0.0:2000");
        write("proc/1/root/etc/amazon/xray/cfg.yaml", "Region: ap-northeast-1\nVersion: 2\n");
        write("etc/amazon/xray/cfg.yaml", "Region: us-east-1\nVersion: 2\n");
        assertEquals(
                Map.of("Region", "ap-northeast-1", "Socket.UDPAddress", "0.0.0.0:2000"),
                migrate().written());
    }

    @Test
    void shouldAskWhichOfSeveral() throws Exception {
        process(4711, "xray");
        process(815, "./xray_linux", "-o");
        MigrationException e = assertThrows(MigrationException.class, this::migrate);
        assertEquals("several official daemons run: choose one with --pid: 815, 4711", e.getMessage());
    }

    @Test
    void shouldFindWhatIsInstalled() throws Exception {
        assertTrue(String.valueOf(
                        assertThrows(MigrationException.class, this::migrate).getMessage())
                .startsWith("no official daemon runs or is installed here"));
        write("etc/amazon/xray/cfg.yaml", "Region: us-east-1\nVersion: 2\n");
        assertEquals("this host's file", migrate().origin());
        assertEquals(Map.of("Region", "us-east-1"), migrate().written());
        write("lib/systemd/system/xray.service", UNIT);
        Migration unit = migrate();
        assertTrue(unit.origin().startsWith("unit "), unit.origin());
        assertEquals(Map.of("Region", "us-east-1", "Logging.LogPath", "/var/log/xray/xray.log"), unit.written());
    }
}
