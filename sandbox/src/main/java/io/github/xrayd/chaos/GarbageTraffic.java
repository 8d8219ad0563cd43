package io.github.xrayd.chaos;

import io.github.xrayd.child.DaemonProcess;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;

/** Datagrams that no SDK sends, made by a seed: empty, random bytes, broken headers, headers without a document. */
final class GarbageTraffic implements BackgroundTraffic {
    private static final int LENGTH_MAX = 1_400;
    private static final int GROUP = 20;
    private static final List<String> BAD_HEADERS = List.of(
            "",
            "x",
            "null",
            "[]",
            "{\"format\":\"json\"}",
            "{\"format\":\"xml\",\"version\":1}",
            "{\"format\":\"json\",\"version\":2}",
            "{\"format\":\"json\",\"version\":1",
            "{\"format\":\"json\",\"version\":1} trailing",
            "GET / HTTP/1.1\r",
            "\u0000\u0000\u0000");

    private final double ratePerSecond;

    GarbageTraffic(double ratePerSecond) {
        this.ratePerSecond = ratePerSecond;
    }

    @Override
    public Seen send(DaemonProcess daemon, long seed, Duration duration) throws IOException, InterruptedException {
        InetSocketAddress target = daemon.udp();
        SplittableRandom random = new SplittableRandom(seed);
        Map<String, Long> sent = new TreeMap<>();
        long count = Math.round(ratePerSecond * duration.toMillis() / 1e3);
        long startNs = System.nanoTime();
        try (DatagramChannel channel = DatagramChannel.open()) {
            for (long i = 0; i < count; i++) {
                long waitMs = (long) (i / ratePerSecond * 1e3) - (System.nanoTime() - startNs) / 1_000_000;
                if (i % GROUP == 0 && waitMs > 0) {
                    Thread.sleep(waitMs);
                }
                sent.merge(sendOne(channel, target, random), 1L, Long::sum);
            }
        }
        return Seen.counting(sent);
    }

    private static String sendOne(DatagramChannel channel, InetSocketAddress target, SplittableRandom random)
            throws IOException {
        byte[] bytes = new byte[1 + random.nextInt(LENGTH_MAX)];
        random.nextBytes(bytes);
        String reason;
        switch (random.nextInt(4)) {
            case 0 -> {
                bytes = new byte[0];
                reason = "rejected.empty";
            }
            case 1 -> {
                for (int i = 0; i < bytes.length; i++) {
                    bytes[i] = bytes[i] == '\n' ? 0 : bytes[i];
                }
                reason = "rejected.no_header";
            }
            case 2 -> {
                byte[] header = (BAD_HEADERS.get(random.nextInt(BAD_HEADERS.size())) + "\n{\"name\":\"x\"}")
                        .getBytes(StandardCharsets.UTF_8);
                bytes = header;
                reason = "rejected.header";
            }
            default -> {
                bytes = "{\"format\":\"json\",\"version\":1}\n".getBytes(StandardCharsets.US_ASCII);
                reason = "rejected.no_document";
            }
        }
        channel.send(ByteBuffer.wrap(bytes), target);
        return reason;
    }
}
