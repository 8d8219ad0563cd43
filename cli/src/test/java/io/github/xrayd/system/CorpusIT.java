package io.github.xrayd.system;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.xrayd.child.DaemonLedger;
import io.github.xrayd.child.DaemonProcess;
import io.github.xrayd.sandbox.Sandbox;
import io.github.xrayd.sandbox.SandboxConfig;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/**
 * Documents go up as they came, whatever they are.
 *
 * <p>With {@code -Dxrayd.corpus=FOLDER} (default: {@code shared/corpus} beside the project) each datagram of the
 * folder's {@code captured/*.bin} and {@code variants/*.bin} is sent, too.
 */
@EnabledOnOs(OS.LINUX)
@Timeout(90)
class CorpusIT {
    private static final String REPLACED = "\uFFFD";

    @Test
    void shouldForwardEachDatagramOfTheCorpus() throws Exception {
        Path corpus = Path.of(System.getProperty("xrayd.corpus", "../../shared/corpus"));
        assumeTrue(Files.isDirectory(corpus), () -> "no corpus at " + corpus.toAbsolutePath());
        List<Path> files = new ArrayList<>(files(corpus.resolve("captured")));
        files.addAll(files(corpus.resolve("variants")));
        assertTrue(files.size() > 100, () -> files.size() + " datagrams in " + corpus);
        List<String> sent = new ArrayList<>();
        int rejected = 0;
        try (Sandbox sandbox = Sandbox.start(SandboxConfig.builder().build());
                DaemonProcess daemon = Installed.start(sandbox.endpoint());
                Datagrams datagrams = new Datagrams(daemon.udp())) {
            Arrived arrived = Arrived.at(sandbox);
            for (Path file : files) {
                byte[] datagram = Files.readAllBytes(file);
                datagrams.send(datagram);
                // One byte of ISO 8859-1 is one character, so that offsets in both are alike.
                int newline = new String(datagram, ISO_8859_1).indexOf('\n');
                if (newline < 0) {
                    rejected++;
                } else {
                    sent.add(new String(Arrays.copyOfRange(datagram, newline + 1, datagram.length), UTF_8));
                }
            }
            arrived.assertSame(sent, daemon);
            DaemonLedger ledger = daemon.stop();
            System.out.printf("CorpusIT: %d datagrams, %d rejected%n", files.size(), rejected);
            assertEquals(sent.size(), ledger.delivered());
            assertEquals(Map.of("rejected.no_header", (long) rejected), ledger.reasons());
        }
    }

    private static List<Path> files(Path folder) throws Exception {
        List<Path> files = new ArrayList<>();
        try (DirectoryStream<Path> found = Files.newDirectoryStream(folder, "*.bin")) {
            found.forEach(files::add);
        }
        files.sort(null);
        return files;
    }

    @Test
    void shouldForwardOddDocumentsAsTheyAre() throws Exception {
        List<String> sent = new ArrayList<>(List.of(
                "x",
                "None",
                "T1SCpsBCiIKIAoMc2VydmljZS5uYW1lEhAKDm90ZWwtdWRwLWRlbW8S",
                "T1U=",
                "{\"name\":\"newline at the end\"}\n",
                "\n",
                "\n\n{\"name\":\"newlines first\"}",
                "{\n  \"name\": \"pretty\",\r\n\t\"id\": \"1\"\n}",
                "{\"name\":\"\u2028\u2029\u007f\u0080\ufeff\"}",
                "{\"name\":\"quote \\\" backslash \\\\ slash \\/ surrogates \\ud83d\\ude00 lone \\ud800 nul \\u0000\"}",
                "{\"name\":\"\ud83d\ude80 \u5927\u962a Z\u00fcrich\"}",
                "\u0000",
                "before\u0000after\u0001\u0008\u000b\u000c\u001f",
                "]}\",\"TraceSegmentDocuments\":[",
                "\\",
                "\"",
                " ",
                "[{\"name\":\"a\"},{\"name\":\"b\"}]"));
        String longest = "m".repeat(Datagrams.LENGTH_MAX - Datagrams.HEADER.length());
        sent.add(longest);
        sent.add(longest.replace('m', '\u0001'));
        sent.add(longest.replace("mmm", "\u5927"));
        List<Repair> repairs = invalidUtf8();
        try (Sandbox sandbox = Sandbox.start(SandboxConfig.builder().build());
                DaemonProcess daemon = Installed.start(sandbox.endpoint());
                Datagrams datagrams = new Datagrams(daemon.udp())) {
            Arrived arrived = Arrived.at(sandbox);
            for (String document : List.copyOf(sent)) {
                datagrams.sendDocument(document);
                if (document.length() < 1_000) {
                    datagrams.send(Datagrams.of(Datagrams.COMPACT_HEADER, document.getBytes(UTF_8)));
                    sent.add(document);
                }
            }
            for (Repair repair : repairs) {
                datagrams.send(Datagrams.of(Datagrams.HEADER, repair.document()));
                sent.add(repair.arrives());
            }
            arrived.assertSame(sent, daemon);
            DaemonLedger ledger = daemon.stop();
            assertEquals(sent.size(), ledger.delivered());
            assertEquals(0, ledger.undelivered());
        }
    }

    /** A document that is not text, and the text that arrives. */
    @SuppressWarnings("ArrayRecordComponent") // Only read, never compared.
    private record Repair(byte[] document, String arrives) {}

    /** Each byte that is not part of well-formed UTF-8 becomes one U+FFFD, as in the reference daemon. */
    private static List<Repair> invalidUtf8() {
        return List.of(
                new Repair(bytes(0xff), REPLACED),
                new Repair(bytes('a', 0x80, 'b'), "a" + REPLACED + "b"),
                new Repair(bytes(0xe2, 0x82), REPLACED.repeat(2)),
                new Repair(bytes(0xe2, 0x82, '"'), REPLACED.repeat(2) + "\""),
                new Repair(bytes(0xf0, 0x9f, 0x98, 'x'), REPLACED.repeat(3) + "x"),
                new Repair(bytes(0xc0, 0x80), REPLACED.repeat(2)),
                new Repair(bytes(0xed, 0xa0, 0x80), REPLACED.repeat(3)),
                new Repair(bytes(0xf4, 0x90, 0x80, 0x80), REPLACED.repeat(4)),
                new Repair(bytes('m', 0xf8, 0x88, 0x80, 0x80, 0x80, 'm'), "m" + REPLACED.repeat(5) + "m"));
    }

    private static byte[] bytes(int... values) {
        byte[] bytes = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            bytes[i] = (byte) values[i];
        }
        return bytes;
    }

    @Test
    void shouldForwardInProgressBeforeComplete() throws Exception {
        List<String> sent = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            String start =
                    "{\"trace_id\":\"1-5759e988-bd862e3fe1be46a994272793\",\"id\":\"" + i + "\",\"name\":\"slow\",";
            sent.add(start + "\"start_time\":1.5,\"in_progress\":true}");
            sent.add(start + "\"start_time\":1.5,\"end_time\":2.5}");
        }
        try (Sandbox sandbox = Sandbox.start(SandboxConfig.builder().build());
                DaemonProcess daemon = Installed.start(sandbox.endpoint());
                Datagrams datagrams = new Datagrams(daemon.udp())) {
            Arrived arrived = Arrived.at(sandbox);
            for (String document : sent) {
                datagrams.sendDocument(document);
            }
            arrived.assertSame(sent, daemon);
            List<String> order = arrived.documents();
            for (int i = 0; i < sent.size(); i += 2) {
                int start = i;
                assertTrue(
                        order.indexOf(sent.get(i)) < order.indexOf(sent.get(i + 1)),
                        () -> sent.get(start) + " came after its end: " + order);
            }
            assertEquals(sent.size(), daemon.stop().delivered());
        }
    }
}
