package io.github.xrayd.benchmarks;

import io.github.xrayd.results.Machine;
import io.github.xrayd.results.ResultFolder;
import java.io.IOException;
import java.io.PrintStream;
import java.util.List;
import java.util.Map;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.format.ResultFormatType;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.CommandLineOptionException;
import org.openjdk.jmh.runner.options.CommandLineOptions;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.ProfilerConfig;
import org.openjdk.jmh.runner.options.TimeValue;

/**
 * JMH's own main, with the project's defaults: one fork, 2 s of warm-up, 5 iterations of 1 s, allocation measured, and
 * the results as JSON in a new folder {@code perf-results/DATE-jmh}. Whatever is given on the command line wins;
 * {@code -rf} or {@code -rff} ask for results elsewhere, and then no folder is made.
 */
public final class Jmh {
    private static final int NATIVE_RECEIVE_JAVA = 22;
    private static final int WARM_UPS = 2;
    private static final int ITERATIONS = 5;

    private Jmh() {}

    /** Runs the benchmarks; exits with 1 when one of them failed or an option was wrong. */
    public static void main(String[] arguments) throws IOException {
        try {
            run(new CommandLineOptions(arguments), System.out);
        } catch (CommandLineOptionException | RunnerException e) {
            System.err.println(e.getMessage());
            System.exit(1);
        }
    }

    private static void run(CommandLineOptions given, PrintStream out)
            throws IOException, CommandLineOptionException, RunnerException {
        Runner runner = new Runner(given);
        if (given.shouldHelp()) {
            given.showHelp();
        } else if (given.shouldList()) {
            runner.list();
        } else if (given.shouldListWithParams()) {
            runner.listWithParams(given);
        } else if (given.shouldListProfilers()) {
            given.listProfilers();
        } else if (given.shouldListResultFormats()) {
            given.listResultFormats();
        } else {
            measure(given, out);
        }
    }

    private static void measure(CommandLineOptions given, PrintStream out) throws IOException, RunnerException {
        ChainedOptionsBuilder options = withDefaults(given);
        if (given.getResult().hasValue() || given.getResultFormat().hasValue()) {
            new Runner(options.build()).run();
            return;
        }
        Map<String, Object> environment = Machine.describe("jmh");
        ResultFolder folder = ResultFolder.create(
                ResultFolder.home(), "jmh", ResultFolder.command("mvn -pl benchmarks jmh", "jmh.args"), environment);
        options.resultFormat(ResultFormatType.JSON)
                .result(folder.file("results.json").toString());
        new Runner(options.build()).run();
        out.println("The results are in " + folder.path());
    }

    /** What was given, and the defaults for the rest. */
    static ChainedOptionsBuilder withDefaults(CommandLineOptions given) {
        ChainedOptionsBuilder options = new OptionsBuilder().parent(given);
        if (!given.getForkCount().hasValue()) {
            options.forks(1);
        }
        if (!given.getWarmupIterations().hasValue()) {
            options.warmupIterations(WARM_UPS);
        }
        if (!given.getWarmupTime().hasValue()) {
            options.warmupTime(TimeValue.seconds(1));
        }
        if (!given.getMeasurementIterations().hasValue()) {
            options.measurementIterations(ITERATIONS);
        }
        if (!given.getMeasurementTime().hasValue()) {
            options.measurementTime(TimeValue.seconds(1));
        }
        if (!given.getJvmArgs().hasValue()) {
            // Else a fork would inherit this process's, and the results would tell the folder it ran in.
            options.jvmArgs();
        }
        if (!given.shouldFailOnError().hasValue()) {
            options.shouldFailOnError(true);
        }
        if (!measuresAllocation(given.getProfilers())) {
            options.addProfiler(GCProfiler.class);
        }
        if (Runtime.version().feature() < NATIVE_RECEIVE_JAVA) {
            options.exclude("(?i)recvmmsg");
        }
        return options;
    }

    private static boolean measuresAllocation(List<ProfilerConfig> profilers) {
        return profilers.stream()
                .anyMatch(profiler ->
                        profiler.getKlass().equals("gc") || profiler.getKlass().equals(GCProfiler.class.getName()));
    }
}
