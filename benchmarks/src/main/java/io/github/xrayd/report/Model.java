package io.github.xrayd.report;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * The cost model: its costs, how it does on the loads it was fitted to and on those it was not, and what it says of
 * larger machines.
 */
final class Model implements Section {
    private static final String SET = "model";
    private static final String CHECK = "check-";
    private static final double DATAGRAM_BYTES = 1_024 + 33;
    private static final double BATCH = 50;
    private static final double USABLE_SHARE = 0.7;
    private static final int[] CORES = {2, 4, 16, 64};
    private static final int[] FLEETS = {10_000, 1_000_000};
    private static final int[] RATES_PER_HOST = {10, 100};

    @Override
    public String markdown(Results results, Plots plots) throws IOException {
        StringBuilder text = new StringBuilder();
        for (Measured each : results.measured(SET)) {
            List<CostModel.Load> fitted = loads(each, false);
            if (fitted.size() >= 4) {
                describe(text, each, CostModel.fit(fitted), fitted);
            }
        }
        return text.length() == 0 ? Section.missing(SET) : text.toString();
    }

    /** The loads of a set, those to which the model is fitted or those by which it is checked. */
    static List<CostModel.Load> loads(Measured measured, boolean isCheck) {
        List<CostModel.Load> loads = new ArrayList<>();
        for (Run run : measured.runs()) {
            double delivered = run.figure("delivered");
            double cpuSeconds = run.figure("cpuSeconds");
            if (run.caseName().startsWith(CHECK) == isCheck && delivered > 0 && cpuSeconds > 0) {
                loads.add(new CostModel.Load(
                        run.caseName(),
                        delivered,
                        run.figure("sentBytes") * delivered / run.figure("sent"),
                        run.figure("requests"),
                        run.figure("windowSeconds"),
                        cpuSeconds));
            }
        }
        return loads;
    }

    private static void describe(StringBuilder text, Measured measured, CostModel model, List<CostModel.Load> fitted) {
        text.append("### ").append(measured.name()).append("\n\n");
        text.append(new Table("cost", "of processor time")
                        .row("each datagram", Table.number(model.perDatagram() * 1e9) + " ns")
                        .row("each byte", Table.number(model.perByte() * 1e9) + " ns")
                        .row("each request", Table.number(model.perRequest() * 1e6) + " µs")
                        .row("each second with traffic", Table.number(model.perSecond() * 1e3) + " ms")
                        .text())
                .append("\nA 1 KB segment at 10,000/s in batches of 50 should take ")
                .append(Table.number(model.cpuSecondsPerSegment(10_000, DATAGRAM_BYTES, BATCH) * 1e6))
                .append(" µs.\n\n");
        Table check = new Table("load", "", "measured, µs per segment", "by the model", "off by");
        fitted.forEach(load -> row(check, model, load, "fitted"));
        loads(measured, true).forEach(load -> row(check, model, load, "**not fitted**"));
        text.append(check.text()).append("\nWhat a machine should carry of 1 KB segments, with ");
        text.append(Table.percent(USABLE_SHARE)).append(" of its cores for the daemon:\n\n");
        double perSegment = model.cpuSecondsPerSegment(1e9, DATAGRAM_BYTES, BATCH);
        Table machines = new Table("cores", "segments per second", "Gbit/s in", "requests per second");
        for (int cores : CORES) {
            double rate = cores * USABLE_SHARE / perSegment;
            machines.row(
                    Integer.toString(cores),
                    Table.number(Math.floor(rate / 1_000) * 1_000),
                    Table.number(rate * (DATAGRAM_BYTES + 28) * 8e-9),
                    Table.number(rate / BATCH));
        }
        text.append(machines.text()).append("\nCollectors for a fleet, one in ten of them spare and at least one:\n\n");
        text.append(fleets(perSegment).text())
                .append("\n[")
                .append(measured.folder())
                .append("](../perf-results/");
        text.append(measured.folder()).append("/)\n\n");
    }

    private static Table fleets(double perSegment) {
        Table table =
                new Table("hosts", "segments per second each", "in all", "of 4 cores", "of 16 cores", "of 64 cores");
        for (int hosts : FLEETS) {
            for (int each : RATES_PER_HOST) {
                double rate = (double) hosts * each;
                table.row(
                        Table.number(hosts),
                        Integer.toString(each),
                        Table.number(rate),
                        collectors(rate, 4, perSegment),
                        collectors(rate, 16, perSegment),
                        collectors(rate, 64, perSegment));
            }
        }
        return table;
    }

    private static String collectors(double rate, int cores, double perSegment) {
        double needed = Math.ceil(rate * perSegment / (cores * USABLE_SHARE));
        return Table.number(needed + Math.max(1, Math.ceil(needed / 10)));
    }

    private static void row(Table table, CostModel model, CostModel.Load load, String role) {
        double predicted = model.cpuSeconds(load);
        table.row(
                load.name(),
                role,
                Table.number(load.cpuSeconds() / load.datagrams() * 1e6),
                Table.number(predicted / load.datagrams() * 1e6),
                Table.percent(predicted / load.cpuSeconds() - 1));
    }
}
