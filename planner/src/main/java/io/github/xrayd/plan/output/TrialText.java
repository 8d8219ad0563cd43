package io.github.xrayd.plan.output;

import static io.github.xrayd.plan.model.Text.bytes;
import static io.github.xrayd.plan.model.Text.number;
import static io.github.xrayd.plan.model.Text.seconds;
import static io.github.xrayd.plan.model.Text.share;

import io.github.xrayd.plan.simulation.Estimate;
import io.github.xrayd.plan.simulation.Outcome;
import io.github.xrayd.plan.simulation.Trial;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.DoubleFunction;

/** What a simulation came to, with intervals of 95 % over its runs. */
public final class TrialText {
    private TrialText() {}

    /** Figures by title. */
    public static Map<String, String> lines(Trial trial, boolean isOutage) {
        Map<String, String> lines = new LinkedHashMap<>();
        Estimate loss = trial.loss();
        lines.put("loss", share(loss.mean()) + ", " + share(loss.low()) + " to " + share(loss.high()));
        lines.put("time to delivery, p50", text(trial.of(run -> run.latencySeconds(50)), value -> seconds(value)));
        lines.put("time to delivery, p99", text(trial.of(run -> run.latencySeconds(99)), value -> seconds(value)));
        lines.put("most held at once", text(trial.of(run -> run.peaks().held()), value -> number(value)) + " segments");
        lines.put("most memory that held something", bytes(trial.max(run -> run.peaks()
                .usedBytes())));
        if (trial.max(run -> run.peaks().spoolBytes()) > 0) {
            lines.put("most on disk", bytes(trial.max(run -> run.peaks().spoolBytes())));
        }
        lines.put("most calls at once", number(trial.max(run -> run.peaks().callsInFlight())));
        if (trial.max(run -> run.calls().throttled()) > 0) {
            lines.put("calls throttled", text(trial.of(run -> run.calls().throttled()), value -> number(value)));
        }
        if (isOutage) {
            double recovered = trial.of(Outcome::recoveredSeconds).mean();
            lines.put(
                    "backlog gone after the outage by",
                    Double.isNaN(recovered) ? "not within the simulated time" : seconds(recovered));
        }
        return lines;
    }

    private static String text(Estimate estimate, DoubleFunction<String> unit) {
        String mean = unit.apply(estimate.mean());
        return Double.isNaN(estimate.low())
                ? mean
                : mean + ", " + unit.apply(Math.max(0, estimate.low())) + " to " + unit.apply(estimate.high());
    }
}
