package io.github.xrayd.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.xrayd.child.DaemonProcess;
import io.github.xrayd.cli.XrayProcess;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** What each signal does, and what the reports of a daemon in trouble say. */
@EnabledOnOs(OS.LINUX)
@Timeout(120)
class DiagnosticsIT {
    private static final URI NO_API = URI.create("http://127.0.0.1:1");

    @TempDir
    Path folder;

    @Test
    void shouldWriteAReportAtASignalAlsoWithoutPages() throws Exception {
        Path reports = folder.resolve("reports");
        try (DaemonProcess daemon =
                        Installed.start(NO_API, "--admin-bind", "off", "--diagnostics-dir", reports.toString());
                Datagrams datagrams = new Datagrams(daemon.udp())) {
            datagrams.sendDocument("{\"name\":\"of a customer\",\"id\":\"0000000000000001\"}");
            daemon.awaitLine(line -> line.contains("Sending segment batch failed"));
            daemon.signal("USR1");
            daemon.awaitLine(line -> line.contains("Diagnostics written to " + reports));
            assertEquals(1, files(reports).size());
            Path file = files(reports).get(0);
            assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
            String text = Files.readString(file);
            for (String part : List.of(
                    "== info ==",
                    "\"diagnostics-dir\":\"" + reports,
                    "\"sinceCycleMs\":",
                    "== stalls ==\nnone",
                    "== last answers ==\nxray: 2",
                    "x TRANSIENT status=0 code=null connection=CONNECTION_REFUSED, first 2",
                    "== distinct warnings and errors of the log ==\n1 x, first 2",
                    "/proc/self/limits:",
                    "xrayd_received_total 1.0",
                    "== threads ==",
                    "\nreceiver")) {
                assertTrue(text.contains(part), () -> part + " in\n" + text);
            }
            assertFalse(text.contains("of a customer"), "it has no documents");
            assertFalse(text.contains("secret\""), "it has no secrets");

            daemon.signal("USR2");
            assertEquals(1, files(reports).size());
            assertTrue(daemon.isAlive());
        }
    }

    @Test
    void shouldPrintItsThreadsAtSigquitAndWriteAReportWhereJavaTellsOfIt() throws Exception {
        Path reports = folder.resolve("reports");
        try (DaemonProcess daemon = Installed.start(NO_API, "--diagnostics-dir", reports.toString())) {
            String line = daemon.awaitLine(one -> one.contains("diagnostics to " + reports));
            boolean isTold = line.contains("SIGUSR1 and SIGQUIT write diagnostics to ");
            int feature = Files.exists(Installed.HOME.resolve("runtime"))
                    ? 25
                    : Runtime.version().feature();
            assertTrue(
                    isTold
                            ? feature >= 22
                            : line.contains("SIGQUIT does not: needs Java 22 or later, this is " + feature)
                                    || line.contains("SIGQUIT does not: this build was made without a JDK 22"),
                    line);
            Set<String> written = new HashSet<>();
            for (int i = 0; i < (isTold ? 3 : 1); i++) {
                daemon.signal("QUIT");
                daemon.awaitLine(one -> one.startsWith("Full thread dump"));
                if (isTold) {
                    awaitNext(daemon, written);
                }
            }
            daemon.signal("USR1");
            awaitNext(daemon, written);
            assertEquals(isTold ? 4 : 1, files(reports).size());
            for (Path file : files(reports)) {
                assertTrue(Files.readString(file).contains("== threads =="), file::toString);
            }
            assertTrue(daemon.isAlive());
            daemon.stop();
        }
    }

    /** Waits until the daemon says that it wrote another report. */
    private static void awaitNext(DaemonProcess daemon, Set<String> written) throws Exception {
        written.add(daemon.awaitLine(line -> line.contains("Diagnostics written to ") && !written.contains(line)));
    }

    @Test
    void shouldWriteAReportByCommand() throws Exception {
        Path reports = folder.resolve("reports");
        try (DaemonProcess daemon = Installed.start(NO_API)) {
            // Ignored without a directory.
            daemon.signal("USR1");
            String address = "127.0.0.1:" + daemon.tcp().getPort();
            List<String> words = List.of("diagnose", "-t", address, "--diagnostics-dir", reports.toString());
            for (int i = 1; i <= 2; i++) {
                try (XrayProcess diagnose = XrayProcess.start(folder, Map.of(), words)) {
                    assertEquals(0, diagnose.end(), diagnose.err()::toString);
                    assertEquals(1, diagnose.out().size(), diagnose.out()::toString);
                    Path file = Path.of(diagnose.out().get(0));
                    assertTrue(file.getFileName().toString().contains("-" + daemon.pid()), file::toString);
                    assertTrue(Files.readString(file).contains("== distinct errors =="), file::toString);
                }
                assertEquals(i, files(reports).size());
            }
        }
    }

    @Test
    void shouldRefuseADirectoryThatCannotBe() throws Exception {
        Files.writeString(folder.resolve("file"), "");
        String reason = "--diagnostics-dir " + folder.resolve("file/reports") + " cannot be used: "
                + folder.resolve("file") + " is not a directory. Give the daemon's user the right to write there,"
                + " or name another directory.";
        for (List<String> words : List.of(
                List.of("validate", "-n", "us-east-1", "--diagnostics-dir", "file/reports"),
                List.of(
                        "-o",
                        "-n",
                        "us-east-1",
                        "-b",
                        "127.0.0.1:0",
                        "-t",
                        "127.0.0.1:0",
                        "--diagnostics-dir",
                        "file/reports"))) {
            try (XrayProcess xray = XrayProcess.start(folder, Map.of(), words)) {
                assertEquals(1, xray.end(), xray.out()::toString);
                assertTrue((xray.out() + "" + xray.err()).contains(reason), () -> xray.out() + "" + xray.err());
            }
        }
    }

    private static List<Path> files(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.toList();
        }
    }
}
