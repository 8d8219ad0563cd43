package io.github.xrayd.loadtest;

import io.github.xrayd.results.Machine;
import io.github.xrayd.results.ResultFolder;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/** {@code mvn -q -pl benchmarks load-test}: reads the options, measures, and says where the results are. */
@CommandLine.Command(
        name = "load-test",
        customSynopsis = "mvn -q -pl benchmarks load-test -Dload-test.args=\"OPTIONS\"",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        usageHelpWidth = 120,
        description = {
            "Runs a daemon under load and reports what it took and what was lost. The daemon is a process of its own; "
                    + "generator and backend share this one, so that they are compiled and warm after the first case and no "
                    + "further process competes for the cores. Everything is on loopback.",
            ""
        })
public final class LoadTest implements Callable<Integer> {
    private static final String COMMAND = "mvn -q -pl benchmarks load-test";
    private static final String LENGTH = "10s";
    private static final String WARM_UP = "15s";
    private static final Duration SMOKE_WARM_UP = Duration.ofSeconds(1);
    private static final Duration SMOKE_IDLE_QUIET = Duration.ofSeconds(1);

    @Option(
            names = "--set",
            paramLabel = "NAME",
            description = "What to measure, see below; without it one case of --rate, --size, --sources and so on.")
    private @Nullable String set;

    @Option(names = "--daemon", paramLabel = "PATH", description = "The daemon (default: cli/target/xray/bin/xray).")
    private @Nullable Path daemon;

    @Option(names = "--label", paramLabel = "NAME", description = "What it is called (default: ${DEFAULT-VALUE}).")
    private String label = "xrayd";

    @Option(
            names = "--java-home",
            paramLabel = "PATH",
            description = "The Java it gets as JAVA_HOME (default: the one that runs this).")
    private @Nullable Path javaHome;

    @Option(names = "--daemon-flags", paramLabel = "FLAGS", description = "More flags for it, with blanks between.")
    private String daemonFlags = "";

    @Option(
            names = "--against",
            paramLabel = "PATH",
            description = "A second daemon, measured in turn with the first; ratios are reported.")
    private @Nullable Path against;

    @Option(names = "--against-label", paramLabel = "NAME", description = "What that is called (${DEFAULT-VALUE}).")
    private String againstLabel = "other";

    @Option(names = "--against-java-home", paramLabel = "PATH", description = "The Java that it gets.")
    private @Nullable Path againstJavaHome;

    @Option(names = "--against-flags", paramLabel = "FLAGS", description = "More flags for that.")
    private String againstFlags = "";

    @Option(names = "--rounds", paramLabel = "N", description = "Times each case is run (default: ${DEFAULT-VALUE}).")
    private int rounds = 1;

    @Option(
            names = "--warm-up",
            paramLabel = "D",
            description = "Traffic before a warm case is measured (default: " + WARM_UP + "; 0s: none).")
    private String warmUp = WARM_UP;

    @Option(
            names = "--warm-up-rate",
            paramLabel = "R",
            description = "Its datagrams per second (default: ${DEFAULT-VALUE}).")
    private double warmUpRate = 20_000;

    @Option(names = "--duration", paramLabel = "D", description = "How long each load lasts (default: " + LENGTH + ").")
    private String duration = LENGTH;

    @Option(names = "--rate", paramLabel = "R,…", description = "Datagrams per second, one or more; 0: line rate.")
    private String rates = "10000";

    @Option(names = "--count", paramLabel = "N", description = "Datagrams of each case, instead of --duration.")
    private long count;

    @Option(names = "--size", paramLabel = "BYTES,…", description = "Document lengths, or mix (default: 1024).")
    private String sizes = "1024";

    @Option(names = "--sources", paramLabel = "N,…", description = "Senders that take turns (default: 16).")
    private String sources = "16";

    @Option(
            names = "--backend-latency",
            paramLabel = "MS,…",
            description = "How late the backend answers, in milliseconds (default: 0).")
    private String latencies = "0";

    @Option(names = "--memory", paramLabel = "MB", description = "The daemon's -m (default: ${DEFAULT-VALUE}).")
    private int memoryMb = 64;

    @Option(
            names = "--find-lossless",
            description = "Search the highest rate that loses nothing for --duration, beginning at --rate.")
    private boolean isLossless;

    @Option(
            names = "--verify-signatures",
            description = "The backend checks signatures, which costs its core 4 us for each KB.")
    private boolean isSignatureVerified;

    @Option(names = "--name", paramLabel = "NAME", description = "End of the folder's name (default: the set's).")
    private @Nullable String name;

    @Option(names = "--output", paramLabel = "PATH", description = "Folder of the results (default: perf-results).")
    private @Nullable Path output;

    @Option(names = "--verbose", description = "Tell each step.")
    private boolean isVerbose;

    private final PrintStream out;

    private LoadTest(PrintStream out) {
        this.out = out;
    }

    /** Measures; exits with 0 when all was measured, 1 when something broke, 2 when an option was wrong. */
    public static void main(String[] arguments) {
        System.exit(run(System.out, System.err, arguments));
    }

    /** The same without the exit. */
    static int run(PrintStream out, PrintStream err, String... arguments) {
        CommandLine line = new CommandLine(new LoadTest(out));
        line.setOut(new PrintWriter(out, true, StandardCharsets.UTF_8));
        line.setErr(new PrintWriter(err, true, StandardCharsets.UTF_8));
        line.getCommandSpec().usageMessage().footer(footer());
        line.setExecutionExceptionHandler((error, failed, parsed) -> {
            if (error instanceof RuntimeException && !(error instanceof IllegalArgumentException)) {
                throw error;
            }
            failed.getErr().println("load-test: " + error.getMessage());
            return error instanceof IllegalArgumentException ? 2 : 1;
        });
        return line.execute(arguments);
    }

    private static String[] footer() {
        List<String> lines = new ArrayList<>();
        lines.add("");
        lines.add("Sets, with the time they take for one daemon and one round:");
        for (CaseSet each : CaseSet.ALL) {
            boolean isSmoke = each.text().equals(CaseSet.SMOKE);
            lines.add(each.line(
                    OptionText.duration(LENGTH),
                    isSmoke ? SMOKE_WARM_UP : OptionText.duration(WARM_UP),
                    isSmoke ? SMOKE_IDLE_QUIET : DaemonCases.IDLE_QUIET));
        }
        lines.add("");
        lines.add(
                "Results: a new folder perf-results/DATE-NAME with command.txt, environment.json, runs.json (raw), a");
        lines.add("latency histogram for each load, and the ratios where two were compared.");
        lines.add("Exit code: 0 all was measured, 1 a daemon or the machine failed, 2 wrong options.");
        return lines.toArray(new String[0]);
    }

    @Override
    public Integer call() throws LoadTestException, IOException, InterruptedException {
        List<Subject> subjects = subjects();
        Duration warm = OptionText.duration(warmUp);
        Duration idleQuiet = DaemonCases.IDLE_QUIET;
        String setName = set == null ? "custom" : set;
        if (setName.equals(CaseSet.SMOKE)) {
            warm = SMOKE_WARM_UP;
            idleQuiet = SMOKE_IDLE_QUIET;
            warmUpRate = Math.min(warmUpRate, 2_000);
        }
        List<Case> cases = cases();
        if (rounds < 1) {
            throw new IllegalArgumentException("--rounds must be at least 1, not " + rounds);
        }
        for (Subject subject : subjects) {
            subject.check();
        }
        Map<String, Object> environment = Machine.describe(setName);
        environment.put("subjects", subjects.stream().map(Subject::toJson).toList());
        environment.put("rounds", rounds);
        environment.put("warmUpSeconds", warm.toMillis() / 1e3);
        environment.put("warmUpRate", warmUpRate);
        environment.put("isSignatureVerified", isSignatureVerified);
        ResultFolder folder = ResultFolder.create(
                output == null ? ResultFolder.home() : ResultFolder.root().resolve(output),
                name == null ? setName : name,
                ResultFolder.command(COMMAND, "load-test.args"),
                environment);
        Progress progress = new Progress(out, isVerbose);
        try (Backend backend = new Backend(isSignatureVerified)) {
            DaemonCases daemonCases =
                    new DaemonCases(backend, warm, warmUpRate, idleQuiet, new Histograms(folder), progress);
            new Session(subjects, cases, rounds, daemonCases, folder, progress, out).run();
        }
        out.println("The results are in " + folder.path());
        return 0;
    }

    private List<Subject> subjects() {
        Path java = javaHome == null ? Path.of(System.getProperty("java.home")) : javaHome;
        // Maven runs this in the module's folder; who typed a path meant the project's.
        Path root = ResultFolder.root();
        Path command = root.resolve(daemon == null ? Path.of("cli/target/xray/bin/xray") : daemon);
        List<Subject> subjects = new ArrayList<>();
        subjects.add(new Subject(label, command, java, OptionText.flags(daemonFlags)));
        if (against != null) {
            if (againstLabel.equals(label)) {
                throw new IllegalArgumentException("both daemons are called " + label + ": give --against-label");
            }
            Path otherJava = againstJavaHome == null ? java : againstJavaHome;
            subjects.add(new Subject(againstLabel, root.resolve(against), otherJava, OptionText.flags(againstFlags)));
        }
        return subjects;
    }

    private List<Case> cases() {
        Duration length = OptionText.duration(duration);
        if (set != null) {
            return CaseSet.named(set)
                    .orElseThrow(
                            () -> new IllegalArgumentException("no set is called \"" + set + "\": --help lists them"))
                    .cases(length);
        }
        List<Case> cases = new ArrayList<>();
        for (int rate : OptionText.numbers("--rate", rates, "")) {
            for (int size : OptionText.numbers("--size", sizes, "mix")) {
                for (int source : OptionText.numbers("--sources", sources, "")) {
                    for (int latency : OptionText.numbers("--backend-latency", latencies, "")) {
                        cases.add(custom(rate, length)
                                .withSize(size)
                                .withSources(source)
                                .withBackendMs(latency)
                                .withMemoryMb(memoryMb)
                                .named(rate + "-" + (size == 0 ? "mix" : size) + "-" + source + "-" + latency + "ms"));
                    }
                }
            }
        }
        return cases;
    }

    private Case custom(int rate, Duration length) {
        if (isLossless) {
            return Case.lossless("", rate == 0 ? 10_000 : rate, length);
        }
        return count > 0 ? Case.burst("", count, true).withRate(rate) : Case.load("", rate, length);
    }
}
