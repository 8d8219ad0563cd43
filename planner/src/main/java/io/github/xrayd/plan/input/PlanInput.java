package io.github.xrayd.plan.input;

import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The fields of a plan that were given, as text; each value is checked when it is set. Later sources override earlier
 * ones.
 */
public final class PlanInput {
    private final Map<Field, String> texts = new EnumMap<>(Field.class);

    /**
     * Sets a field.
     *
     * @throws InvalidInputException when the value is not valid for the field
     */
    public PlanInput put(Field field, String text) {
        texts.put(field, field.check(text));
        return this;
    }

    /** Sets a field to a number. */
    public PlanInput put(Field field, double value) {
        return put(field, field.write(value));
    }

    /**
     * These fields overridden by others, as flags override a file. Alternatives for the same value replace one another.
     */
    public PlanInput overlaidBy(PlanInput other) {
        PlanInput both = new PlanInput();
        both.texts.putAll(texts);
        PlanInput.dropReplaced(both, other, Field.RATE, Field.HOST_RATE, Field.REQUESTS);
        PlanInput.dropReplaced(both, other, Field.SIZE, Field.SIZE_P50, Field.SIZE_SAMPLE);
        if (!both.has(Field.SIZE_P50)) {
            both.texts.remove(Field.SIZE_P99);
        }
        both.texts.putAll(other.texts);
        return both;
    }

    private static void dropReplaced(PlanInput both, PlanInput other, Field... alternatives) {
        boolean isReplaced = false;
        for (Field field : alternatives) {
            isReplaced |= other.has(field);
        }
        if (isReplaced) {
            for (Field field : alternatives) {
                both.texts.remove(field);
            }
        }
    }

    boolean has(Field field) {
        return texts.containsKey(field);
    }

    /** The given text, or the field's default, or null. */
    public @Nullable String text(Field field) {
        String given = texts.get(field);
        return given == null ? field.defaultText() : given;
    }

    /** The given number, or the field's default. */
    public double number(Field field) {
        String text = text(field);
        if (text == null) {
            throw new IllegalStateException(field + " has no default");
        }
        return field.parse(text);
    }

    double number(Field field, double otherwise) {
        return has(field) ? number(field) : otherwise;
    }

    /** What was given, without defaults, in the order of the fields. */
    public Map<Field, String> given() {
        return Collections.unmodifiableMap(texts);
    }
}
