package io.github.xrayd.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.xrayd.engine.EngineConfig.BatchConfig;
import io.github.xrayd.engine.EngineConfig.DestinationConfig;
import io.github.xrayd.engine.aws.AwsSettings;
import io.github.xrayd.engine.client.Transport;
import io.github.xrayd.engine.encode.Encoder;
import io.github.xrayd.engine.encode.RawEncoder;
import io.github.xrayd.engine.export.Answer;
import io.github.xrayd.engine.export.AnswerKind;
import io.github.xrayd.engine.export.ConnectionError;
import io.github.xrayd.engine.export.DocumentBatch;
import io.github.xrayd.engine.export.Exporter;
import io.github.xrayd.engine.export.Unprocessed;
import io.github.xrayd.engine.proxy.ProxySettings;
import io.github.xrayd.engine.spool.DeadLetterSettings;
import io.github.xrayd.engine.spool.SpoolInspector;
import io.github.xrayd.engine.spool.SpoolSettings;
import io.github.xrayd.engine.telemetry.DestinationLedger;
import io.github.xrayd.engine.telemetry.Ledger;
import io.github.xrayd.engine.upload.UploadListener;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A kind of destination that the engine does not know: real sockets and threads, one call at a time. */
class DestinationKindTest {
    private static final String HEADER = "{\"format\": \"json\", \"version\": 1}\n";
    /** What JSON would have to escape, and what is no text. */
    private static final List<String> DOCUMENTS =
            List.of("{\"trace_id\":\"1-a\",\"id\":\"1\\n\u00e9\"}", "T1S/+==", "{\"id\":\"\u00ff\t\"}");

    private static final Answer AWAY =
            Answer.failed(AnswerKind.TRANSIENT, ConnectionError.CONNECTION_REFUSED, 0, null, "connection refused");

    @TempDir
    Path directory;

    /** Keeps what it is sent, as it stands in the body and document by document. */
    private static final class RawKind implements DestinationKind, Exporter {
        private final Function<DocumentBatch, Answer> answers;
        final Queue<String> documents = new ConcurrentLinkedQueue<>();
        final Queue<String> bodies = new ConcurrentLinkedQueue<>();

        RawKind(Function<DocumentBatch, Answer> answers) {
            this.answers = answers;
        }

        @Override
        public String name() {
            return "raw";
        }

        @Override
        public Encoder encoder() {
            return new RawEncoder();
        }

        @Override
        public Exporter connect() {
            return this;
        }

        @Override
        public Answer export(DocumentBatch batch) {
            Answer answer = answers.apply(batch);
            if (answer.outcome() == AnswerKind.DELIVERED) {
                for (int i = 0; i < batch.documentCount(); i++) {
                    documents.add(text(batch.document(i)));
                }
                try {
                    bodies.add(text(batch.openStream().readAllBytes()));
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
            return answer;
        }

        @Override
        public @Nullable String problem() {
            return "nothing is wrong";
        }

        @Override
        public void close() {}
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    private static DestinationConfig destination(
            RawKind kind, @Nullable Path spool, @Nullable DeadLetterSettings letters) {
        return new DestinationConfig(
                "raw",
                kind,
                BatchConfig.DEFAULT,
                1,
                Duration.ofMinutes(5),
                letters,
                spool == null ? null : new SpoolSettings(spool, 1 << 20));
    }

    private static EngineConfig.Builder config(DestinationConfig... destinations) {
        return EngineConfig.builder()
                .udpAddress(new InetSocketAddress("127.0.0.1", 0))
                .memoryLimitBytes(16 << 20)
                .destinations(List.of(destinations));
    }

    private static void send(Engine engine) throws IOException {
        try (DatagramChannel channel = DatagramChannel.open()) {
            for (String document : DOCUMENTS) {
                channel.send(
                        ByteBuffer.wrap((HEADER + document).getBytes(StandardCharsets.ISO_8859_1)),
                        engine.udpAddress());
            }
        }
    }

    @Test
    void shouldGiveDocumentsAsTheyWereReceivedToAnyKind() throws Exception {
        RawKind kind = new RawKind(batch -> Answer.delivered());
        Engine engine = Engine.start(config(destination(kind, null, null)).build());
        engine.awaitBackend();
        assertEquals("nothing is wrong", engine.destinations().get(0).readinessProblem());
        send(engine);
        Ledger ledger = engine.shutdown(Duration.ofSeconds(10));
        assertEquals(3, ledger.delivered());
        assertEquals(DOCUMENTS, new ArrayList<>(kind.documents));
        assertEquals(String.join("", DOCUMENTS), String.join("", kind.bodies));
    }

    @Test
    void shouldSettleByNumberAndKeepWhatWasNotTaken() throws Exception {
        RawKind kind = new RawKind(batch -> {
            List<Unprocessed> bad = new ArrayList<>();
            for (int i = 0; i < batch.documentCount(); i++) {
                if (text(batch.document(i)).equals(DOCUMENTS.get(2))) {
                    bad.add(Unprocessed.numbered(i, "NotConvertible", "why", Unprocessed.Fate.REJECTED));
                }
            }
            return Answer.delivered(bad);
        });
        Path letters = directory.resolve("dead");
        Engine engine = Engine.start(config(destination(kind, null, new DeadLetterSettings(letters, 1 << 20)))
                .build());
        send(engine);
        Ledger ledger = engine.shutdown(Duration.ofSeconds(10));
        assertEquals(2, ledger.delivered());
        assertEquals(1, ledger.unprocessed());
        try (Stream<Path> files = Files.list(letters)) {
            byte[] letter =
                    Files.readAllBytes(files.filter(path -> path.toString().endsWith(".dead"))
                            .findFirst()
                            .orElseThrow());
            assertTrue(text(letter).endsWith("\n\n" + DOCUMENTS.get(2)), text(letter));
            assertTrue(text(letter).startsWith("reason: NotConvertible\nmessage: why\n"), text(letter));
        }
    }

    @Test
    void shouldSpoolAsReceivedAndReplay() throws Exception {
        RawKind away = new RawKind(batch -> AWAY);
        Path spool = directory.resolve("spool");
        Engine engine = Engine.start(config(destination(away, spool, null)).build());
        send(engine);
        Ledger ledger = engine.shutdown(Duration.ofMillis(200));
        assertEquals(3, ledger.spooled());
        assertEquals("raw documents", new SpoolInspector(spool).files().get(0).encoding());

        RawKind back = new RawKind(batch -> Answer.delivered());
        SpoolReplay.Outcome outcome = new SpoolReplay(
                        new SpoolSettings(spool, 1 << 20), back, 2, Duration.ofSeconds(10), UploadListener.NONE)
                .run();
        assertEquals(3, outcome.ledger().delivered());
        assertEquals(DOCUMENTS, new ArrayList<>(back.documents));
    }

    @Test
    void shouldServeTheTcpPortWithAClientOfItsOwnWhereNoDestinationIsXRay() throws Exception {
        System.setProperty("aws.accessKeyId", "AKID");
        System.setProperty("aws.secretAccessKey", "secret");
        try (ServerSocket api = new ServerSocket(0)) {
            CompletableFuture<String> request = CompletableFuture.supplyAsync(() -> answer(api));
            AwsSettings own = new AwsSettings(
                    "us-east-1",
                    URI.create("http://127.0.0.1:" + api.getLocalPort()),
                    null,
                    true,
                    "0",
                    new Transport(Transport.DIRECT, true, null, Duration.ofSeconds(5), 2));
            Engine engine = Engine.start(config(destination(new RawKind(batch -> Answer.delivered()), null, null))
                    .proxy(new ProxySettings(
                            new InetSocketAddress("127.0.0.1", 0), ProxySettings.SAMPLING_PATHS, List.of()))
                    .proxyBackend(own)
                    .build());
            InetSocketAddress port = engine.tcpAddress();
            assertNotNull(port);
            HttpResponse<String> response = HttpClient.newHttpClient()
                    .send(
                            HttpRequest.newBuilder(
                                            URI.create("http://127.0.0.1:" + port.getPort() + "/GetSamplingRules"))
                                    .POST(HttpRequest.BodyPublishers.ofString("{}"))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString());
            assertEquals("{\"SamplingRuleRecords\":[]}", response.body());
            String head = request.join();
            assertTrue(head.contains("/us-east-1/xray/aws4_request"), head);
            DestinationLedger ledger =
                    engine.shutdown(Duration.ofSeconds(5)).destinations().get(0);
            assertEquals("raw", ledger.destination());
        } finally {
            System.clearProperty("aws.accessKeyId");
            System.clearProperty("aws.secretAccessKey");
        }
    }

    private static String answer(ServerSocket api) {
        try (Socket socket = api.accept()) {
            StringBuilder head = new StringBuilder();
            while (head.indexOf("\r\n\r\n") < 0) {
                head.append((char) socket.getInputStream().read());
            }
            String body = "{\"SamplingRuleRecords\":[]}";
            socket.getOutputStream()
                    .write(("HTTP/1.1 200 OK\r\nx-amzn-RequestId: 1\r\nContent-Length: " + body.length() + "\r\n\r\n"
                                    + body)
                            .getBytes(StandardCharsets.US_ASCII));
            return head.toString();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
