package io.github.xrayd.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.xrayd.engine.encode.BodyEncoding;
import io.github.xrayd.engine.spool.Spool;
import io.github.xrayd.engine.spool.SpoolSettings;
import io.github.xrayd.sandbox.Sandbox;
import io.github.xrayd.sandbox.SandboxConfig;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SpoolCommandTest {
    private static final String PREFIX = "{\"TraceSegmentDocuments\":[";

    @TempDir
    Path folder;

    private Path directory;

    @BeforeEach
    void fill() throws IOException {
        directory = folder.resolve("spool");
        try (Spool spool = Spool.open(new SpoolSettings(directory, 1 << 20))) {
            for (int i = 0; i < 3; i++) {
                String document = "\"{\\\"id\\\":\\\"000000000000000" + i + "\\\"}\"";
                String body = PREFIX + document + "," + document + "]}";
                int[] starts = {PREFIX.length(), PREFIX.length() + document.length() + 1};
                assertTrue(spool.append(
                        ByteBuffer.wrap(body.getBytes(StandardCharsets.UTF_8)), starts, 1_700_000_000_000L));
            }
        }
    }

    private Call spool(String... words) {
        List<String> all = new ArrayList<>(List.of("spool"));
        Collections.addAll(all, words);
        return Call.of(folder, all.toArray(new String[0]));
    }

    @Test
    void shouldListWhatWaitsAsTextAndAsJson() {
        Call text = spool("ls", "--spool-dir", directory.toString());
        assertEquals(0, text.exitCode(), text.err());
        assertTrue(text.out().contains("6 documents in 3 batches wait in " + directory), text.out());
        assertTrue(text.out().contains("2023-11-14T22:13:20Z"), text.out());
        Call json = spool("ls", "--json", "--spool-dir=" + directory);
        assertTrue(json.out().contains("\"documents\":6"), json.out());
        assertTrue(json.out().contains("\"state\":\"good\""), json.out());
        assertTrue(json.out().contains("\"encoding\":\"X-Ray JSON\""), json.out());
    }

    @Test
    void shouldSayWhatIsNoWholeFile() throws IOException {
        Files.createDirectory(directory.resolve("0000000002.spool"));
        Files.createSymbolicLink(directory.resolve("0000000003.spool"), folder.resolve("0000000001.spool"));
        Files.write(directory.resolve("0000000004.spool"), new byte[5000]);
        Path whole = directory.resolve("0000000001.spool");
        byte[] bytes = Files.readAllBytes(whole);
        Files.write(whole, Arrays.copyOf(bytes, bytes.length - 3));
        Call text = spool("ls", "--spool-dir", directory.toString());
        assertEquals(0, text.exitCode(), text.err());
        for (String line : List.of(
                "0000000001.spool +unfinished +X-Ray JSON .*the last [1-9][0-9]+ bytes are no whole record",
                "0000000002.spool +refused .*it is a directory, not a file",
                "0000000003.spool +refused .*it is a symbolic link, not a file",
                "0000000004.spool +damaged .*an unknown number of records are missing")) {
            assertTrue(text.out().lines().anyMatch(l -> l.matches(line)), line + " in " + text.out());
        }
        assertTrue(text.out().contains("4 documents in 2 batches wait"), text.out());
    }

    @Test
    void shouldTakeTheDirectoryFromTheConfigurationFile() throws IOException {
        Path file = folder.resolve("spool.yaml");
        Files.writeString(file, "Version: 2\nXrayd:\n  SpoolDir: " + directory + "\n");
        assertEquals(0, spool("ls", "-c", file.toString()).exitCode());
    }

    @Test
    void shouldSayWhatIsMissingOrWrong() {
        assertEquals(2, spool().exitCode());
        Call none = spool("ls");
        assertEquals(2, none.exitCode());
        assertTrue(none.err().contains("no spool directory is set: give --spool-dir DIR"), none.err());
        Call missing = spool("ls", "--spool-dir", folder.resolve("nothing").toString());
        assertEquals(1, missing.exitCode());
        assertTrue(missing.err().contains("is no directory"), missing.err());
        assertEquals(2, spool("drop", "--spool-dir", directory.toString()).exitCode());
        assertEquals(2, spool("ls", "--nonsense").exitCode());
        Call name = spool("drop", "--file", "0000000009.spool", "--spool-dir", directory.toString());
        assertEquals(1, name.exitCode());
        assertTrue(name.err().contains("there is no file 0000000009.spool"), name.err());
    }

    @Test
    void shouldDropNothingWhileADaemonHasTheDirectoryAndAllWithoutOne() throws IOException {
        try (Spool held = Spool.open(new SpoolSettings(directory, 1 << 20))) {
            assertTrue(held.state().isOk());
            for (String command : List.of("drop --all --yes", "replay --endpoint http://127.0.0.1:1 -n us-east-1")) {
                List<String> words = new ArrayList<>(List.of(command.split(" ")));
                words.addAll(List.of("--spool-dir", directory.toString()));
                Call locked = spool(words.toArray(new String[0]));
                assertEquals(1, locked.exitCode(), locked.out());
                assertTrue(locked.err().contains("is in use"), locked.err());
            }
        }
        Call unasked = spool("drop", "--all", "--spool-dir", directory.toString());
        assertEquals(2, unasked.exitCode(), unasked.out());
        assertTrue(unasked.err().contains("give --yes to delete"), unasked.err());
        Call dry = spool("drop", "--all", "--dry-run", "--spool-dir", directory.toString());
        assertEquals(0, dry.exitCode(), dry.err());
        assertTrue(dry.out().contains("would delete ") && dry.out().contains("1 files would be deleted"), dry.out());
        assertTrue(spool("ls", "--spool-dir", directory.toString()).out().contains("6 documents in "));
        Call dropped = spool("drop", "--all", "--yes", "--spool-dir", directory.toString());
        assertEquals(0, dropped.exitCode(), dropped.err());
        assertTrue(dropped.out().contains("(good, 6 documents)"), dropped.out());
        assertTrue(spool("ls", "--spool-dir", directory.toString()).out().contains("0 documents in 0 batches"));
    }

    private List<String> replay(Sandbox xray) {
        return List.of(
                "replay",
                "--spool-dir",
                directory.toString(),
                "-o",
                "-n",
                SandboxConfig.REGION,
                "--endpoint",
                xray.endpoint().toString());
    }

    @Test
    void shouldDeliverAllAndLeaveAnEmptySpool() throws IOException {
        System.setProperty("aws.accessKeyId", SandboxConfig.ACCESS_KEY);
        System.setProperty("aws.secretAccessKey", SandboxConfig.SECRET_KEY);
        try (Sandbox sandbox = Sandbox.start(SandboxConfig.builder().build())) {
            List<String> arrived = Collections.synchronizedList(new ArrayList<>());
            sandbox.arrivals().addListener((document, micros) -> arrived.add(document));
            Call replayed = spool(replay(sandbox).toArray(new String[0]));
            assertEquals(0, replayed.exitCode(), replayed.err());
            assertTrue(replayed.out().contains("6 documents found, 6 delivered"), replayed.out());
            assertEquals(6, arrived.size());
        } finally {
            System.clearProperty("aws.accessKeyId");
            System.clearProperty("aws.secretAccessKey");
        }
        assertTrue(spool("ls", "--spool-dir", directory.toString()).out().contains("0 documents in 0 batches"));
    }

    /** As a daemon leaves it whose second destination is OTLP. */
    private void fillForOtlp() throws IOException {
        try (Spool spool =
                Spool.open(new SpoolSettings(directory.resolve("otlp"), 1 << 20).holding(BodyEncoding.RAW))) {
            byte[] document = ("{\"trace_id\":\"1-5759e988-bd862e3fe1be46a994272793\",\"id\":\"0000000000000001\","
                            + "\"name\":\"spooled\",\"start_time\":1,\"end_time\":2}")
                    .getBytes(StandardCharsets.UTF_8);
            assertTrue(spool.append(ByteBuffer.wrap(document), new int[] {0}, 1_700_000_000_000L));
        }
    }

    @Test
    void shouldDeliverEachSpoolToItsOwnDestinationOrNone() throws IOException {
        fillForOtlp();
        Call listed = spool("ls", "--spool-dir", directory.toString());
        assertTrue(listed.out().contains("6 documents in 3 batches wait in " + directory), listed.out());
        assertTrue(
                listed.out().contains("1 documents in 1 batches wait in " + directory.resolve("otlp")), listed.out());
        Call json = spool("ls", "--json", "--spool-dir", directory.toString());
        assertTrue(
                json.out().contains("\"documents\":7") && json.out().contains("\"otlp/0000000001.spool\""), json.out());
        System.setProperty("aws.accessKeyId", SandboxConfig.ACCESS_KEY);
        System.setProperty("aws.secretAccessKey", SandboxConfig.SECRET_KEY);
        try (Sandbox xray = Sandbox.start(SandboxConfig.builder().build());
                Sandbox otlp = Sandbox.start(SandboxConfig.builder().build())) {
            List<String> replay = replay(xray);
            Call refused = spool(replay.toArray(new String[0]));
            assertEquals(1, refused.exitCode(), refused.out());
            assertTrue(
                    refused.err()
                            .contains("The spool " + directory.resolve("otlp") + " belongs to a destination that"
                                    + " the options do not describe"),
                    refused.err());
            assertTrue(refused.err().contains("--otlp-endpoint"), refused.err());
            assertEquals(0, xray.arrivals().documents());
            List<String> both = new ArrayList<>(replay);
            both.addAll(List.of("--otlp-endpoint", otlp.endpoint().toString()));
            Call off = spool(Stream.concat(both.stream(), Stream.of("--xray-output", "off"))
                    .toArray(String[]::new));
            assertEquals(1, off.exitCode(), off.out());
            assertTrue(off.err().contains("give --xray-output on, or name another spool by --spool-dir"), off.err());
            Call replayed = spool(both.toArray(new String[0]));
            assertEquals(0, replayed.exitCode(), replayed.err());
            assertTrue(replayed.out().contains(directory + ": 6 documents found, 6 delivered"), replayed.out());
            assertTrue(
                    replayed.out().contains(directory.resolve("otlp") + ": 1 documents found, 1 delivered"),
                    replayed.out());
            assertEquals(6, xray.arrivals().documents());
            assertEquals(1, otlp.arrivals().documents());
        } finally {
            System.clearProperty("aws.accessKeyId");
            System.clearProperty("aws.secretAccessKey");
        }
    }

    @Test
    void shouldSayWhichDestinationIsMissingForOneSpool() throws IOException {
        fillForOtlp();
        String own = directory.resolve("otlp").toString();
        Call none = spool("replay", "--spool-dir", own);
        assertEquals(1, none.exitCode(), none.out());
        assertTrue(none.err().contains("name it by --otlp-endpoint or --kafka-output-brokers."), none.err());
        Call both = spool(
                "replay",
                "--spool-dir",
                own,
                "--otlp-endpoint",
                "http://127.0.0.1:1",
                "--kafka-output-brokers",
                "127.0.0.1:1");
        assertTrue(both.err().contains("--kafka-output-brokers, and not both."), both.err());
    }

    @Test
    void shouldLeaveOnDiskWhatTheBackendDoesNotTake() {
        System.setProperty("aws.accessKeyId", SandboxConfig.ACCESS_KEY);
        System.setProperty("aws.secretAccessKey", SandboxConfig.SECRET_KEY);
        Call failed;
        try {
            failed = spool(
                    "replay",
                    "--patience",
                    "500ms",
                    "--spool-dir",
                    directory.toString(),
                    "-o",
                    "-n",
                    SandboxConfig.REGION,
                    "--endpoint",
                    "http://127.0.0.1:1");
        } finally {
            System.clearProperty("aws.accessKeyId");
            System.clearProperty("aws.secretAccessKey");
        }
        assertEquals(1, failed.exitCode());
        assertTrue(failed.out().contains("6 documents found, 0 delivered"), failed.out());
        assertTrue(failed.out().contains("6 left on disk"), failed.out());
        assertFalse(failed.err().isEmpty());
        assertTrue(spool("ls", "--spool-dir", directory.toString()).out().contains("6 documents in 3 batches"));
    }
}
