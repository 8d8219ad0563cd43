package io.github.xrayd.plan.host;

import io.github.xrayd.plan.input.Field;
import io.github.xrayd.plan.input.PlanInput;
import io.github.xrayd.plan.input.Workload;
import io.github.xrayd.plan.model.CostProfile;
import io.github.xrayd.plan.model.CostProfileText;
import io.github.xrayd.plan.model.Plan;
import io.github.xrayd.plan.output.PlanJson;
import io.github.xrayd.plot.Axis;
import io.github.xrayd.plot.BarChart;
import io.github.xrayd.plot.Bars;
import io.github.xrayd.plot.Unit;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Verifies one load after the other, and writes what was predicted and measured as a table, as plots and as JSON. */
public final class VerificationSuite {
    private static final String NAME = "load";

    /** Name, what it shows, and the workload's fields. */
    private static final List<List<String>> LOADS = List.of(
            List.of("steady", "steady, 1 KB", "rate=1000 outage=0s quota=0 arrivals=poisson"),
            List.of("faster", "four times that", "rate=4000 outage=0s quota=0 arrivals=poisson"),
            List.of("small", "small documents, fast", "rate=8000 size=300 outage=0s quota=0 arrivals=poisson"),
            List.of("large", "large documents", "rate=600 size=8000 outage=0s quota=0 arrivals=poisson"),
            List.of(
                    "slow-backend",
                    "slow backend",
                    "rate=2000 outage=0s quota=0 arrivals=poisson round-trip-p50=250ms round-trip-p99=800ms"),
            List.of("outage", "outage within memory", "rate=2000 outage=8s quota=0 arrivals=poisson"),
            List.of(
                    "overload-memory",
                    "overload: outage beyond memory",
                    "rate=4000 outage=8s quota=0 arrivals=poisson memory-max=16M"),
            List.of(
                    "overload-quota",
                    "overload: three times the quota",
                    "rate=3000 outage=0s quota=1000 arrivals=poisson memory-max=16M"));

    /** One load's result. */
    private record Row(String name, String title, String command, Verification verification) {}

    private final CostProfile profile;
    private final List<Row> rows = new ArrayList<>();

    private VerificationSuite(CostProfile profile) {
        this.profile = profile;
    }

    /**
     * Runs all.
     *
     * @param known the profile to take, or null to calibrate first
     * @param folder where results are written
     */
    public static VerificationSuite run(
            Path command, @Nullable CostProfile known, Path folder, Consumer<String> progress)
            throws LoadTestException, InterruptedException, IOException {
        Files.createDirectories(folder);
        CostProfile profile = known == null ? Calibration.run(command, progress).profile() : known;
        Files.writeString(folder.resolve("profile.yaml"), CostProfileText.write(profile));
        VerificationSuite suite = new VerificationSuite(profile);
        for (List<String> load : LOADS) {
            progress.accept(load.get(0) + " (" + (suite.rows.size() + 1) + " of " + LOADS.size() + ")");
            Plan plan = Plan.of(Workload.of(input(load.get(2)), folder), profile);
            Verification verification = Verification.of(plan, command, progress);
            suite.rows.add(new Row(load.get(0), load.get(1), words(load.get(2)), verification));
        }
        suite.write(folder);
        return suite;
    }

    private static PlanInput input(String text) {
        PlanInput input = new PlanInput().put(Field.RUNS, "2").put(Field.SPAN, "1m");
        for (String part : text.split(" ", -1)) {
            String[] pair = part.split("=", 2);
            input.put(Objects.requireNonNull(Field.of(pair[0])), pair[1]);
        }
        return input;
    }

    private static String words(String text) {
        return "--" + text.replace(" ", " --").replace("=", " ");
    }

    /** Whether every figure of every load was predicted within its stated error. */
    public boolean isAsPredicted() {
        return rows.stream().allMatch(row -> row.verification().isAsPredicted());
    }

    /** The table of all figures. */
    public String text() {
        StringBuilder text = new StringBuilder();
        for (Row row : rows) {
            text.append('\n').append(row.name()).append(": ").append(row.title());
            text.append(row.verification().text());
        }
        return text.toString();
    }

    private void write(Path folder) throws IOException {
        Files.writeString(folder.resolve("README.md"), markdown());
        List<Object> results = new ArrayList<>();
        for (Row row : rows) {
            Map<String, Object> entry = new LinkedHashMap<>();
            entry.put(NAME, row.name());
            entry.put("title", row.title());
            entry.put("workload", row.command());
            entry.putAll(row.verification().json());
            results.add(entry);
        }
        Files.writeString(folder.resolve("results.json"), PlanJson.write(results));
        Files.writeString(folder.resolve("cpu.svg"), plot("Processor time of a segment", 0, Unit.SECONDS));
        Files.writeString(folder.resolve("backlog.svg"), plot("Highest backlog", 5, Unit.NUMBER));
        Files.writeString(folder.resolve("loss.svg"), plot("Loss", 2, Unit.PERCENT));
    }

    private String plot(String title, int figure, Unit unit) {
        double[] predicted = new double[rows.size()];
        double[] measured = new double[rows.size()];
        List<String> names = new ArrayList<>();
        for (int i = 0; i < rows.size(); i++) {
            Comparison comparison = rows.get(i).verification().comparisons().get(figure);
            predicted[i] = comparison.predicted();
            measured[i] = comparison.measured();
            names.add(Integer.toString(i + 1));
        }
        return BarChart.titled(title + ", predicted and measured", names)
                .x("load, as numbered in the table")
                .y(Axis.linear("", unit))
                .add(Bars.of("predicted", predicted))
                .add(Bars.of("measured", measured))
                .svg();
    }

    private String markdown() {
        StringBuilder text = new StringBuilder("# Predictions of xray plan beside measurements\n\n");
        text.append("Made by `xray plan --verify-suite perf-results/plan-verify` on ")
                .append(LocalDate.now(java.time.ZoneOffset.UTC))
                .append(", not edited. Machine and costs: ")
                .append(profile.name())
                .append(" ([profile.yaml](profile.yaml)). Daemon, generator and endpoint shared the machine;"
                        + " an error in **bold** is outside of what is stated.\n\n| | load | workload |");
        List<Comparison> titles = rows.get(0).verification().comparisons();
        for (Comparison comparison : titles) {
            text.append(' ').append(comparison.title()).append(" |");
        }
        text.append("\n|---|---|---|").append("---|".repeat(titles.size())).append('\n');
        int number = 1;
        for (Row row : rows) {
            text.append("| ")
                    .append(number++)
                    .append(" | ")
                    .append(row.title())
                    .append(" (")
                    .append(row.verification().loadText())
                    .append(") | `")
                    .append(row.command())
                    .append("` |");
            for (Comparison comparison : row.verification().comparisons()) {
                text.append(' ').append(cell(comparison)).append(" |");
            }
            text.append('\n');
        }
        text.append(
                "\nEach cell: predicted (least to most of the simulated runs, where they differ) / measured (error). What was"
                        + " measured must lie within the runs, or beyond them by no more than the stated error. Stated errors: ");
        for (Comparison comparison : titles) {
            text.append(comparison.title())
                    .append(" ±")
                    .append(Math.round(comparison.errorMax() * 100))
                    .append(comparison.title().equals("loss") ? " % of what was sent" : " %")
                    .append(comparison.equals(titles.get(titles.size() - 1)) ? ".\n" : "; ");
        }
        text.append(
                "Latency is also taken for right when it differs by less than 50 ms, a backlog by less than 300 segments,"
                        + " processor time by less than 1 % of a core.\n\n");
        text.append("![processor time](cpu.svg)\n\n![backlog](backlog.svg)\n\n![loss](loss.svg)\n");
        return text.toString();
    }

    private static String cell(Comparison comparison) {
        String error = String.format(java.util.Locale.ROOT, "%+.0f %%", comparison.error() * 100);
        String low = comparison.unit().apply(comparison.low());
        String high = comparison.unit().apply(comparison.high());
        return comparison.unit().apply(comparison.predicted())
                + (low.equals(high) ? "" : " (" + low + " to " + high + ")")
                + " / "
                + comparison.unit().apply(comparison.measured()) + " ("
                + (comparison.isWithin() ? error : "**" + error + "**") + ")";
    }
}
