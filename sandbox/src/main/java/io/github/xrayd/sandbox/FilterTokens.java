package io.github.xrayd.sandbox;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The words of a filter expression, read from left to right; errors name the place. Owned by one thread. */
final class FilterTokens {
    /** The longest expression, in characters, as the service says. */
    static final int LENGTH_MAX = 2_000;

    private static final Pattern TOKEN =
            Pattern.compile("(\"(?:[^\"\\\\]|\\\\.)*+\")|(<=|>=|!=|[=<>(){},:!\\[\\]])|([A-Za-z0-9_.+\\-]+)");

    private static final Pattern NUMBER = Pattern.compile("[+-]?(\\d+\\.?\\d*|\\.\\d+)([eE][+-]?\\d+)?");

    private final String text;
    private final List<String> tokens = new ArrayList<>();
    private final List<Integer> offsets = new ArrayList<>();
    private int position;

    FilterTokens(String text) throws ApiException {
        if (text.length() > LENGTH_MAX) {
            throw invalid("it is longer than " + LENGTH_MAX + " characters", LENGTH_MAX);
        }
        this.text = text;
        Matcher matcher = TOKEN.matcher(text);
        int at = 0;
        while (at < text.length()) {
            if (Character.isWhitespace(text.charAt(at))) {
                at++;
                continue;
            }
            int end;
            if (text.charAt(at) == '#') {
                end = endOfJson(at);
            } else if (matcher.find(at) && matcher.start() == at) {
                end = matcher.end();
            } else {
                throw invalid("unreadable at \"" + TerminalText.harmless(text.substring(at), 40) + "\"", at);
            }
            tokens.add(text.substring(at, end));
            offsets.add(at);
            at = end;
        }
    }

    /** Where the JSON that follows a {@code #} ends: with the bracket that closes its first one. */
    private int endOfJson(int start) throws ApiException {
        int depth = 0;
        boolean isInString = false;
        for (int i = start + 1; i < text.length(); i++) {
            char c = text.charAt(i);
            if (isInString) {
                if (c == '\\') {
                    i++;
                } else if (c == '"') {
                    isInString = false;
                }
            } else if (c == '"') {
                isInString = true;
            } else if (c == '[' || c == '{') {
                depth++;
            } else if ((c == ']' || c == '}') && --depth == 0) {
                return i + 1;
            }
        }
        throw invalid("the JSON after # does not end", start);
    }

    private static ApiException invalid(String words, int index) {
        return ApiException.invalidRequest("Invalid filter expression: " + TerminalText.harmless(words, 200))
                .at(index);
    }

    /** An error at the next word. */
    ApiException invalid(String words) {
        return invalid(words, position < offsets.size() ? offsets.get(position) : text.length());
    }

    /** An error at the word that was read last. */
    ApiException invalidLast(String words) {
        position = Math.max(0, position - 1);
        return invalid(words);
    }

    /** The next word, or empty at the end. */
    String peek() {
        return position < tokens.size() ? tokens.get(position) : "";
    }

    /** Reads the next word. */
    String next() {
        String token = peek();
        position++;
        return token;
    }

    boolean isNext(String word) {
        if (peek().equalsIgnoreCase(word)) {
            position++;
            return true;
        }
        return false;
    }

    void require(String word) throws ApiException {
        if (!isNext(word)) {
            throw invalid("expected " + word + (peek().isEmpty() ? " at the end" : " before " + peek()));
        }
    }

    /** Reads a text in quotation marks. */
    String quoted() throws ApiException {
        String token = peek();
        if (!token.startsWith("\"")) {
            throw invalid("expected a quoted string" + (token.isEmpty() ? "" : ", not " + token));
        }
        position++;
        return token.substring(1, token.length() - 1).replaceAll("\\\\(.)", "$1");
    }

    /** Reads the value after {@code =} or {@code !=}; true when it must be equal. */
    boolean isEqual() throws ApiException {
        if (isNext("!=")) {
            return false;
        }
        require("=");
        return true;
    }

    /** Reads what follows a keyword that is true or false. */
    <T> Predicate<T> flag(Predicate<T> isSet) throws ApiException {
        if (isNext("=")) {
            return trueOrFalse() ? isSet : isSet.negate();
        }
        if (isNext("!=")) {
            return trueOrFalse() ? isSet.negate() : isSet;
        }
        return isSet;
    }

    private boolean trueOrFalse() throws ApiException {
        if (isNext("true")) {
            return true;
        }
        require("false");
        return false;
    }

    /** Reads what follows a keyword for a number; NaN is unequal to everything. */
    <T> Predicate<T> number(ToDoubleFunction<T> value) throws ApiException {
        Predicate<Object> comparison = comparison(true);
        return subject -> comparison.test(value.applyAsDouble(subject));
    }

    /** Reads what follows a keyword for a text. Without an operator it asks whether there is one. */
    <T> Predicate<T> text(Function<T, @Nullable String> value) throws ApiException {
        return texts(subject -> {
            String text = value.apply(subject);
            return text == null ? List.of() : List.of(text);
        });
    }

    /** The same for a keyword that may have several texts: one of them must fit, or none be equal. */
    <T> Predicate<T> texts(Function<T, ? extends Collection<String>> values) throws ApiException {
        if (!isOperator()) {
            return subject -> !values.apply(subject).isEmpty();
        }
        boolean isNone = peek().equals("!=");
        if (!peekSecond().startsWith("\"")) {
            position++;
            throw invalid("expected a quoted string" + (peek().isEmpty() ? "" : ", not " + peek()));
        }
        Predicate<Object> comparison = comparison(false);
        return subject -> isNone
                ? values.apply(subject).stream().allMatch(comparison)
                : values.apply(subject).stream().anyMatch(comparison);
    }

    /**
     * Reads an annotation's key and what it is compared with. Without an operator it asks whether there is one.
     *
     * @param keyword the word that was read last, in lower case
     * @param word the same as it is written
     * @return a test of a segment's or subsegment's own annotations, or null when the word is no annotation
     */
    @Nullable
    Predicate<Segment> annotation(String keyword, String word) throws ApiException {
        String key;
        if (keyword.startsWith("annotation.")) {
            key = word.substring("annotation.".length());
        } else if (keyword.equals("annotation")) {
            require("[");
            key = peek().startsWith("\"") ? quoted() : next();
            require("]");
        } else {
            return null;
        }
        Predicate<Object> comparison = isOperator() ? comparison(false) : value -> true;
        return segment -> {
            Map<String, Object> annotations = Json.object(segment.fields(), "annotations");
            Object value = annotations == null ? null : annotations.get(key);
            return value != null && comparison.test(value);
        };
    }

    private String peekSecond() {
        return position + 1 < tokens.size() ? tokens.get(position + 1) : "";
    }

    /** Whether the next word compares. */
    boolean isOperator() {
        return switch (peek().toUpperCase(Locale.ROOT)) {
            case "=", "!=", "<", "<=", ">", ">=", "CONTAINS", "BEGINSWITH", "ENDSWITH" -> true;
            default -> false;
        };
    }

    /** Reads an operator and its value; the comparison fails for values of another type. */
    Predicate<Object> comparison(boolean isNumberOnly) throws ApiException {
        String operator = next();
        String operand = peek();
        if (operand.startsWith("\"") && !isNumberOnly) {
            return textComparison(operator.toUpperCase(Locale.ROOT));
        }
        if (!isNumberOnly && (operand.equalsIgnoreCase("true") || operand.equalsIgnoreCase("false"))) {
            Boolean expected = operand.equalsIgnoreCase("true");
            Predicate<Object> comparison =
                    switch (operator) {
                        case "=" -> expected::equals;
                        case "!=" -> value -> !expected.equals(value);
                        default -> throw invalidLast("expected = or !=, not " + operator);
                    };
            position++;
            return comparison;
        }
        return numberComparison(operator, operand, isNumberOnly);
    }

    private Predicate<Object> textComparison(String operator) throws ApiException {
        String expected = quoted();
        return switch (operator) {
            case "=" -> expected::equals;
            case "!=" -> value -> !expected.equals(value);
            case "CONTAINS" -> value -> value instanceof String given && given.contains(expected);
            case "BEGINSWITH" -> value -> value instanceof String given && given.startsWith(expected);
            case "ENDSWITH" -> value -> value instanceof String given && given.endsWith(expected);
            default -> {
                position--;
                throw invalidLast("expected = != CONTAINS BEGINSWITH or ENDSWITH, not " + operator);
            }
        };
    }

    private Predicate<Object> numberComparison(String operator, String operand, boolean isNumberOnly)
            throws ApiException {
        // Java reads more as a number than people write as one: NaN, 1f, 0x1p3.
        if (!NUMBER.matcher(operand).matches()) {
            throw invalid("expected a " + (isNumberOnly ? "number" : "value") + " after " + operator);
        }
        double expected = Double.parseDouble(operand);
        Predicate<Object> comparison =
                switch (operator) {
                    case "=" -> value -> value instanceof Number n && n.doubleValue() == expected;
                    case "!=" -> value -> !(value instanceof Number n && n.doubleValue() == expected);
                    case "<" -> value -> value instanceof Number n && n.doubleValue() < expected;
                    case "<=" -> value -> value instanceof Number n && n.doubleValue() <= expected;
                    case ">" -> value -> value instanceof Number n && n.doubleValue() > expected;
                    case ">=" -> value -> value instanceof Number n && n.doubleValue() >= expected;
                    default -> throw invalidLast("expected = != < <= > or >=, not " + operator);
                };
        position++;
        return comparison;
    }
}
