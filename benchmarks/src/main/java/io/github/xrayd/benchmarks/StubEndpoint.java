package io.github.xrayd.benchmarks;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;

/**
 * An HTTP endpoint on loopback that reads a request and answers that all was taken, and allocates nothing for it: what
 * is measured beside it is the client's alone. One thread for each connection.
 */
final class StubEndpoint implements AutoCloseable {
    private static final int BUFFER_BYTES = 1 << 16;
    private static final int BACKLOG = 16;
    private static final byte[] CONTENT_LENGTH = ascii("content-length:");
    private static final byte[] ANSWER =
            ascii("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 33\r\n\r\n"
                    + "{\"UnprocessedTraceSegments\": [] }");

    private final ServerSocket server;

    StubEndpoint() throws IOException {
        server = new ServerSocket(0, BACKLOG, InetAddress.getLoopbackAddress());
        start("stub-acceptor", this::accept);
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static void start(String name, Runnable task) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        thread.start();
    }

    /** Where requests go. */
    URI uri() {
        return URI.create("http://127.0.0.1:" + server.getLocalPort());
    }

    private void accept() {
        while (true) {
            try {
                Socket socket = server.accept();
                start("stub-connection", () -> serve(socket));
            } catch (IOException e) {
                // Closed: nobody is served any more.
                return;
            }
        }
    }

    private static void serve(Socket socket) {
        try (socket) {
            socket.setTcpNoDelay(true);
            InputStream input = socket.getInputStream();
            OutputStream output = socket.getOutputStream();
            byte[] buffer = new byte[BUFFER_BYTES];
            while (readRequest(input, buffer)) {
                output.write(ANSWER);
            }
        } catch (IOException e) {
            // The client went away.
        }
    }

    /** Reads one request without pipelining; returns false when the client has closed. */
    private static boolean readRequest(InputStream input, byte[] buffer) throws IOException {
        int length = 0;
        int bodyStart = -1;
        while (bodyStart < 0) {
            int count = input.read(buffer, length, buffer.length - length);
            if (count <= 0) {
                return false;
            }
            length += count;
            bodyStart = bodyStart(buffer, length);
        }
        long missing = contentLength(buffer, bodyStart) - (length - bodyStart);
        while (missing > 0) {
            int count = input.read(buffer, 0, (int) Math.min(buffer.length, missing));
            if (count <= 0) {
                return false;
            }
            missing -= count;
        }
        return true;
    }

    private static int bodyStart(byte[] buffer, int length) {
        for (int i = 3; i < length; i++) {
            if (buffer[i] == '\n' && buffer[i - 1] == '\r' && buffer[i - 2] == '\n') {
                return i + 1;
            }
        }
        return -1;
    }

    private static long contentLength(byte[] buffer, int limit) {
        for (int i = 0; i < limit - CONTENT_LENGTH.length; i++) {
            if (isContentLength(buffer, i)) {
                long value = 0;
                for (int j = i + CONTENT_LENGTH.length; buffer[j] != '\r'; j++) {
                    value = buffer[j] == ' ' ? value : value * 10 + buffer[j] - '0';
                }
                return value;
            }
        }
        return 0;
    }

    private static boolean isContentLength(byte[] buffer, int start) {
        for (int i = 0; i < CONTENT_LENGTH.length; i++) {
            int letter = buffer[start + i];
            int small = letter >= 'A' && letter <= 'Z' ? letter + 'a' - 'A' : letter;
            if (small != CONTENT_LENGTH[i]) {
                return false;
            }
        }
        return true;
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
