package io.github.xrayd.plan.question;

import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What was said, field by field, in the words it was said in; each value is checked when it is put. Later sources overlay earlier ones. */
public final class Wishes {
    private final Map<Field, String> texts = new EnumMap<>(Field.class);

    /**
     * Says a field.
     *
     * @throws BadQuestionException when the field cannot be that
     */
    public Wishes put(Field field, String text) {
        texts.put(field, field.check(text));
        return this;
    }

    /** Says a field's number. */
    public Wishes put(Field field, double value) {
        return put(field, field.write(value));
    }

    /** These with others over them: flags over a file. Ways to say the same thing replace one another. */
    public Wishes overlaidBy(Wishes other) {
        Wishes both = new Wishes();
        both.texts.putAll(texts);
        Wishes.dropReplaced(both, other, Field.RATE, Field.HOST_RATE, Field.REQUESTS);
        Wishes.dropReplaced(both, other, Field.SIZE, Field.SIZE_P50, Field.SIZE_SAMPLE);
        if (!both.has(Field.SIZE_P50)) {
            both.texts.remove(Field.SIZE_P99);
        }
        both.texts.putAll(other.texts);
        return both;
    }

    private static void dropReplaced(Wishes both, Wishes other, Field... alternatives) {
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

    /** What was said, or the field's default, or null. */
    @Nullable
    String text(Field field) {
        String said = texts.get(field);
        return said == null ? field.defaultText() : said;
    }

    /** The number that was said, or the field's default. */
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

    /** What was said, without defaults, in the order of the fields. */
    public Map<Field, String> said() {
        return Collections.unmodifiableMap(texts);
    }
}
