package io.github.xrayd.plan;

import io.github.xrayd.plan.model.CostProfile;
import io.github.xrayd.plan.model.Plan;
import io.github.xrayd.plan.question.Field;
import io.github.xrayd.plan.question.Question;
import io.github.xrayd.plan.question.Wishes;
import java.nio.file.Path;
import java.util.Objects;

/** Plans for tests, from words as on the command line. */
public final class Plans {
    private Plans() {}

    /** A question. */
    public static Question question(String flags) {
        Wishes wishes = new Wishes();
        for (String flag : flags.trim().split(" +", -1)) {
            String[] parts = flag.split("=", 2);
            wishes.put(Objects.requireNonNull(Field.of(parts[0]), parts[0]), parts[1]);
        }
        return Question.of(wishes, Path.of("."));
    }

    /** A plan, simulated briefly. */
    public static Plan plan(String flags) {
        return Plan.of(question(flags + " runs=2 span=60s"), CostProfile.standard());
    }
}
