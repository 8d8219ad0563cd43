package io.github.xrayd.plan.host;

import io.github.xrayd.child.DaemonCommand;
import io.github.xrayd.child.DaemonProcess;
import io.github.xrayd.child.ProcFs;
import io.github.xrayd.plan.input.Workload;
import io.github.xrayd.plan.model.CostProfile;
import io.github.xrayd.plan.model.Plan;
import io.github.xrayd.plan.model.Text;
import io.github.xrayd.plan.simulation.Outcome;
import io.github.xrayd.plan.simulation.Trial;
import io.github.xrayd.sandbox.Fault;
import io.github.xrayd.sandbox.Sandbox;
import io.github.xrayd.sandbox.SandboxConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.DoubleFunction;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/** Runs the installed daemon under a plan's load, scaled to this machine, and holds the prediction against it. */
public final class Verification {
    private static final String SEGMENTS = "PutTraceSegments";
    private static final int RUNS = 10;
    /** A batch that failed may wait up to 10 s for its next try. */
    private static final Duration QUIET = Duration.ofSeconds(8);

    /** Within the warm-up. */
    private static final Duration FAILING_FROM = Duration.ofSeconds(4);

    private static final Duration SETTLE_MAX = Duration.ofSeconds(30);
    private static final double LATENCY_SLACK = 0.05;
    private static final double BACKLOG_SLACK = 300;
    private static final double CPU_SLACK_CORES = 0.01;

    private final VerifiedLoad load;
    private double touchedBytes;
    private double compilerSeconds;
    private final List<Comparison> comparisons = new ArrayList<>();

    private Verification(VerifiedLoad load) {
        this.load = load;
    }

    /**
     * Runs.
     *
     * @param command the installation's launcher
     * @param progress receives what is being done
     */
    public static Verification of(Plan plan, Path command, Consumer<String> progress)
            throws LoadTestException, InterruptedException, IOException {
        if (!ProcFs.isAvailable()) {
            throw new LoadTestException("verification reads /proc, which this system does not have", null);
        }
        VerifiedLoad load = VerifiedLoad.of(plan);
        progress.accept("verifying " + Text.number(load.rate()) + " segments/s of " + Text.bytes(load.size()) + " for "
                + Text.seconds(load.seconds())
                + (load.outage() > 0 ? ", " + Text.seconds(load.outage()) + " of them an outage" : "") + ", xray "
                + String.join(" ", load.flags("SPOOL")));
        Verification verification = new Verification(load);
        Trial predicted = Trial.run(
                load.scenario(KernelLimits.measure().socketBufferBytes()),
                plan.workload().experiment().seed(),
                RUNS,
                Math.round(VerifiedLoad.BEFORE * 1e9));
        Path spool = Files.createTempDirectory("xray-plan-spool-");
        try (Sandbox sandbox = Sandbox.start(
                        SandboxConfig.builder().keepDocuments(false).build());
                DaemonProcess daemon = DaemonCommand.of(command, sandbox.endpoint())
                        .flags(load.flags(spool.toString()))
                        .startReady();
                ProcessStat stat = new ProcessStat(daemon.pid())) {
            verification.measure(plan, sandbox, daemon, stat, predicted);
        } finally {
            delete(spool);
        }
        return verification;
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }

    private void measure(Plan plan, Sandbox sandbox, DaemonProcess daemon, ProcessStat stat, Trial predicted)
            throws LoadTestException, IOException, InterruptedException {
        warmUp(plan, sandbox, daemon);
        stat.resetPeak();
        sandbox.faults().seed(plan.workload().experiment().seed());
        sandbox.faults().set(faults(plan.workload()));
        ProcessStat.Times before = stat.times();
        long startNs = System.nanoTime();
        MeasuredLoad sent = MeasuredLoad.send(sandbox, daemon.udp(), load.rate(), load.size(), load.seconds());
        sent.settle(QUIET, SETTLE_MAX);
        double elapsed = (System.nanoTime() - startNs) * 1e-9;
        daemon.requireAlive();
        ProcessStat.Times used = stat.times().minus(before);
        compare(plan.profile(), predicted, sent, used, elapsed, stat.residentPeak());
    }

    private boolean isFailing() {
        return load.outage() > 0 || load.quota() > 0;
    }

    private void warmUp(Plan plan, Sandbox sandbox, DaemonProcess daemon)
            throws LoadTestException, InterruptedException {
        if (isFailing()) {
            // The first failure of a daemon's life reads the classes that understand it, once.
            Fault fault = load.quota() > 0
                    ? Fault.status(429, "ThrottledException")
                    : Fault.status(503, "ServiceUnavailable");
            sandbox.faults().set(fault.on(SEGMENTS).between(FAILING_FROM, FAILING_FROM.plusMillis(200)));
        }
        touchedBytes = MeasuredLoad.warmUp(sandbox, daemon.udp());
        sandbox.faults().set(latency(plan.workload()));
        MeasuredLoad like = MeasuredLoad.send(sandbox, daemon.udp(), load.rate(), load.size(), VerifiedLoad.BEFORE);
        like.settle(Duration.ofSeconds(1), Duration.ofSeconds(10));
        like.forget(sandbox);
    }

    private List<Fault> faults(Workload workload) {
        List<Fault> faults = new ArrayList<>();
        faults.add(latency(workload));
        if (load.outage() > 0) {
            faults.add(Fault.status(503, "ServiceUnavailable")
                    .on(SEGMENTS)
                    .between(millis(load.lead()), millis(load.lead() + load.outage())));
        }
        if (load.quota() > 0) {
            faults.add(Fault.throttleSegments(load.quota()).on(SEGMENTS));
        }
        return faults;
    }

    private static Fault latency(Workload workload) {
        Workload.Backend backend = workload.backend();
        return Fault.latency(millis(backend.roundTripP50()), millis(backend.roundTripP99()))
                .on(SEGMENTS);
    }

    private static Duration millis(double seconds) {
        return Duration.ofMillis(Math.round(seconds * 1_000));
    }

    private void compare(
            CostProfile profile,
            Trial predicted,
            MeasuredLoad sent,
            ProcessStat.Times used,
            double elapsed,
            long peak) {
        compilerSeconds = used.compilers();
        double segments = sent.report().sent();
        double jvmBytes = profile.resident().idleBytes()
                + profile.resident().busyBytes()
                + (isFailing() ? profile.resident().failureBytes() : 0);
        add(
                "processor time of a segment",
                predicted,
                run -> run.workSeconds() / segments,
                used.lasting() / segments,
                profile.errors().cpuError(),
                CPU_SLACK_CORES * elapsed / segments,
                value -> Text.seconds(value));
        add(
                "resident memory, highest",
                predicted,
                run -> jvmBytes + Math.max(touchedBytes, run.peaks().usedBytes()),
                (double) peak,
                profile.errors().memoryError(),
                0,
                value -> Text.bytes(value));
        comparisons.add(new Comparison(
                "loss",
                predicted.loss().mean(),
                predicted.min(Outcome::loss),
                predicted.max(Outcome::loss),
                sent.loss(),
                true,
                profile.errors().lossError(),
                0,
                value -> Text.share(value)));
        latency("time to delivery, p50", 50, profile, predicted, sent);
        latency("time to delivery, p99", 99, profile, predicted, sent);
        add(
                "backlog, highest",
                predicted,
                run -> run.peaks().held(),
                (double) sent.run().backlogPeak(),
                profile.errors().backlogError(),
                BACKLOG_SLACK,
                value -> Text.number(value));
    }

    private void latency(String title, double percentile, CostProfile profile, Trial predicted, MeasuredLoad sent) {
        add(
                title,
                predicted,
                run -> run.latencySeconds(percentile),
                sent.run().latencyMicros().getValueAtPercentile(percentile) * 1e-6,
                profile.errors().latencyError(),
                LATENCY_SLACK,
                value -> Text.seconds(value));
    }

    private void add(
            String title,
            Trial predicted,
            ToDoubleFunction<Outcome> figure,
            double measured,
            double errorMax,
            double slack,
            DoubleFunction<String> unit) {
        comparisons.add(new Comparison(
                title,
                predicted.of(figure).mean(),
                predicted.min(figure),
                predicted.max(figure),
                measured,
                false,
                errorMax,
                slack,
                unit));
    }

    /** Whether every figure was predicted within its stated error. */
    public boolean isAsPredicted() {
        return comparisons.stream().allMatch(Comparison::isWithin);
    }

    /** The load, as text. */
    String loadText() {
        return Text.number(load.rate()) + "/s of " + Text.bytes(load.size())
                + (load.outage() > 0 ? ", outage " + Text.seconds(load.outage()) : "");
    }

    /** The figures. */
    public List<Comparison> comparisons() {
        return List.copyOf(comparisons);
    }

    /** A table. */
    public String text() {
        StringBuilder text = new StringBuilder("\nVerified at ")
                .append(Text.number(load.rate()))
                .append(" segments/s of ")
                .append(Text.bytes(load.size()))
                .append(", xray ")
                .append(String.join(" ", load.flags("SPOOL")))
                .append('\n');
        text.append(String.format("  %-30s %14s %14s %9s %9s%n", "", "predicted", "measured", "error", "stated"));
        for (Comparison comparison : comparisons) {
            text.append(String.format(
                    "  %-28s %12s %25s %12s %7.1f%% %6.0f%%%s%n",
                    comparison.title(),
                    comparison.unit().apply(comparison.predicted()),
                    comparison.unit().apply(comparison.low()) + " to "
                            + comparison.unit().apply(comparison.high()),
                    comparison.unit().apply(comparison.measured()),
                    comparison.error() * 100,
                    comparison.errorMax() * 100,
                    comparison.isWithin() ? "" : "  OUTSIDE"));
        }
        text.append("  Beside that the JVM's compilers took ")
                .append(Text.seconds(compilerSeconds))
                .append(", which ends when the code is warm.\n");
        text.append(
                isAsPredicted()
                        ? "Every figure is within its stated error.\n"
                        : "Some figure is outside of its stated error: calibrate (xray plan --calibrate) on a machine that does nothing else.\n");
        return text.toString();
    }

    /** The same for machines. */
    public Map<String, Object> json() {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("rate", load.rate());
        document.put("size", load.size());
        document.put("outage", load.outage());
        document.put("seconds", load.seconds());
        document.put("flags", load.flags("SPOOL"));
        document.put("isAsPredicted", isAsPredicted());
        List<Object> figures = new ArrayList<>();
        for (Comparison comparison : comparisons) {
            Map<String, Object> entry = new LinkedHashMap<>();
            entry.put("title", comparison.title());
            entry.put("predicted", comparison.predicted());
            entry.put("low", comparison.low());
            entry.put("high", comparison.high());
            entry.put("measured", comparison.measured());
            entry.put("error", comparison.error());
            entry.put("errorMax", comparison.errorMax());
            entry.put("isWithin", comparison.isWithin());
            figures.add(entry);
        }
        document.put("figures", figures);
        return document;
    }
}
