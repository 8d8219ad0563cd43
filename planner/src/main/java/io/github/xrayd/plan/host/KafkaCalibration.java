package io.github.xrayd.plan.host;

import static io.github.xrayd.plan.model.Text.format;
import static io.github.xrayd.plan.model.Text.number;
import static io.github.xrayd.plan.model.Text.seconds;

import io.github.xrayd.child.DaemonCommand;
import io.github.xrayd.child.DaemonProcess;
import io.github.xrayd.child.ProcFs;
import io.github.xrayd.load.LoadConfig;
import io.github.xrayd.load.LoadException;
import io.github.xrayd.load.LoadGenerator;
import io.github.xrayd.plan.model.CostProfile;
import io.github.xrayd.sandbox.Sandbox;
import io.github.xrayd.sandbox.SandboxConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

/**
 * Measures what a fleet on Kafka costs here: a collector and an uploader of this installation, with brokers that are
 * given, under loads of three sizes, first to X-Ray and then to OTLP. A load of a fourth size checks the costs that
 * were solved from these.
 *
 * @param profile what was found
 * @param checks what the costs predict for the fourth load, and what was measured
 * @param took seconds
 */
public record KafkaCalibration(CostProfile profile, List<Check> checks, double took) {
    private static final int HEADER_BYTES = 33;
    /** Bytes of documents: those that costs are solved from, and last the one that checks them. */
    private static final int[] SIZES = {400, 1_000, 4_000, 2_000};

    private static final int SOLVED = 3;
    /** Documents a second, the same for all sizes: what a document costs falls with the rate. */
    private static final double RATE = 2_500;

    private static final double WARM_UP_RATE = 10_000;
    private static final int ROUNDS = 3;
    private static final double WARM_UP_SECONDS = 15;
    private static final double LOAD_SECONDS = 3;
    private static final Duration QUIET = Duration.ofSeconds(5);
    /** The part of what was sent that must arrive; datagrams may be lost on a busy machine. */
    private static final double LEAST_ARRIVED = 0.9;
    /** No cost is taken to be less than this part of the known one: a busy machine's noise must not make work free. */
    private static final double LEAST = 0.2;

    public KafkaCalibration {
        checks = List.copyOf(checks);
    }

    /**
     * A prediction beside what was measured.
     *
     * @param what a daemon does
     * @param predicted processor seconds of a document
     * @param measured the same
     */
    public record Check(String what, double predicted, double measured) {
        /** By which part of what was measured the prediction is larger; less than 0 when it is smaller. */
        public double deviation() {
            return predicted / measured - 1;
        }
    }

    /**
     * What documents of one size cost, in processor seconds of one, compilers left out.
     *
     * @param bytes of a document
     * @param collector the collector's
     * @param uploader the uploader's
     * @param uploaderCalls of it in calls
     */
    record Costs(int bytes, double collector, double uploader, double uploaderCalls) {}

    /**
     * Measures.
     *
     * @param command the installation's launcher
     * @param brokers host:port, separated by commas
     * @param topic exists; is written to and read from its end
     * @param known the machine's costs without Kafka
     * @param progress receives what is being done
     */
    public static KafkaCalibration run(
            Path command, String brokers, String topic, CostProfile known, Consumer<String> progress)
            throws LoadTestException, InterruptedException, IOException {
        if (!ProcFs.isAvailable()) {
            throw new LoadTestException("calibration reads /proc, which this system does not have", null);
        }
        long startNs = System.nanoTime();
        Run run = new Run(command, brokers, topic, progress);
        List<Costs> xray = run.measure("X-Ray", List.of());
        List<Costs> otlp = run.measure("OTLP", List.of("--xray-output", "off", "--otlp-endpoint"));
        CostProfile solved = known.withFleet(solve(known, xray, otlp));
        return new KafkaCalibration(solved, check(solved, xray, otlp), (System.nanoTime() - startNs) * 1e-9);
    }

    /** One way out after the other, with processes of their own. */
    private record Run(Path command, String brokers, String topic, Consumer<String> progress) {
        /** The costs of each size. */
        List<Costs> measure(String way, List<String> output)
                throws LoadTestException, InterruptedException, IOException {
            progress.accept("calibrating: Kafka to " + way + ", starting");
            try (Sandbox sandbox = Sandbox.start(
                            SandboxConfig.builder().keepDocuments(false).build());
                    DaemonProcess uploader = uploader(sandbox, output);
                    DaemonProcess collector = DaemonCommand.of(command, sandbox.endpoint())
                            .flags(List.of(
                                    "-m",
                                    "64",
                                    "--xray-output",
                                    "off",
                                    "--kafka-output-brokers",
                                    brokers,
                                    "--kafka-output-topic",
                                    topic))
                            .startReady();
                    ProcessStat sending = new ProcessStat(collector.pid());
                    ProcessStat receiving = new ProcessStat(uploader.pid())) {
                Load load = new Load(sandbox, collector, uploader, sending, receiving);
                progress.accept("calibrating: Kafka to " + way + ", warming up");
                load.warmUp();
                List<Costs> costs = new ArrayList<>();
                // One size after the other and again: what is not compiled yet makes the first round dear, not the
                // first size.
                for (int round = 1; round <= ROUNDS; round++) {
                    progress.accept("calibrating: Kafka to " + way + ", four sizes, round " + round + " of " + ROUNDS);
                    for (int i = 0; i < SIZES.length; i++) {
                        Costs now = load.costs(SIZES[i], RATE, LOAD_SECONDS);
                        if (round == 1) {
                            costs.add(now);
                        } else {
                            costs.set(i, quieter(costs.get(i), now));
                        }
                    }
                }
                return costs;
            }
        }

        private DaemonProcess uploader(Sandbox sandbox, List<String> output)
                throws LoadTestException, InterruptedException, IOException {
            List<String> flags = new ArrayList<>(List.of(
                    "-m",
                    "64",
                    "--kafka-input-brokers",
                    brokers,
                    "--kafka-input-topic",
                    topic,
                    "--kafka-input-group",
                    "xrayd-calibration-" + Long.toHexString(System.nanoTime()),
                    "--kafka-input-properties",
                    "auto.offset.reset=latest"));
            flags.addAll(output);
            if (!output.isEmpty()) {
                flags.add(sandbox.endpoint().toString());
            }
            DaemonProcess uploader =
                    DaemonCommand.of(command, sandbox.endpoint()).flags(flags).startReady();
            try {
                uploader.awaitLine(line -> line.contains("Consuming partitions"));
            } catch (IOException | InterruptedException | RuntimeException e) {
                uploader.close();
                throw e;
            }
            return uploader;
        }
    }

    /** The cheaper one of two: what else the machine does only adds. */
    private static Costs quieter(Costs one, Costs other) {
        return new Costs(
                one.bytes(),
                Math.min(one.collector(), other.collector()),
                Math.min(one.uploader(), other.uploader()),
                one.uploader() < other.uploader() ? one.uploaderCalls() : other.uploaderCalls());
    }

    /** Both daemons under load. */
    private record Load(
            Sandbox sandbox,
            DaemonProcess collector,
            DaemonProcess uploader,
            ProcessStat sending,
            ProcessStat receiving) {
        Costs costs(int size, double rate, double seconds) throws LoadTestException, InterruptedException, IOException {
            long before = sandbox.arrivals().documents();
            ProcessStat.Times collecting = sending.times();
            ProcessStat.Times uploading = receiving.times();
            long sent = send(size, rate, seconds);
            long arrived = arrived(before, sent);
            collector.requireAlive();
            uploader.requireAlive();
            if (arrived < sent * LEAST_ARRIVED) {
                throw new LoadTestException(
                        arrived + " of " + sent
                                + " documents came through the brokers: is the topic there, is it used by"
                                + " nobody else, and is this machine free?\n" + uploader.output(),
                        null);
            }
            // Offsets are committed once a second.
            Thread.sleep(1_000);
            ProcessStat.Times collected = sending.times().minus(collecting);
            ProcessStat.Times uploaded = receiving.times().minus(uploading);
            return new Costs(
                    size, collected.lasting() / arrived, uploaded.lasting() / arrived, uploaded.calls() / arrived);
        }

        void warmUp() throws LoadTestException, InterruptedException {
            long before = sandbox.arrivals().documents();
            long sent = send(SIZES[0], WARM_UP_RATE, WARM_UP_SECONDS) + send(SIZES[SOLVED], RATE, WARM_UP_SECONDS / 3);
            arrived(before, sent);
        }

        /** How many have arrived when all have, or when nothing more does for a while. */
        private long arrived(long before, long sent) throws InterruptedException {
            long last = -1;
            long now = sandbox.arrivals().documents();
            while (now > last && !sandbox.arrivals().await(before + sent, QUIET)) {
                last = now;
                now = sandbox.arrivals().documents();
            }
            return Math.min(sent, sandbox.arrivals().documents() - before);
        }

        private long send(int size, double rate, double seconds) throws LoadTestException, InterruptedException {
            LoadConfig config = LoadConfig.to(collector.udp())
                    .ratePerSecond(rate)
                    .count(Math.round(rate * seconds))
                    .duration(Duration.ZERO)
                    .sizeBytes(size)
                    .build();
            try {
                return LoadGenerator.run(config, unused -> {}).sent();
            } catch (LoadException e) {
                throw new LoadTestException("the load cannot be sent: " + e.getMessage(), e);
            }
        }
    }

    /**
     * What documents cost beside what is known, by the lines that lie nearest to those of the sizes that are for it.
     */
    static CostProfile.Fleet solve(CostProfile known, List<Costs> xray, List<Costs> otlp) {
        double[] bytes = new double[SOLVED];
        double[] produce = new double[SOLVED];
        double[] consume = new double[SOLVED];
        double[] more = new double[SOLVED];
        for (int i = 0; i < SOLVED; i++) {
            bytes[i] = xray.get(i).bytes();
            produce[i] = produce(known, xray.get(i));
            consume[i] = consume(known, xray.get(i));
            more[i] = otlp.get(i).uploader() - xray.get(i).uploader();
        }
        CostProfile.Fleet fleet = known.fleet();
        double[] producing = line(bytes, produce, fleet.produceNs(), fleet.produceByteNs());
        double[] consuming = line(bytes, consume, fleet.consumeNs(), fleet.consumeByteNs());
        double[] converting = line(bytes, more, fleet.otlpNs(), fleet.otlpByteNs());
        return new CostProfile.Fleet(
                producing[0], producing[1], consuming[0], consuming[1], converting[0], converting[1]);
    }

    /**
     * The least squares' line through costs in seconds: nanoseconds at 0 bytes, and of each byte; neither far below the
     * known one.
     */
    private static double[] line(double[] bytes, double[] seconds, double knownNs, double knownByteNs) {
        double meanBytes = Arrays.stream(bytes).average().orElse(0);
        double meanSeconds = Arrays.stream(seconds).average().orElse(0);
        double products = 0;
        double squares = 0;
        for (int i = 0; i < bytes.length; i++) {
            products += (bytes[i] - meanBytes) * (seconds[i] - meanSeconds);
            squares += (bytes[i] - meanBytes) * (bytes[i] - meanBytes);
        }
        double byteNs = atLeast(knownByteNs, products / squares * 1e9);
        double ns = meanSeconds * 1e9 - byteNs * meanBytes;
        double leastNs = knownNs * LEAST;
        if (ns >= leastNs) {
            return new double[] {ns, byteNs};
        }
        // The nearest line among those that begin there.
        double product = 0;
        double square = 0;
        for (int i = 0; i < bytes.length; i++) {
            product += bytes[i] * (seconds[i] * 1e9 - leastNs);
            square += bytes[i] * bytes[i];
        }
        return new double[] {leastNs, atLeast(knownByteNs, product / square)};
    }

    private static double produce(CostProfile known, Costs costs) {
        return costs.collector() - known.datagramSeconds(costs.bytes() + HEADER_BYTES);
    }

    private static double consume(CostProfile known, Costs costs) {
        return costs.uploader() - costs.uploaderCalls() - known.datagramSeconds(costs.bytes() + HEADER_BYTES);
    }

    private static double atLeast(double known, double measured) {
        return Double.isFinite(measured) && measured > known * LEAST ? measured : known * LEAST;
    }

    private static List<Check> check(CostProfile profile, List<Costs> xray, List<Costs> otlp) {
        Costs middle = xray.get(SOLVED);
        double datagram = profile.datagramSeconds(middle.bytes() + HEADER_BYTES);
        double uploader = datagram + profile.fleet().consumeSeconds(middle.bytes()) + middle.uploaderCalls();
        return List.of(
                new Check("a collector", datagram + profile.fleet().produceSeconds(middle.bytes()), middle.collector()),
                new Check("an uploader to X-Ray", uploader, middle.uploader()),
                new Check(
                        "an uploader to OTLP",
                        uploader + profile.fleet().otlpSeconds(middle.bytes()),
                        otlp.get(SOLVED).uploader()));
    }

    /** What was found, for the operator. */
    public String text() {
        CostProfile.Fleet fleet = profile.fleet();
        CostProfile.Fleet known = CostProfile.standard().fleet();
        StringBuilder text =
                new StringBuilder("calibrated with Kafka in " + seconds(took) + ": " + profile.name() + "\n");
        line(text, "to send a document to the topic", fleet.produceNs(), known.produceNs());
        line(text, "each of its bytes", fleet.produceByteNs(), known.produceByteNs());
        line(text, "to consume a document", fleet.consumeNs(), known.consumeNs());
        line(text, "each of its bytes", fleet.consumeByteNs(), known.consumeByteNs());
        line(text, "more by OTLP than to X-Ray", fleet.otlpNs(), known.otlpNs());
        line(text, "each of its bytes", fleet.otlpByteNs(), known.otlpByteNs());
        text.append(format(
                "checked at %s documents/s of %s bytes, processor time of one:%n",
                number(RATE), number(SIZES[SOLVED])));
        for (Check check : checks) {
            text.append(format(
                    "  %-34s predicted %.1f µs, measured %.1f µs (%+.0f %%)%n",
                    check.what(), check.predicted() * 1e6, check.measured() * 1e6, check.deviation() * 100));
        }
        return text.toString();
    }

    private static void line(StringBuilder text, String what, double value, double otherwise) {
        text.append(format("  %-34s %-12s (default %s)%n", what, number(value) + " ns", number(otherwise) + " ns"));
    }
}
