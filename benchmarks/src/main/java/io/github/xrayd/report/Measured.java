package io.github.xrayd.report;

import io.github.xrayd.results.Spread;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What the newest run of one set says of one daemon.
 *
 * @param name the daemon as readers see it, with its Java where that matters
 * @param folder where the figures are
 * @param time when they were taken, ISO 8601
 */
record Measured(String name, String folder, String time, List<Run> runs) {
    /** The cases, in the order in which they were run. */
    Set<String> cases() {
        return runs.stream().map(Run::caseName).collect(Collectors.toCollection(LinkedHashSet::new));
    }

    /** The same with the runs of some cases replaced by those of another. */
    Measured with(Predicate<String> caseName, Measured other) {
        Stream<Run> kept = runs.stream().filter(run -> !caseName.test(run.caseName()));
        Stream<Run> taken = other.runs.stream().filter(run -> caseName.test(run.caseName()));
        return new Measured(name, folder, time, Stream.concat(kept, taken).toList());
    }

    /** The spread of a figure over the runs of a case. */
    Optional<Spread> spread(String caseName, String figure) {
        return spread(name -> name.equals(caseName), figure);
    }

    /** The spread of a figure over the runs of all cases that fit. */
    Optional<Spread> spread(Predicate<String> caseName, String figure) {
        double[] values = runs.stream()
                .filter(run -> caseName.test(run.caseName()))
                .mapToDouble(run -> run.figure(figure))
                .filter(Double::isFinite)
                .toArray();
        return values.length == 0 ? Optional.empty() : Optional.of(Spread.of(values));
    }

    /** The middle value of a figure; NaN when there is none. */
    double median(String caseName, String figure) {
        return spread(caseName, figure).map(Spread::median).orElse(Double.NaN);
    }

    /** The first run of a case. */
    Optional<Run> first(String caseName) {
        return runs.stream().filter(run -> run.caseName().equals(caseName)).findFirst();
    }
}
