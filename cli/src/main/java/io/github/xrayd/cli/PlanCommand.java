package io.github.xrayd.cli;

import io.github.xrayd.cli.log.LogSetup;
import io.github.xrayd.engine.StartException;
import io.github.xrayd.plan.host.Calibration;
import io.github.xrayd.plan.host.KafkaCalibration;
import io.github.xrayd.plan.host.LoadTestException;
import io.github.xrayd.plan.host.Observation;
import io.github.xrayd.plan.host.ProfileStore;
import io.github.xrayd.plan.host.Verification;
import io.github.xrayd.plan.host.VerificationSuite;
import io.github.xrayd.plan.input.InputFile;
import io.github.xrayd.plan.input.PlanInput;
import io.github.xrayd.plan.input.Workload;
import io.github.xrayd.plan.model.CostProfile;
import io.github.xrayd.plan.model.KafkaTier;
import io.github.xrayd.plan.model.Plan;
import io.github.xrayd.plan.model.Sweeps;
import io.github.xrayd.plan.output.KafkaText;
import io.github.xrayd.plan.output.PlanJson;
import io.github.xrayd.plan.output.PlanText;
import io.github.xrayd.plan.output.Snippets;
import io.github.xrayd.plan.report.HtmlReport;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code xray plan}: says what a workload needs and why, simulates it, and proves it on this machine. */
@CommandLine.Command(
        name = "xray plan",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Says what a workload needs, each figure with its formula, and simulates it with the engine's own policies.",
            "Every option that is not given has a default, which is printed with the result."
        },
        footer = {
            "",
            "Example: xray plan --rate 500 --topology sidecar --report plan.html",
            "",
            "Exit code: 0 the plan reaches its target, 1 it does not, or something could not be measured; with --verify 0 when"
                    + " every figure was predicted within its stated error, else 1; 2 wrong options; 130 interrupted."
        })
final class PlanCommand extends PicocliCommand {
    /** What {@code --print} prints. */
    enum Part {
        FLAGS,
        CFG,
        SYSTEMD,
        ECS,
        KUBERNETES,
        INPUT
    }

    @Option(
            names = {"-f", "--file"},
            paramLabel = "FILE",
            description = "The workload as YAML; options override it. --print input writes one.")
    private @Nullable Path file;

    @Option(names = "--json", description = "Print the plan as JSON.")
    private boolean isJson;

    @Option(
            names = "--print",
            split = ",",
            paramLabel = "PART",
            description = "Print this only, ready to paste: ${COMPLETION-CANDIDATES}.")
    private List<Part> parts = List.of();

    @Option(names = "--report", paramLabel = "FILE", description = "Write the plan as one HTML page with plots.")
    private @Nullable Path report;

    @Option(
            names = "--profile",
            paramLabel = "FILE",
            description =
                    "What work costs on the daemon's machine (default: what --calibrate stored, else the built-in one).")
    private @Nullable Path profile;

    @Option(
            names = "--calibrate",
            description =
                    "Measure what work costs on this machine, in less than 30 s, and store it (in --profile, if given).")
    private boolean isCalibrating;

    @Option(
            names = "--kafka-brokers",
            paramLabel = "HOST:PORT",
            description =
                    "With --calibrate: measure Kafka's clients and OTLP, too, in three minutes more, with these brokers.")
    private @Nullable String kafkaBrokers;

    @Option(
            names = "--kafka-topic",
            paramLabel = "TOPIC",
            description = "The topic for that; it must exist and be used by nothing else (default: ${DEFAULT-VALUE}).")
    private String kafkaTopic = "xray_calibration";

    @Option(
            names = "--observe",
            paramLabel = "D",
            description = "Listen on --listen for this long and take rate, sizes, hosts and bursts from real traffic.")
    private @Nullable Duration observe;

    @Option(
            names = "--listen",
            paramLabel = "HOST:PORT",
            description = "Where --observe listens, while no daemon does (default: ${DEFAULT-VALUE}).")
    private String listen = "127.0.0.1:2000";

    @Option(
            names = "--record",
            paramLabel = "FILE",
            description = "Write what --observe saw as a trace for --arrivals trace.")
    private @Nullable Path record;

    @Option(
            names = "--verify",
            description =
                    "Run this installation's daemon with the planned settings and load, scaled to this machine, and print"
                            + " what was predicted beside what was measured.")
    private boolean isVerifying;

    @Option(
            names = "--verify-suite",
            paramLabel = "DIR",
            description =
                    "Calibrate, verify eight loads (two of them overloads), and write table, plots and JSON there.")
    private @Nullable Path suite;

    @Mixin
    private DaemonOption daemon = new DaemonOption();

    private @Nullable CommandLine line;

    @Override
    CommandLine line() {
        CommandLine withFields = super.line();
        PlanOptions.addTo(withFields.getCommandSpec());
        line = withFields;
        return withFields;
    }

    @Override
    int call(Invocation call) throws IOException, InterruptedException, LoadTestException, StartException {
        LogSetup.toStandardError("error");
        Thread thread = Thread.currentThread();
        Signals.install(word -> thread.interrupt(), () -> {});
        if (suite != null) {
            return suite(call, call.directory().resolve(suite));
        }
        if (kafkaBrokers != null && !isCalibrating) {
            throw new IllegalArgumentException("--kafka-brokers is for --calibrate: give both");
        }
        CostProfile costs = isCalibrating ? calibrate(call) : costs(call);
        if (isCalibrating && !isAsking()) {
            return Invocation.OK;
        }
        Workload workload = Workload.of(input(call), call.directory());
        if (workload.site().topology() == Workload.Topology.KAFKA) {
            return kafka(call, KafkaTier.of(workload, costs));
        }
        Plan plan = Plan.of(workload, costs);
        Map<String, Object> json = isJson ? PlanJson.tree(plan) : Map.of();
        if (!isJson || !parts.isEmpty()) {
            print(plan, call.out(), call.err());
        }
        if (report != null) {
            Path target = call.directory().resolve(report);
            Files.writeString(target, HtmlReport.of(plan, Sweeps.memoryAndCalls(plan), Sweeps.rateAndRoundTrip(plan)));
            call.err().println("report: " + target);
        }
        boolean isAsPredicted = true;
        if (isVerifying) {
            Verification verification = Verification.of(plan, daemon.command(), call.err()::println);
            isAsPredicted = verification.isAsPredicted();
            if (isJson) {
                json.put("verification", verification.json());
            } else {
                call.out().print(verification.text());
            }
        }
        if (isJson && parts.isEmpty()) {
            call.out().print(PlanJson.write(json));
        }
        return isAsPredicted && (isVerifying || plan.isReached()) ? Invocation.OK : Invocation.FAILED;
    }

    /** A fleet on Kafka is computed by formulas; what shows, proves or pastes one daemon has no meaning for it. */
    private int kafka(Invocation call, KafkaTier tier) {
        if (report != null || isVerifying || !parts.isEmpty()) {
            throw new IllegalArgumentException("--topology kafka has neither --report, --verify nor --print");
        }
        call.out().print(isJson ? PlanJson.write(KafkaText.json(tier)) : KafkaText.of(tier));
        return tier.isReached() ? Invocation.OK : Invocation.FAILED;
    }

    private int suite(Invocation call, Path folder) throws IOException, InterruptedException, LoadTestException {
        if (isAsking() || isVerifying || isCalibrating || report != null) {
            throw new IllegalArgumentException(
                    "--verify-suite has workloads of its own: give --profile and --xray only");
        }
        CostProfile known = profile == null ? null : costs(call);
        VerificationSuite done = VerificationSuite.run(daemon.command(), known, folder, call.err()::println);
        call.out().print(done.text());
        return done.isAsPredicted() ? Invocation.OK : Invocation.FAILED;
    }

    /** Whether there is a workload beside a calibration. */
    private boolean isAsking() {
        return file != null || observe != null || !given().given().isEmpty();
    }

    /** The fields that the options give. */
    private PlanInput given() {
        return PlanOptions.input(Objects.requireNonNull(line).getParseResult());
    }

    private PlanInput input(Invocation call) throws IOException, InterruptedException, StartException {
        PlanInput input =
                file == null ? new PlanInput() : InputFile.read(call.directory().resolve(file));
        if (record != null && observe == null) {
            throw new IllegalArgumentException("--record writes what --observe saw: give both");
        }
        if (observe != null) {
            call.err().println("observing " + listen + " for " + observe.toMillis() / 1_000.0 + " s");
            Observation observation = Observation.of(HostPort.resolve(listen), observe);
            call.err().println(observation.text());
            if (record != null) {
                Files.writeString(call.directory().resolve(record), observation.trace());
            }
            input = input.overlaidBy(observation.input());
        }
        return input.overlaidBy(given());
    }

    private void print(Plan plan, PrintStream out, PrintStream err) {
        if (!parts.isEmpty()) {
            parts.forEach(part -> out.print(text(part, plan)));
            if (parts.contains(Part.ECS)) {
                // JSON has no comments.
                err.print(Snippets.image());
            }
        } else {
            out.print(PlanText.of(plan));
        }
    }

    private static String text(Part part, Plan plan) {
        return switch (part) {
            case FLAGS -> Snippets.flags(plan) + "\n";
            case CFG -> Snippets.config(plan);
            case SYSTEMD -> Snippets.systemd(plan);
            case ECS -> Snippets.ecs(plan);
            case KUBERNETES -> Snippets.kubernetes(plan);
            case INPUT -> InputFile.write(plan.workload().input());
        };
    }

    private CostProfile costs(Invocation call) throws IOException {
        if (profile != null) {
            return ProfileStore.read(call.directory().resolve(profile));
        }
        Path stored = ProfileStore.path(call.environment());
        return Files.exists(stored) ? ProfileStore.read(stored) : CostProfile.standard();
    }

    private CostProfile calibrate(Invocation call) throws IOException, InterruptedException, LoadTestException {
        Calibration calibration = Calibration.run(daemon.command(), call.err()::println);
        CostProfile costs = calibration.profile();
        String text = calibration.text();
        if (kafkaBrokers != null) {
            KafkaCalibration fleet =
                    KafkaCalibration.run(daemon.command(), kafkaBrokers, kafkaTopic, costs, call.err()::println);
            costs = fleet.profile();
            text += fleet.text();
        }
        Path target = profile == null
                ? ProfileStore.path(call.environment())
                : call.directory().resolve(profile);
        ProfileStore.write(target, costs);
        if (!isAsking()) {
            call.out().print(text);
        }
        call.err().println("profile: " + target);
        return costs;
    }
}
