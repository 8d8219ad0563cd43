package io.github.xrayd.plan.host;

import io.github.xrayd.plan.input.Field;
import io.github.xrayd.plan.input.PlanInput;
import io.github.xrayd.plan.model.Text;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;

/** Real traffic, listened to for a while: rate, sizes, hosts, bursts. */
public final class Observation {
    private static final int HEADER_BYTES = 33;
    private static final int SIZES_MAX = 1 << 20;
    private static final int SOURCES_MAX = 1 << 20;
    private static final int BUFFER_BYTES = 4 << 20;
    private static final long SLICE_NS = 100_000_000L;
    private static final int SLICES_PER_SECOND = 10;
    private static final Duration MIN = Duration.ofSeconds(2);
    private static final Duration MAX = Duration.ofHours(24);

    /** A second above this many times the mean is part of a burst. */
    private static final double BURST_MIN = 1.5;

    private final double seconds;
    private final long[] slices;
    private final int[] sizes = new int[SIZES_MAX];
    private final Set<InetAddress> hosts = new HashSet<>();
    private long count;

    Observation(Duration duration) {
        seconds = duration.toNanos() * 1e-9;
        slices = new long[(int) Math.max(1, duration.toNanos() / SLICE_NS)];
    }

    /**
     * Listens.
     *
     * @throws IOException when the port cannot be had
     */
    public static Observation of(InetSocketAddress address, Duration duration) throws IOException {
        if (duration.compareTo(MIN) < 0 || duration.compareTo(MAX) > 0) {
            throw new IllegalArgumentException("--observe must be 2s to 24h");
        }
        Observation observation = new Observation(duration);
        try (DatagramChannel channel = DatagramChannel.open();
                Selector selector = Selector.open()) {
            channel.setOption(StandardSocketOptions.SO_RCVBUF, BUFFER_BYTES);
            try {
                channel.bind(address);
            } catch (BindException e) {
                throw new IOException(
                        "cannot listen on UDP " + address + ": " + e.getMessage()
                                + "; stop the daemon while you observe, or choose another --listen",
                        e);
            }
            channel.configureBlocking(false);
            channel.register(selector, SelectionKey.OP_READ);
            observation.listen(channel, selector, duration.toNanos());
        }
        if (observation.count == 0) {
            throw new IOException("nothing arrived on UDP " + address + " in " + observation.seconds
                    + " s: is AWS_XRAY_DAEMON_ADDRESS of the applications that address?");
        }
        return observation;
    }

    private void listen(DatagramChannel channel, Selector selector, long durationNs) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocateDirect(65_536);
        long startNs = System.nanoTime();
        long nowNs = startNs;
        while (nowNs - startNs < durationNs) {
            long leftMs = Math.max(1, (durationNs - (nowNs - startNs)) / 1_000_000);
            selector.select(Math.min(leftMs, 100));
            if (Thread.currentThread().isInterrupted()) {
                throw new IOException("the observation was ended early");
            }
            selector.selectedKeys().clear();
            buffer.clear();
            InetSocketAddress source;
            while ((source = (InetSocketAddress) channel.receive(buffer)) != null) {
                onDatagram(source.getAddress(), buffer.position(), System.nanoTime() - startNs);
                buffer.clear();
            }
            nowNs = System.nanoTime();
        }
    }

    void onDatagram(InetAddress host, int length, long sinceNs) {
        // Every so many documents when there are more than are kept; which is random enough.
        if (count < SIZES_MAX) {
            sizes[(int) count] = Math.max(20, length - HEADER_BYTES);
        } else if (count % 16 == 0) {
            sizes[(int) (count / 16 % SIZES_MAX)] = Math.max(20, length - HEADER_BYTES);
        }
        count++;
        if (hosts.size() < SOURCES_MAX) {
            hosts.add(host);
        }
        slices[(int) Math.min(slices.length - 1L, sinceNs / SLICE_NS)]++;
    }

    private double rate() {
        return count / seconds;
    }

    private int size(double share) {
        int kept = (int) Math.min(count, SIZES_MAX);
        int[] sorted = Arrays.copyOf(sizes, kept);
        Arrays.sort(sorted);
        return sorted[(int) Math.min(kept - 1L, (long) (kept * share))];
    }

    /** Datagrams in each second that begins at each tenth of one. */
    private double[] seconds() {
        int windows = Math.max(1, slices.length - SLICES_PER_SECOND + 1);
        double[] sums = new double[windows];
        for (int i = 0; i < windows; i++) {
            for (int j = i; j < Math.min(slices.length, i + SLICES_PER_SECOND); j++) {
                sums[i] += slices[j];
            }
        }
        return sums;
    }

    private double burstFactor() {
        return Arrays.stream(seconds()).max().orElse(0) / rate();
    }

    /** Variance of the tenths of a second over their mean: 1 when segments come at random. */
    private double dispersion() {
        double mean = (double) count / slices.length;
        double squares = Arrays.stream(slices)
                .mapToDouble(slice -> (slice - mean) * (slice - mean))
                .sum();
        return squares / slices.length / mean;
    }

    /** What it says for a workload. */
    public PlanInput input() {
        PlanInput input = new PlanInput();
        input.put(Field.RATE, round(Math.max(0.001, rate())));
        int p50 = size(0.5);
        int p99 = size(0.99);
        if (p50 == p99) {
            input.put(Field.SIZE, p50);
        } else {
            input.put(Field.SIZE_P50, p50).put(Field.SIZE_P99, p99);
        }
        input.put(Field.HOSTS, hosts.size());
        double factor = burstFactor();
        double[] bursts = bursts();
        if (factor >= BURST_MIN && bursts[0] > 0) {
            double every = Math.max(seconds / bursts[0], bursts[1] + 0.1);
            input.put(Field.BURST_FACTOR, round(Math.max(1, Math.min(factor, every / bursts[1] * 0.99))))
                    .put(Field.BURST_LENGTH, round(bursts[1]))
                    .put(Field.BURST_EVERY, round(every));
        } else {
            input.put(Field.ARRIVALS, "poisson");
        }
        return input;
    }

    /** How many bursts there were and how long they lasted on average, in seconds. */
    private double[] bursts() {
        double threshold = rate() * (1 + burstFactor()) / 2 / SLICES_PER_SECOND;
        int runs = 0;
        int length = 0;
        boolean isIn = false;
        for (long slice : slices) {
            boolean isHigh = slice > threshold;
            runs += isHigh && !isIn ? 1 : 0;
            length += isHigh ? 1 : 0;
            isIn = isHigh;
        }
        return new double[] {runs, runs == 0 ? 0 : (double) length / runs / SLICES_PER_SECOND};
    }

    private static double round(double value) {
        double unit = Math.pow(10, Math.floor(Math.log10(value)) - 3);
        return Math.rint(value / unit) * unit;
    }

    /** One line for the operator. */
    public String text() {
        return "observed " + Text.number(count) + " segments in " + Text.seconds(seconds) + ": " + Text.number(rate())
                + "/s from " + Text.number(hosts.size()) + " address(es), "
                + Text.bytes(size(0.5)) + " (p50) and " + Text.bytes(size(0.99))
                + " (p99) long; the busiest second had "
                + Text.number(burstFactor()) + " times the mean, variance is " + Text.number(dispersion())
                + " times that of chance";
    }

    /** The trace: lines of seconds and segments. */
    public String trace() {
        StringBuilder text = new StringBuilder("seconds,segments\n");
        for (int i = 0; i < slices.length; i++) {
            text.append(i / SLICES_PER_SECOND)
                    .append('.')
                    .append(i % SLICES_PER_SECOND)
                    .append(',')
                    .append(slices[i])
                    .append('\n');
        }
        return text.toString();
    }
}
