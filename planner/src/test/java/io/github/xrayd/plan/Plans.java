package io.github.xrayd.plan;

import io.github.xrayd.plan.input.Field;
import io.github.xrayd.plan.input.PlanInput;
import io.github.xrayd.plan.input.Workload;
import io.github.xrayd.plan.model.CostProfile;
import io.github.xrayd.plan.model.Plan;
import java.nio.file.Path;
import java.util.Objects;

/** Plans for tests, from words as on the command line. */
public final class Plans {
    private Plans() {}

    /** A workload. */
    public static Workload workload(String flags) {
        PlanInput input = new PlanInput();
        for (String flag : flags.trim().split(" +", -1)) {
            String[] parts = flag.split("=", 2);
            input.put(Objects.requireNonNull(Field.of(parts[0]), parts[0]), parts[1]);
        }
        return Workload.of(input, Path.of("."));
    }

    /** A plan, simulated briefly. */
    public static Plan plan(String flags) {
        return Plan.of(workload(flags + " runs=2 span=60s"), CostProfile.standard());
    }
}
