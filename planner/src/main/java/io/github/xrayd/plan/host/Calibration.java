package io.github.xrayd.plan.host;

import static io.github.xrayd.plan.model.Text.bytes;
import static io.github.xrayd.plan.model.Text.number;
import static io.github.xrayd.plan.model.Text.seconds;
import static io.github.xrayd.plan.model.Text.share;

import io.github.xrayd.child.DaemonCommand;
import io.github.xrayd.child.DaemonProcess;
import io.github.xrayd.child.ProcFs;
import io.github.xrayd.engine.run.WaitPolicy;
import io.github.xrayd.plan.model.CostProfile;
import io.github.xrayd.plan.simulation.Scenario;
import io.github.xrayd.sandbox.Sandbox;
import io.github.xrayd.sandbox.SandboxConfig;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

/**
 * Measures what work costs here: the installed daemon under four loads, whose processor time by thread is solved for
 * the profile's costs.
 *
 * @param profile what was found
 * @param kernel what the kernel allows
 * @param took seconds
 */
public record Calibration(CostProfile profile, KernelLimits kernel, double took) {
    private static final int HEADER_BYTES = 33;
    private static final int SMALL = 300;
    private static final int LARGE = 8_000;
    private static final double FAST = 8_000;
    private static final double MIDDLE = 1_500;
    private static final double SLOW = 500;
    private static final double LOAD_SECONDS = 1.5;

    /** No cost is taken to be less than this part of the default: a busy machine's noise must not make work free. */
    private static final double LEAST = 0.2;

    /**
     * Measures.
     *
     * @param command the installation's launcher
     * @param progress receives what is being done
     */
    public static Calibration run(Path command, Consumer<String> progress)
            throws LoadTestException, InterruptedException, IOException {
        if (!ProcFs.isAvailable()) {
            throw new LoadTestException("calibration reads /proc, which this system does not have", null);
        }
        long startNs = System.nanoTime();
        KernelLimits kernel = KernelLimits.measure();
        try (Sandbox sandbox = Sandbox.start(
                        SandboxConfig.builder().keepDocuments(false).build());
                DaemonProcess daemon = DaemonCommand.of(command, sandbox.endpoint())
                        .flags(List.of("-m", "16"))
                        .startReady();
                ProcessStat stat = new ProcessStat(daemon.pid())) {
            progress.accept("calibrating: an idle daemon");
            Thread.sleep(1_500);
            double idleBytes = stat.resident();
            progress.accept("calibrating: warming up");
            MeasuredLoad.warmUp(sandbox, daemon.udp());
            progress.accept("calibrating: small segments, fast");
            load(kernel, sandbox, daemon, stat, FAST, SMALL, 1);
            LoadSample fast = quieter(kernel, sandbox, daemon, stat, FAST, SMALL);
            load(kernel, sandbox, daemon, stat, MIDDLE, LARGE, 1);
            progress.accept("calibrating: large segments");
            LoadSample large = quieter(kernel, sandbox, daemon, stat, MIDDLE, LARGE);
            progress.accept("calibrating: small segments, slow");
            LoadSample slow = quieter(kernel, sandbox, daemon, stat, SLOW, SMALL);
            CostProfile profile = solve(CostProfile.standard(), fast, large, slow, idleBytes);
            return new Calibration(profile, kernel, (System.nanoTime() - startNs) * 1e-9);
        }
    }

    /**
     * One load's costs.
     *
     * @param segments that arrived
     * @param seconds it went on
     * @param calls that were made
     * @param bodyBytes of all calls
     * @param bytes of each datagram
     * @param socketBufferBytes that the kernel grants the daemon
     */
    record LoadSample(
            double segments,
            double seconds,
            double calls,
            double bodyBytes,
            double bytes,
            int socketBufferBytes,
            ProcessStat.Times times) {
        double perSegment() {
            return times.dataPath() / segments;
        }

        double wakeUpsPerSegment() {
            double rate = segments / seconds;
            return WaitPolicy.wakeUps(rate, socketBufferBytes) / rate;
        }

        double perCall() {
            return times.calls() / calls;
        }

        double coldness() {
            return Scenario.Work.coldness(seconds / calls);
        }

        double body() {
            return bodyBytes / calls;
        }
    }

    /** The cheaper of two: what else the machine does only adds. */
    private static LoadSample quieter(
            KernelLimits kernel, Sandbox sandbox, DaemonProcess daemon, ProcessStat stat, double rate, int size)
            throws LoadTestException, IOException, InterruptedException {
        LoadSample one = load(kernel, sandbox, daemon, stat, rate, size, LOAD_SECONDS);
        LoadSample other = load(kernel, sandbox, daemon, stat, rate, size, LOAD_SECONDS);
        return one.times().lasting() / one.segments() < other.times().lasting() / other.segments() ? one : other;
    }

    private static LoadSample load(
            KernelLimits kernel,
            Sandbox sandbox,
            DaemonProcess daemon,
            ProcessStat stat,
            double rate,
            int size,
            double seconds)
            throws LoadTestException, IOException, InterruptedException {
        long callsBefore = sandbox.stats().requests("PutTraceSegments", 200);
        long bodyBytes = sandbox.stats().bodyBytes();
        ProcessStat.Times before = stat.times();
        long startNs = System.nanoTime();
        MeasuredLoad load = MeasuredLoad.send(sandbox, daemon.udp(), rate, size, seconds);
        load.settle(Duration.ofMillis(1_500), Duration.ofSeconds(5));
        double elapsed = (System.nanoTime() - startNs) * 1e-9;
        daemon.requireAlive();
        ProcessStat.Times times = stat.times().minus(before);
        load.forget(sandbox);
        double calls = sandbox.stats().requests("PutTraceSegments", 200) - callsBefore;
        if (load.run().distinct() == 0 || calls == 0) {
            throw new LoadTestException("nothing arrived at the endpoint during calibration", null);
        }
        return new LoadSample(
                load.run().distinct(),
                elapsed,
                calls,
                sandbox.stats().bodyBytes() - bodyBytes,
                size + HEADER_BYTES,
                kernel.socketBufferBytes(),
                times);
    }

    /** Three costs of the data path and three of calls from three loads. */
    static CostProfile solve(CostProfile known, LoadSample fast, LoadSample large, LoadSample slow, double idleBytes) {
        // Small ones at two rates differ by the wake-ups; large and small ones by their bytes.
        double wakeUp = atLeast(
                known.dataPath().wakeUpNs(),
                (slow.perSegment() - fast.perSegment()) / (slow.wakeUpsPerSegment() - fast.wakeUpsPerSegment()) * 1e9);
        double fastNs = fast.perSegment() * 1e9 - wakeUp * fast.wakeUpsPerSegment();
        double largeNs = large.perSegment() * 1e9 - wakeUp * large.wakeUpsPerSegment();
        double perByte =
                atLeast(known.dataPath().datagramByteNs(), (largeNs - fastNs) / (large.bytes() - fast.bytes()));
        double perDatagram = atLeast(known.dataPath().datagramNs(), fastNs - perByte * fast.bytes());
        // Calls with small bodies at two rates differ by the caches; those with large bodies by their bytes.
        double cold = atLeast(
                known.call().callColdNs(),
                (slow.perCall() - fast.perCall()) / (slow.coldness() - fast.coldness()) * 1e9);
        double callByte = atLeast(
                known.call().callByteNs(),
                (large.perCall() * 1e9 - cold * large.coldness() - fast.perCall() * 1e9 + cold * fast.coldness())
                        / (large.body() - fast.body()));
        double call =
                atLeast(known.call().callNs(), fast.perCall() * 1e9 - cold * fast.coldness() - callByte * fast.body());
        double work = fast.times().dataPath()
                + fast.times().calls()
                + large.times().dataPath()
                + large.times().calls();
        double overhead = (fast.times().other() + large.times().other()) / work;
        return known.withCosts(
                hostName(),
                new CostProfile.DataPath(perDatagram, perByte, wakeUp),
                new CostProfile.Call(call, cold, known.call().callFailedNs(), callByte),
                Math.min(2, overhead),
                idleBytes);
    }

    private static double atLeast(double known, double measured) {
        // Loads that do not differ leave nothing to solve, and a division by zero.
        return Double.isFinite(measured) && measured > known * LEAST ? measured : known * LEAST;
    }

    private static String hostName() {
        String name;
        try {
            name = InetAddress.getLocalHost().getHostName();
        } catch (IOException e) {
            name = "this machine";
        }
        return name + ", " + Runtime.getRuntime().availableProcessors() + " cores, Java "
                + Runtime.version().feature();
    }

    /** What was found, for the operator. */
    public String text() {
        CostProfile known = CostProfile.standard();
        return "calibrated in " + seconds(took) + ": " + profile.name() + "\n"
                + line(
                        "a datagram",
                        number(profile.dataPath().datagramNs()) + " ns",
                        number(known.dataPath().datagramNs()) + " ns")
                + line(
                        "each of its bytes",
                        number(profile.dataPath().datagramByteNs()) + " ns",
                        number(known.dataPath().datagramByteNs()) + " ns")
                + line(
                        "a wake-up",
                        seconds(profile.dataPath().wakeUpNs() * 1e-9),
                        seconds(known.dataPath().wakeUpNs() * 1e-9))
                + line(
                        "a call",
                        seconds(profile.call().callNs() * 1e-9),
                        seconds(known.call().callNs() * 1e-9))
                + line(
                        "more when it is the first for long",
                        seconds(profile.call().callColdNs() * 1e-9),
                        seconds(known.call().callColdNs() * 1e-9))
                + line(
                        "each byte of its body",
                        number(profile.call().callByteNs()) + " ns",
                        number(known.call().callByteNs()) + " ns")
                + line("the JVM beside", share(profile.overhead()), share(known.overhead()))
                + line(
                        "idle",
                        bytes(profile.resident().idleBytes()),
                        bytes(known.resident().idleBytes()))
                + kernel.text(profile);
    }

    private static String line(String what, String value, String otherwise) {
        return String.format("  %-34s %-12s (default %s)%n", what, value, otherwise);
    }
}
