package io.github.xrayd.plan.simulation;

import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;

/** The same scenario with several seeds. */
public final class Trial {
    private final List<Outcome> outcomes;

    private Trial(List<Outcome> outcomes) {
        this.outcomes = List.copyOf(outcomes);
    }

    /**
     * Runs a scenario.
     *
     * @param seed of the first run; the others count up from it
     * @param runs at least 1
     */
    public static Trial run(Scenario scenario, long seed, int runs) {
        return run(scenario, seed, runs, 0);
    }

    /** The same, counting only what comes after {@code leadNs}. */
    public static Trial run(Scenario scenario, long seed, int runs, long leadNs) {
        List<Outcome> outcomes = new ArrayList<>();
        for (int i = 0; i < runs; i++) {
            outcomes.add(Simulator.run(scenario, seed + i, leadNs));
        }
        return new Trial(outcomes);
    }

    /** The first run, for pictures. */
    public Outcome first() {
        return outcomes.get(0);
    }

    public int runs() {
        return outcomes.size();
    }

    /** The lost share. */
    public Estimate loss() {
        double tried =
                outcomes.stream().mapToDouble(run -> run.segments().offered()).sum();
        return Estimate.share(values(Outcome::loss), tried);
    }

    /** Any figure. */
    public Estimate of(ToDoubleFunction<Outcome> figure) {
        return Estimate.of(values(figure));
    }

    /** The greatest of a figure. */
    public double max(ToDoubleFunction<Outcome> figure) {
        return outcomes.stream().mapToDouble(figure).max().orElse(Double.NaN);
    }

    /** The least of a figure. */
    public double min(ToDoubleFunction<Outcome> figure) {
        return outcomes.stream().mapToDouble(figure).min().orElse(Double.NaN);
    }

    public long events() {
        return outcomes.stream().mapToLong(Outcome::events).sum();
    }

    private double[] values(ToDoubleFunction<Outcome> figure) {
        return outcomes.stream().mapToDouble(figure).toArray();
    }
}
