package io.github.xrayd.report;

import java.io.IOException;
import java.util.List;

/** A section about one set of loads: its figures, and where they are from. */
abstract class SetSection implements Section {
    private final String set;

    /** {@code set}: the set's name, as {@code --set} takes it. */
    SetSection(String set) {
        this.set = set;
    }

    @Override
    public final String markdown(Results results, Plots plots) throws IOException {
        List<Measured> all = results.measured(set);
        return all.isEmpty() ? Section.missing(set) : figures(all, plots) + "\n" + Section.source(all);
    }

    /**
     * Tables and plots.
     *
     * @param all what was measured, one for each daemon, at least one
     * @throws IOException when a plot cannot be written
     */
    abstract String figures(List<Measured> all, Plots plots) throws IOException;
}
