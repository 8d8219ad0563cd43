package io.github.xrayd.engine.aws;

import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;
import java.util.zip.GZIPOutputStream;

/**
 * A backend that misbehaves below HTTP, by a seed: heads and interim answers without end, huge chunk extensions, gzip
 * bombs, torn and malformed answers. Each misbehaviour is bounded to a few megabytes, so that the test that holds it
 * has an end.
 */
public final class HostileService implements AutoCloseable {
    private static final int BLOCKS = 512;
    private static final String BLOCK = "y".repeat(8 << 10);
    private static final String OK = "HTTP/1.1 200 OK\r\n";

    private final ScriptedSocket socket;
    private final SplittableRandom random;
    private volatile boolean isBehaving;

    public HostileService(long seed) throws IOException {
        random = new SplittableRandom(seed);
        socket = new ScriptedSocket(this::answer);
    }

    public URI uri() {
        return socket.uri();
    }

    /** From now on every answer is a good one. */
    public void behave() {
        isBehaving = true;
    }

    private synchronized int choice() {
        return isBehaving ? -1 : random.nextInt(10);
    }

    private void answer(Socket client) throws IOException {
        OutputStream out = client.getOutputStream();
        switch (choice()) {
            case 0 -> repeat(out, OK, "X: " + BLOCK + "\r\n");
            case 1 -> repeat(out, "", "HTTP/1.1 100 Continue\r\n\r\n");
            case 2 -> repeat(out, OK + "Transfer-Encoding: chunked\r\n\r\n", "1;" + BLOCK + "\r\nx\r\n");
            case 3 -> {
                write(out, OK + "Content-Encoding: gzip\r\nConnection: close\r\n\r\n");
                GZIPOutputStream bomb = new GZIPOutputStream(out);
                for (int i = 0; i < BLOCKS; i++) {
                    bomb.write(new byte[BLOCK.length()]);
                }
                bomb.finish();
            }
            case 4 -> write(out, OK + "Content-Length: 100\r\n\r\n{}");
            case 5 -> write(out, OK + "X: a\rb\r\nContent-Length: 2\r\n\r\n{}");
            case 6 -> repeat(out, OK + "Connection: close\r\n\r\n", BLOCK);
            case 7 -> write(out, "\u0000\u0001 not HTTP\r\n\r\n");
            case 8 -> repeat(out, OK + "X: ", BLOCK);
            case 9 -> write(out, OK + "Content-Length: +2\r\nContent-Length: 3\r\n\r\n{}");
            default -> write(out, OK + "Content-Length: 2\r\nConnection: close\r\n\r\n{}");
        }
    }

    private static void repeat(OutputStream out, String head, String part) throws IOException {
        write(out, head);
        for (int i = 0; i < BLOCKS; i++) {
            write(out, part);
        }
    }

    private static void write(OutputStream out, String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.ISO_8859_1));
        out.flush();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
