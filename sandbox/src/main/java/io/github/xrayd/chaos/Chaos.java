package io.github.xrayd.chaos;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Tries faults one after the other and reports which expectations held. For one thread. */
public final class Chaos {
    private final ChaosOptions options;
    private final List<Scenario> scenarios;
    private final List<Result> results = new ArrayList<>();

    /**
     * Chooses the faults.
     *
     * @throws IllegalArgumentException when there is no fault of a name, or a figure is out of range
     */
    public Chaos(ChaosOptions options) {
        this.options = options;
        List<Scenario> chosen = new ArrayList<>();
        for (String name : options.faults().isEmpty() ? names() : options.faults()) {
            chosen.add(adjusted(find(name)));
        }
        scenarios = List.copyOf(chosen);
    }

    /** The names of all faults, in the table's order. */
    public static List<String> names() {
        return Scenarios.all().stream().map(Scenario::name).toList();
    }

    /** All faults with what they are and what is expected, a line each. */
    public static String list() {
        StringBuilder text = new StringBuilder();
        for (Scenario scenario : Scenarios.all()) {
            text.append(String.format(
                    Locale.ROOT,
                    "%-23s %s; %s%n",
                    scenario.name(),
                    scenario.fault(),
                    scenario.expectation().message()));
        }
        return text.toString();
    }

    private static Scenario find(String name) {
        for (Scenario scenario : Scenarios.all()) {
            if (scenario.name().equals(name)) {
                return scenario;
            }
        }
        throw new IllegalArgumentException(
                "there is no fault \"" + name + "\": use one of " + String.join(", ", names()));
    }

    private Scenario adjusted(Scenario scenario) {
        LoadPlan plan = options.isQuick() ? scenario.plan().quick() : scenario.plan();
        Double rate = options.ratePerSecond();
        if (rate != null && plan.ratePerSecond() > 0) {
            plan = plan.withRate(rate);
        }
        Duration disruption = options.disruption();
        return scenario.withPlan(disruption == null ? plan : plan.withDisruption(disruption));
    }

    /**
     * Tries them all.
     *
     * @param progress receives a line when something begins and when it has ended
     * @return whether every expectation held
     */
    public boolean run(Consumer<String> progress) throws InterruptedException {
        OtherLoad others = OtherLoad.start();
        for (Scenario scenario : scenarios) {
            progress.accept(String.format(
                    Locale.ROOT,
                    "[%d/%d] %s: %s; %,d documents",
                    results.size() + 1,
                    scenarios.size(),
                    scenario.name(),
                    scenario.fault(),
                    scenario.plan().count()));
            Result result = run(scenario);
            results.add(result);
            progress.accept("    " + result.verdict() + summary(result));
        }
        progress.accept(summary(results, others.share(), others.text()));
        return results.stream().allMatch(Result::isAsExpected);
    }

    /**
     * One line about all results.
     *
     * @param othersShare what other processes used of the processors, 0 to 1
     * @param othersText the same as text, or empty when it is not known
     */
    static String summary(List<Result> results, double othersShare, String othersText) {
        List<String> failed = results.stream()
                .filter(result -> !result.isAsExpected())
                .map(result -> result.scenario().name())
                .toList();
        StringBuilder text = new StringBuilder();
        text.append(results.size() - failed.size())
                .append(" of ")
                .append(results.size())
                .append(" faults as expected");
        if (!failed.isEmpty()) {
            text.append("; not as expected: ").append(String.join(", ", failed));
        }
        List<String> skipped = results.stream()
                .filter(result -> result.skipped() != null)
                .map(result -> result.scenario().name())
                .toList();
        if (!skipped.isEmpty()) {
            text.append("; of these skipped: ").append(String.join(", ", skipped));
        }
        if (!othersText.isEmpty()) {
            text.append("; ").append(othersText);
        }
        if (!failed.isEmpty() && othersShare >= OtherLoad.BUSY_SHARE) {
            text.append(": this may be the reason, so try again on an idle machine");
        }
        return text.toString();
    }

    private Result run(Scenario scenario) throws InterruptedException {
        String command = options.command(scenario.name());
        String missing = scenario.requirement().missing();
        if (missing != null) {
            return new Result(scenario, command, null, missing, List.of());
        }
        try {
            Observation seen = new Experiment(options.xray(), scenario, options.seed(), options.daemonFlags()).run();
            return new Result(scenario, command, seen, null, InvariantCheck.violations(scenario, seen));
        } catch (ChaosException e) {
            return new Result(scenario, command, null, null, List.of(String.valueOf(e.getMessage())));
        }
    }

    private static String summary(Result result) {
        Observation seen = result.seen();
        if (seen == null) {
            return "";
        }
        return String.format(
                Locale.ROOT,
                ": %,d of %,d delivered, %,d twice, not delivered: %s%s",
                seen.ledger().delivered(),
                seen.datagrams(),
                seen.arrivals().duplicated(),
                result.lost(),
                result.isAsExpected() ? "" : "; " + String.join("; ", result.violations()));
    }

    /** What came out so far, as a table for a terminal. */
    public String table() {
        return ResultText.table(results);
    }

    /** Writes what came out so far as JSON. */
    public void writeJson(OutputStream out) throws IOException {
        ResultJson.write(results, options.seed(), options.isQuick(), out);
    }

    /**
     * Puts what came out so far into the table of a Markdown file.
     *
     * @throws IOException when the file cannot be written or has no place for the table
     */
    public void writeMarkdown(Path file) throws IOException {
        FaultDocument.update(file, results);
    }

    /** What came out so far as a table in Markdown. */
    public String markdown() {
        StringBuilder text = new StringBuilder(ResultText.markdownHead());
        results.forEach(result -> text.append(ResultText.markdownRow(result)));
        return text.toString();
    }

    /**
     * What is tried, and how.
     *
     * @param xray the daemon's command
     * @param faults names, or none for all
     * @param seed chooses documents, chances and what the proxy does
     * @param isQuick whether everything is done in little
     * @param ratePerSecond documents per second instead of each fault's own, or null
     * @param disruption how long it goes wrong instead of each fault's own time, or null
     * @param daemonFlags more flags for the daemon
     */
    public record ChaosOptions(
            Path xray,
            List<String> faults,
            long seed,
            boolean isQuick,
            @Nullable Double ratePerSecond,
            @Nullable Duration disruption,
            List<String> daemonFlags) {
        public ChaosOptions {
            faults = List.copyOf(faults);
            daemonFlags = List.copyOf(daemonFlags);
        }

        /** What tries one of them again in the same way. */
        String command(String fault) {
            StringBuilder command = new StringBuilder("xray chaos --fault ").append(fault);
            if (seed != 1) {
                command.append(" --seed ").append(seed);
            }
            if (isQuick) {
                command.append(" --quick");
            }
            if (ratePerSecond != null) {
                command.append(" --rate ").append(String.format(Locale.ROOT, "%.0f", ratePerSecond));
            }
            if (disruption != null) {
                command.append(" --disruption ").append(disruption.toMillis()).append("ms");
            }
            if (!daemonFlags.isEmpty()) {
                command.append(" -- ").append(String.join(" ", daemonFlags));
            }
            return command.toString();
        }
    }
}
