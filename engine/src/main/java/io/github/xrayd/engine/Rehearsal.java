package io.github.xrayd.engine;

import io.github.xrayd.engine.aws.AwsClient;
import io.github.xrayd.engine.aws.AwsConnection;
import io.github.xrayd.engine.aws.ExporterFactory;
import io.github.xrayd.engine.aws.HttpCall;
import io.github.xrayd.engine.aws.XRayExporter;
import io.github.xrayd.engine.client.SetupException;
import io.github.xrayd.engine.export.DocumentBatch;
import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes calls to a stand-in of its own on loopback, which answers them well, with errors, and not at all, and closes
 * its client: so all classes that a call, its failure and the end of the client need are loaded at the start, while the
 * jars are there for sure. An upgrade may rewrite them in place, and a class that is not found then never is.
 *
 * <p>Runs once, on the thread that connects, when calls may already begin. Nothing of it is counted, logged or sent to
 * anybody.
 */
final class Rehearsal {
    private static final Logger LOG = LoggerFactory.getLogger(Rehearsal.class);
    private static final int TIMEOUT_MS = 15_000;
    private static final byte[] BODY = "{\"TraceSegmentDocuments\":[]}".getBytes(StandardCharsets.UTF_8);

    private static final List<String> ANSWERS = List.of(
            // To the call as the TCP port makes it, which has connections of its own.
            answer("200 OK", "Connection: close\r\n", "{}"),
            answer("200 OK", "", "{\"UnprocessedTraceSegments\":[]}"),
            answer(
                    "200 OK",
                    "Connection: keep-alive\r\nKeep-Alive: timeout=5\r\n",
                    "{\"UnprocessedTraceSegments\":[]}"),
            answer(
                    "200 OK",
                    "",
                    "{\"UnprocessedTraceSegments\":[{\"Id\":\"1\",\"ErrorCode\":\"a\",\"Message\":\"b\"}]}"),
            answer("500 Error", "", "{\"__type\":\"InternalFailure\",\"message\":\"a\"}"),
            answer("429 Error", "Retry-After: 1\r\n", "{\"__type\":\"ThrottledException\",\"Message\":\"a\"}"),
            answer("403 Error", "", "{\"__type\":\"ExpiredTokenException\",\"message\":\"a\"}"),
            answer("400 Error", "x-amzn-ErrorType: InvalidRequestException\r\n", "{}"),
            "HTTP/1.1 502 Gateway\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n2\r\nno\r\n0\r\n\r\n",
            "not HTTP\r\n\r\n",
            "");

    private Rehearsal() {}

    private static String answer(String status, String headers, String body) {
        return "HTTP/1.1 " + status + "\r\nContent-Type: application/json\r\nx-amzn-RequestId: 1\r\n" + headers
                + "Content-Length: " + body.length() + "\r\n\r\n" + body;
    }

    /** Blocks, for as long as the machine is busy; that it could not be done does no harm now. */
    static void run(AwsClient client) {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            server.setSoTimeout(TIMEOUT_MS);
            String address = server.getInetAddress().getHostAddress() + ":" + server.getLocalPort();
            Engine.daemon("rehearsal", () -> serve(server)).start();
            call(client, URI.create("http://" + address), ANSWERS.size() - 1);
            if ("https".equalsIgnoreCase(client.endpoint().getScheme())) {
                call(client, URI.create("https://" + address), 1);
            }
            LOG.debug("Rehearsed calls");
        } catch (IOException | SetupException | RuntimeException | OutOfMemoryError e) {
            LOG.debug("Not rehearsed: {}", e.toString());
        }
    }

    private static void call(AwsClient client, URI endpoint, int count) throws SetupException, IOException {
        try (XRayExporter exporter = ExporterFactory.local(endpoint, client)) {
            AwsConnection port = exporter.client().port();
            HttpCall call =
                    new HttpCall("POST", "/", "a=b", Map.of("Content-Type", List.of("a"), "A", List.of("b")), BODY);
            if (count > 1) {
                port.send(call).close();
            }
            for (int i = 0; i < count; i++) {
                exporter.export(new Body());
            }
        }
    }

    /** Gives each request the next answer, and a last connection, which speaks TLS, one that it does not understand. */
    private static void serve(ServerSocket server) {
        try {
            Iterator<String> answers = ANSWERS.iterator();
            String last = "";
            while (answers.hasNext()) {
                try (Socket connection = server.accept()) {
                    do {
                        last = answers.next();
                    } while (serve(connection, last) && answers.hasNext());
                }
            }
            try (Socket connection = server.accept()) {
                serve(connection, "not TLS\r\n\r\n");
            }
        } catch (IOException e) {
            LOG.debug("The rehearsal's stand-in ends: {}", e.toString());
        }
    }

    /** Reads a request and answers it; whether another one may follow on the connection. */
    private static boolean serve(Socket connection, String answer) throws IOException {
        connection.setSoTimeout(TIMEOUT_MS);
        // No more than this request is there, as the next one waits for the answer.
        InputStream in = new BufferedInputStream(connection.getInputStream());
        int length = 0;
        for (String line = line(in); !line.isEmpty(); line = line(in)) {
            String header = line.toLowerCase(Locale.ROOT);
            if (header.startsWith("content-length:")) {
                length = Integer.parseInt(
                        header.substring(header.indexOf(':') + 1).trim());
            }
        }
        in.readNBytes(length);
        connection.getOutputStream().write(answer.getBytes(StandardCharsets.US_ASCII));
        return answer.startsWith("HTTP") && !answer.contains("Connection: close");
    }

    /** A line without its end, or what there is of it when it is no text. */
    private static String line(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int c = in.read(); c >= ' '; c = in.read()) {
            line.append((char) c);
        }
        in.read();
        return line.toString();
    }

    private record Body() implements DocumentBatch {
        @Override
        public int documentCount() {
            return 1;
        }

        @Override
        public byte[] document(int number) {
            return BODY;
        }

        @Override
        public long oldestReceivedNs() {
            return 0;
        }

        @Override
        public int length() {
            return BODY.length;
        }

        @Override
        public InputStream openStream() {
            return new ByteArrayInputStream(BODY);
        }
    }
}
