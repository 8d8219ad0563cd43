package io.github.xrayd.connectors.compare;

import io.github.xrayd.connectors.compare.Difference.Place;
import io.github.xrayd.connectors.otlp.convert.JsonNumber;
import io.github.xrayd.connectors.otlp.convert.JsonTree;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Where two JSON values differ. Objects are equal whatever the order of their keys, numbers by their value. */
final class JsonDifferences {
    private static final int TEXT_LENGTH_MAX = 80;
    private static final Pattern PLAIN_KEY = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");

    private final List<Place> places = new ArrayList<>();
    private final int limit;

    private JsonDifferences(int limit) {
        this.limit = limit;
    }

    /**
     * The first places, in the order of {@code a}.
     *
     * @param limit how many at most
     */
    static List<Place> of(Map<String, @Nullable Object> a, Map<String, @Nullable Object> b, int limit) {
        JsonDifferences differences = new JsonDifferences(limit);
        differences.objects("$", a, b);
        return differences.places;
    }

    private void objects(String path, Map<?, ?> a, Map<?, ?> b) {
        Set<Object> keys = new LinkedHashSet<>(a.keySet());
        keys.addAll(b.keySet());
        for (Object key : keys) {
            String at = path + step(String.valueOf(key));
            if (!a.containsKey(key)) {
                add(at, null, text(b.get(key)));
            } else if (!b.containsKey(key)) {
                add(at, text(a.get(key)), null);
            } else {
                values(at, a.get(key), b.get(key));
            }
        }
    }

    private static String step(String key) {
        return PLAIN_KEY.matcher(key).matches() ? "." + key : "[" + JsonTree.write(key) + "]";
    }

    private void values(String path, @Nullable Object a, @Nullable Object b) {
        if (a instanceof Map<?, ?> mapA && b instanceof Map<?, ?> mapB) {
            objects(path, mapA, mapB);
        } else if (a instanceof List<?> listA && b instanceof List<?> listB) {
            lists(path, listA, listB);
        } else if (!isEqual(a, b)) {
            add(path, text(a), text(b));
        }
    }

    private void lists(String path, List<?> a, List<?> b) {
        for (int i = 0; i < Math.max(a.size(), b.size()); i++) {
            String at = path + "[" + i + "]";
            if (i >= a.size()) {
                add(at, null, text(b.get(i)));
            } else if (i >= b.size()) {
                add(at, text(a.get(i)), null);
            } else {
                values(at, a.get(i), b.get(i));
            }
        }
    }

    private static boolean isEqual(@Nullable Object a, @Nullable Object b) {
        if (a instanceof JsonNumber numberA && b instanceof JsonNumber numberB) {
            return numberA.equals(numberB) || isSameNumber(numberA.text(), numberB.text());
        }
        return Objects.equals(a, b);
    }

    private static boolean isSameNumber(String a, String b) {
        try {
            // Without zeros at the end two numbers are equal when digits and scale are; nothing is computed with large
            // exponents.
            BigDecimal one = new BigDecimal(a).stripTrailingZeros();
            BigDecimal other = new BigDecimal(b).stripTrailingZeros();
            return one.scale() == other.scale() && one.unscaledValue().equals(other.unscaledValue());
        } catch (ArithmeticException | NumberFormatException e) {
            // An exponent beyond 32 bits: only the same text is the same number.
            return false;
        }
    }

    private void add(String path, @Nullable String a, @Nullable String b) {
        if (places.size() < limit) {
            places.add(new Place(path, a, b));
        }
    }

    private static String text(@Nullable Object value) {
        String text = JsonTree.write(value);
        if (text.codePointCount(0, text.length()) <= TEXT_LENGTH_MAX) {
            return text;
        }
        return text.substring(0, text.offsetByCodePoints(0, TEXT_LENGTH_MAX)) + "…";
    }
}
