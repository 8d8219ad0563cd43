package io.github.xrayd.cli;

import io.github.xrayd.chaos.Chaos;
import io.github.xrayd.chaos.ChaosException;
import io.github.xrayd.chaos.Soak;
import io.github.xrayd.cli.log.LogSetup;
import io.github.xrayd.plan.report.CallPlot;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code xray chaos}: injects faults around this installation's daemon and checks the outcome of each. */
@CommandLine.Command(
        name = "xray chaos",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Injects faults around this installation's daemon: for each one it starts a daemon on free loopback ports,"
                    + " an endpoint that misbehaves, and a load; then it compares the daemon's ledger with what arrived.",
            ""
        },
        footer = {
            "",
            "Exit code: 0 all as expected, 1 an expectation was not met or a fault could not be tried, 2 wrong"
                    + " options, 130 interrupted."
        })
final class ChaosCommand extends PicocliCommand {
    @Option(names = "--list", description = "Print all faults with what is expected, and exit.")
    private boolean isList;

    @Option(
            names = "--fault",
            split = ",",
            paramLabel = "NAME",
            description = "Try this one only; may be given more than once (default: all).")
    private List<String> faults = List.of();

    @Option(
            names = "--quick",
            description = "Everything in little, for a first look or a machine that does other work.")
    private boolean isQuick;

    @Option(
            names = "--rate",
            paramLabel = "R",
            description = "Documents per second (default: the fault's own, mostly 2000).")
    private @Nullable Double rate;

    @Option(
            names = "--disruption",
            paramLabel = "D",
            description = "How long the fault lasts, as 30s (default: the fault's own, mostly 10s).")
    private @Nullable Duration disruption;

    @Option(
            names = "--seed",
            paramLabel = "N",
            description = "Chooses documents, chances and what the proxy does (default: ${DEFAULT-VALUE}).")
    private long seed = 1;

    @Option(
            names = "--json",
            arity = "0..1",
            fallbackValue = "-",
            paramLabel = "FILE",
            description = "Print the results as JSON; with a file the same as --json-file.")
    private @Nullable String json;

    @Option(names = "--json-file", paramLabel = "FILE", description = "Write the results to this file as JSON.")
    private @Nullable Path jsonFile;

    @Option(
            names = "--markdown",
            paramLabel = "FILE",
            description = "Put the rows into the table of this file, as docs/FAULTS.md has it; -: standard output.")
    private @Nullable String markdown;

    @Option(
            names = "--duration",
            paramLabel = "D",
            description = "How long a soak (--fault soak) lasts, as 10m (default: 10m).")
    private Duration duration = Duration.ofMinutes(10);

    @Option(
            names = "--out",
            paramLabel = "DIR",
            description = "Where a soak leaves soak.json and soak.svg (default: ${DEFAULT-VALUE}).")
    private String out = "soak";

    @Option(
            names = "--call-plot",
            paramLabel = "FILE",
            description =
                    "Draw how calls in flight follow a slow and a throttling service, simulated, as SVG, and end.")
    private @Nullable String callPlot;

    @Mixin
    private DaemonOption daemon = new DaemonOption();

    @Parameters(arity = "0..*", paramLabel = "FLAG", description = "More flags for the daemon, after --, as -- -m 64.")
    private List<String> daemonFlags = List.of();

    @Override
    int call(Invocation call) throws IOException {
        LogSetup.toStandardError("warn");
        if (isList) {
            call.out().print(Chaos.list());
            call.out()
                    .println(
                            "soak                    all of this by turns for --duration; not part of the table; loses nothing,"
                                    + " and takes no more memory, descriptors and threads with time");
            return Invocation.OK;
        }
        if (callPlot != null) {
            Files.writeString(call.directory().resolve(callPlot), CallPlot.svg());
            return Invocation.OK;
        }
        if (faults.contains(Soak.NAME)) {
            return soak(call);
        }
        Chaos chaos = new Chaos(
                new Chaos.ChaosOptions(daemon.command(), faults, seed, isQuick, rate, disruption, daemonFlags));
        PrintStream err = call.err();
        Thread thread = Thread.currentThread();
        // A daemon that is being tried must not outlive this.
        Signals.install(word -> thread.interrupt(), () -> {});
        int exitCode;
        try {
            exitCode = chaos.run(err::println) ? Invocation.OK : Invocation.FAILED;
        } catch (InterruptedException e) {
            err.println("xray chaos: interrupted");
            exitCode = Invocation.INTERRUPTED;
        }
        write(chaos, call);
        return exitCode;
    }

    private int soak(Invocation call) {
        if (faults.size() > 1) {
            throw new IllegalArgumentException("a soak is tried alone: leave out the other faults");
        }
        Thread thread = Thread.currentThread();
        Signals.install(word -> thread.interrupt(), () -> {});
        try {
            Soak soak = new Soak(daemon.command(), seed, rate, duration, daemonFlags);
            return soak.run(call.directory().resolve(out), call.out()::println) ? Invocation.OK : Invocation.FAILED;
        } catch (ChaosException e) {
            call.err().println("xray chaos: " + e.getMessage());
        } catch (InterruptedException e) {
            call.err().println("xray chaos: interrupted");
            return Invocation.INTERRUPTED;
        }
        return Invocation.FAILED;
    }

    private void write(Chaos chaos, Invocation call) throws IOException {
        boolean isTable = true;
        if (markdown != null) {
            if (markdown.equals("-")) {
                call.out().print(chaos.markdown());
                isTable = false;
            } else {
                chaos.writeMarkdown(call.directory().resolve(markdown));
            }
        }
        Path file = json == null || json.equals("-") ? jsonFile : Path.of(json);
        if (file != null) {
            try (OutputStream target = Files.newOutputStream(call.directory().resolve(file))) {
                chaos.writeJson(target);
            }
        }
        if ("-".equals(json)) {
            chaos.writeJson(call.out());
            isTable = false;
        }
        if (isTable) {
            call.out().print(chaos.table());
        }
    }
}
