package io.github.xrayd.report;

import java.io.IOException;
import java.util.List;

/** What docs/BENCHMARKS.md shows: the headline table, and the two plots that say most where there are any. */
final class FrontPage implements Section {
    private static final String PLOTS =
            """

            ![Processor time over the rate](../perf-results/plots/cpu.svg)

            ![Loss over the rate](../perf-results/plots/loss.svg)
            """;

    @Override
    public String markdown(Results results, Plots plots) throws IOException {
        List<Measured> all = Headline.measured(results);
        if (all.isEmpty()) {
            return Section.missing("headline");
        }
        String table = Headline.table(all);
        return results.measured("rates").isEmpty() ? table : table + PLOTS;
    }
}
