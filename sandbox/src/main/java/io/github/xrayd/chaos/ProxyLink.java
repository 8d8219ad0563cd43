package io.github.xrayd.chaos;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;

/** One connection through a {@link FaultyProxy}: a thread for each direction. */
final class ProxyLink {
    private static final int PIECE_LENGTH_MAX = 64 << 10;
    private static final int CONNECT_MS_MAX = 2_000;
    private static final int DELAY_MS_MAX = 300;
    private static final int LONG_DELAY_MS_MAX = 2_500;
    private static final int LONG_DELAYS_ONE_IN = 20;

    private static final int ENDLESS_PIECE_LENGTH = 0x1000;
    private static final int ENDLESS_MS_MAX = 60_000;

    private final FaultyProxy proxy;
    private final Socket client;
    private final Socket server = new Socket();
    private final InetSocketAddress upstream;
    private final long seed;
    private volatile boolean isSwallowing;

    ProxyLink(FaultyProxy proxy, Socket client, InetSocketAddress upstream, long seed) {
        this.proxy = proxy;
        this.client = client;
        this.upstream = upstream;
        this.seed = seed;
    }

    void start() {
        start("chaos-proxy-request", () -> {
            server.connect(upstream, CONNECT_MS_MAX);
            client.setTcpNoDelay(true);
            server.setTcpNoDelay(true);
            start("chaos-proxy-answer", () -> pump(server, client, NetworkFault.Direction.ANSWER, seed + 1));
            pump(client, server, NetworkFault.Direction.REQUEST, seed);
        });
    }

    /** Something that a peer may end at any time. */
    private interface Work {
        void run() throws IOException, InterruptedException;
    }

    private void start(String name, Work work) {
        Thread thread = new Thread(
                () -> {
                    try {
                        work.run();
                    } catch (IOException e) {
                        // One side has gone: so goes the other.
                        close();
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    } finally {
                        close();
                    }
                },
                name);
        thread.setDaemon(true);
        thread.start();
    }

    private void pump(Socket from, Socket to, NetworkFault.Direction direction, long pumpSeed)
            throws IOException, InterruptedException {
        SplittableRandom random = new SplittableRandom(pumpSeed);
        InputStream in = from.getInputStream();
        OutputStream out = to.getOutputStream();
        byte[] piece = new byte[PIECE_LENGTH_MAX];
        for (int length = in.read(piece); length > 0; length = in.read(piece)) {
            NetworkFault fault = isSwallowing ? NetworkFault.BLACKHOLE : proxy.choose(random, direction);
            switch (fault) {
                case DELAY -> {
                    boolean isLong = random.nextInt(LONG_DELAYS_ONE_IN) == 0;
                    Thread.sleep(random.nextInt(isLong ? LONG_DELAY_MS_MAX : DELAY_MS_MAX));
                }
                case CORRUPT_ANSWERS, CORRUPT_REQUESTS ->
                    piece[random.nextInt(length)] ^= (byte) (1 + random.nextInt(255));
                case TRUNCATE, RESET -> {
                    out.write(piece, 0, random.nextInt(length));
                    if (fault == NetworkFault.RESET) {
                        resetOnClose();
                    }
                    return;
                }
                case ENDLESS_ANSWERS -> {
                    answerEndlessly(out, random.nextBoolean());
                    return;
                }
                case BLACKHOLE -> isSwallowing = true;
                case NONE, MIXED -> {}
            }
            if (!isSwallowing) {
                if (direction == NetworkFault.Direction.ANSWER && AnswerDate.shift(piece, length, proxy.dateShift())) {
                    proxy.onStruck();
                }
                out.write(piece, 0, length);
            }
        }
    }

    /** Goes on until the client closes the connection, which makes the next write fail; for at most a minute. */
    private static void answerEndlessly(OutputStream out, boolean isBody) throws IOException, InterruptedException {
        String head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n";
        out.write((isBody ? head + "Transfer-Encoding: chunked\r\n\r\n" : head).getBytes(StandardCharsets.US_ASCII));
        String filler = "x".repeat(ENDLESS_PIECE_LENGTH);
        byte[] piece = (isBody ? "1000\r\n" + filler + "\r\n" : "X-Filler: " + filler + "\r\n")
                .getBytes(StandardCharsets.US_ASCII);
        for (int sentMs = 0; sentMs < ENDLESS_MS_MAX; sentMs++) {
            out.write(piece);
            Thread.sleep(1);
        }
    }

    private void resetOnClose() throws SocketException {
        client.setSoLinger(true, 0);
        server.setSoLinger(true, 0);
    }

    /** Closes both sides. */
    void close() {
        try {
            client.close();
            server.close();
        } catch (IOException e) {
            // Closed is closed.
            return;
        } finally {
            proxy.onClosed(this);
        }
    }
}
