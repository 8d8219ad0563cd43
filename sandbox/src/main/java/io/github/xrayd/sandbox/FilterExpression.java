package io.github.xrayd.sandbox;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A filter expression of GetTraceSummaries, compiled. A documented part of the service's language:
 *
 * <ul>
 *   <li>{@code AND}, {@code OR}, {@code !}, parentheses
 *   <li>{@code ok}, {@code error}, {@code fault}, {@code throttle}, {@code partial}, alone or with {@code = true|false}
 *   <li>{@code responsetime}, {@code duration}, {@code http.status} with {@code = != < <= > >=} and a number
 *   <li>{@code http.url}, {@code http.method}, {@code http.useragent}, {@code http.clientip}, {@code user} with
 *       {@code = != CONTAINS BEGINSWITH ENDSWITH} and a quoted string
 *   <li>{@code annotation.key} or {@code annotation[key]}, alone (it is there) or compared with a string, a number or a boolean
 *   <li>{@code service("name")}, {@code service(id(name: "n", type: "t"))}, each alone or with a {@code {…}} condition on that
 *       service's segments: {@code ok}, {@code error}, {@code fault}, {@code throttle}, {@code responsetime}, {@code duration}
 *   <li>{@code edge("a", "b")}
 * </ul>
 *
 * Anything else is an {@code InvalidRequestException} that names it.
 */
final class FilterExpression {
    /** The longest expression, in characters, as the service says. */
    static final int LENGTH_MAX = 2_000;

    private static final int DEPTH_MAX = 50;
    private static final Pattern TOKEN =
            Pattern.compile("\\s*(?:(\"(?:[^\"\\\\]|\\\\.)*+\")|(<=|>=|!=|[=<>(){},:!\\[\\]])|([A-Za-z0-9_.+\\-]+))");

    private final String text;
    private final List<String> tokens;
    private final List<Integer> offsets;
    private int position;
    private int depth;

    private FilterExpression(String text, List<String> tokens, List<Integer> offsets) {
        this.text = text;
        this.tokens = tokens;
        this.offsets = offsets;
    }

    /** The test that an expression stands for; an empty one takes every trace. */
    static Predicate<Trace> compile(String expression) throws ApiException {
        if (expression.isBlank()) {
            return trace -> true;
        }
        if (expression.length() > LENGTH_MAX) {
            throw invalid("longer than " + LENGTH_MAX + " characters", LENGTH_MAX);
        }
        List<String> tokens = new ArrayList<>();
        List<Integer> offsets = new ArrayList<>();
        String text = expression.stripTrailing();
        Matcher matcher = TOKEN.matcher(text);
        int at = 0;
        while (at < text.length()) {
            while (Character.isWhitespace(text.charAt(at))) {
                at++;
            }
            if (!matcher.find(at) || matcher.start() != at) {
                throw invalid("unreadable at \"" + TerminalText.harmless(text.substring(at), 40) + "\"", at);
            }
            String token = matcher.group().strip();
            tokens.add(token);
            offsets.add(matcher.end() - token.length());
            at = matcher.end();
        }
        FilterExpression parser = new FilterExpression(text, tokens, offsets);
        Predicate<Trace> test = parser.or();
        if (parser.position < tokens.size()) {
            throw parser.invalid("unexpected " + parser.peek());
        }
        return test;
    }

    private static ApiException invalid(String words, int index) {
        return ApiException.invalidRequest("Invalid filter expression: " + TerminalText.harmless(words, 200))
                .at(index);
    }

    private ApiException invalidAt(int token, String words) {
        return invalid(words, token < offsets.size() ? offsets.get(token) : text.length());
    }

    /** An error at the next token. */
    private ApiException invalid(String words) {
        return invalidAt(position, words);
    }

    private String peek() {
        return position < tokens.size() ? tokens.get(position) : "";
    }

    private boolean isNext(String word) {
        if (peek().equalsIgnoreCase(word)) {
            position++;
            return true;
        }
        return false;
    }

    private void require(String word) throws ApiException {
        if (!isNext(word)) {
            throw invalid("expected " + word + (peek().isEmpty() ? " at the end" : " before " + peek()));
        }
    }

    private Predicate<Trace> or() throws ApiException {
        if (++depth > DEPTH_MAX) {
            throw invalid("nested deeper than " + DEPTH_MAX + " levels");
        }
        Predicate<Trace> test = and();
        while (isNext("OR")) {
            test = test.or(and());
        }
        depth--;
        return test;
    }

    private Predicate<Trace> and() throws ApiException {
        Predicate<Trace> test = unary();
        while (isNext("AND")) {
            test = test.and(unary());
        }
        return test;
    }

    private Predicate<Trace> unary() throws ApiException {
        boolean isNegated = false;
        while (isNext("!")) {
            isNegated = !isNegated;
        }
        Predicate<Trace> test;
        if (isNext("(")) {
            test = or();
            require(")");
        } else {
            test = term();
        }
        return isNegated ? test.negate() : test;
    }

    private Predicate<Trace> term() throws ApiException {
        String word = peek();
        position++;
        String keyword = word.toLowerCase(Locale.ROOT);
        if (keyword.startsWith("annotation.")) {
            return annotation(word.substring("annotation.".length()));
        }
        return switch (keyword) {
            case "ok" -> flag(trace -> !isTroubled(trace.root()));
            case "error" -> flag(trace -> trace.root().isError());
            case "fault" -> flag(trace -> trace.root().isFault());
            case "throttle" -> flag(trace -> trace.root().isThrottle());
            case "partial" -> flag(Trace::isPartial);
            case "responsetime" -> number(Trace::responseSeconds);
            case "duration" -> number(Trace::durationSeconds);
            case "http.status" -> number(trace -> trace.root().httpStatus());
            case "http.url" -> text(trace -> Json.string(trace.root().httpRequest(), "url", ""));
            case "http.method" -> text(trace -> Json.string(trace.root().httpRequest(), "method", ""));
            case "http.useragent" -> text(trace -> Json.string(trace.root().httpRequest(), "user_agent", ""));
            case "http.clientip" -> text(trace -> Json.string(trace.root().httpRequest(), "client_ip", ""));
            case "user" -> text(trace -> Json.string(trace.root().fields(), "user", ""));
            case "annotation" -> {
                require("[");
                String key = peek().startsWith("\"") ? quoted() : tokens.get(Math.min(position++, tokens.size() - 1));
                require("]");
                yield annotation(key);
            }
            case "service" -> service();
            case "edge" -> edge();
            default ->
                throw invalidAt(
                        position - 1, word.isEmpty() ? "it ends too early" : "this sandbox does not know " + word);
        };
    }

    private static boolean isTroubled(Segment segment) {
        return segment.isError() || segment.isFault() || segment.isThrottle();
    }

    private <T> Predicate<T> flag(Predicate<T> isSet) throws ApiException {
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

    private interface NumberOf<T> {
        double of(T subject);
    }

    private interface TextOf {
        String of(Trace trace);
    }

    private <T> Predicate<T> number(NumberOf<T> value) throws ApiException {
        Predicate<Object> comparison = comparison(peek(), true);
        return subject -> comparison.test(value.of(subject));
    }

    private Predicate<Trace> text(TextOf value) throws ApiException {
        Predicate<Object> comparison = comparison(peek(), false);
        return trace -> comparison.test(value.of(trace));
    }

    /** The comparison that starts with this operator; it fails for values of another type. */
    private Predicate<Object> comparison(String operator, boolean isNumberOnly) throws ApiException {
        int operatorAt = position++;
        String operand = peek();
        if (operand.startsWith("\"") && !isNumberOnly) {
            String expected = quoted();
            return switch (operator.toUpperCase(Locale.ROOT)) {
                case "=" -> expected::equals;
                case "!=" -> value -> !expected.equals(value);
                case "CONTAINS" -> value -> value instanceof String text && text.contains(expected);
                case "BEGINSWITH" -> value -> value instanceof String text && text.startsWith(expected);
                case "ENDSWITH" -> value -> value instanceof String text && text.endsWith(expected);
                default ->
                    throw invalidAt(operatorAt, "expected = != CONTAINS BEGINSWITH or ENDSWITH, not " + operator);
            };
        }
        if (!isNumberOnly && (operand.equalsIgnoreCase("true") || operand.equalsIgnoreCase("false"))) {
            Boolean expected = trueOrFalse();
            return switch (operator) {
                case "=" -> expected::equals;
                case "!=" -> value -> !expected.equals(value);
                default -> throw invalidAt(operatorAt, "expected = or !=, not " + operator);
            };
        }
        double expected;
        try {
            expected = Double.parseDouble(operand);
        } catch (NumberFormatException e) {
            throw invalid("expected a " + (isNumberOnly ? "number" : "value") + " after " + operator);
        }
        position++;
        return switch (operator) {
            case "=" -> value -> value instanceof Number n && n.doubleValue() == expected;
            case "!=" -> value -> !(value instanceof Number n && n.doubleValue() == expected);
            case "<" -> value -> value instanceof Number n && n.doubleValue() < expected;
            case "<=" -> value -> value instanceof Number n && n.doubleValue() <= expected;
            case ">" -> value -> value instanceof Number n && n.doubleValue() > expected;
            case ">=" -> value -> value instanceof Number n && n.doubleValue() >= expected;
            default -> throw invalidAt(operatorAt, "expected = != < <= > or >=, not " + operator);
        };
    }

    private String quoted() throws ApiException {
        String token = peek();
        if (!token.startsWith("\"")) {
            throw invalid("expected a quoted string" + (token.isEmpty() ? "" : ", not " + token));
        }
        position++;
        return token.substring(1, token.length() - 1).replaceAll("\\\\(.)", "$1");
    }

    private Predicate<Trace> annotation(String key) throws ApiException {
        boolean isCompared =
                switch (peek().toUpperCase(Locale.ROOT)) {
                    case "=", "!=", "<", "<=", ">", ">=", "CONTAINS", "BEGINSWITH", "ENDSWITH" -> true;
                    default -> false;
                };
        Predicate<Object> comparison = isCompared ? comparison(peek(), false) : value -> true;
        return trace -> {
            boolean[] isFound = new boolean[1];
            trace.segments()
                    .forEach(top -> Trace.walk(top, segment -> {
                        Map<String, Object> annotations = Json.object(segment.fields(), "annotations");
                        Object value = annotations == null ? null : annotations.get(key);
                        isFound[0] |= value != null && comparison.test(value);
                    }));
            return isFound[0];
        };
    }

    private Predicate<Trace> service() throws ApiException {
        require("(");
        Predicate<ServiceKey> who = serviceKey();
        require(")");
        Predicate<Segment> condition = segment -> true;
        if (isNext("{")) {
            condition = segmentCondition();
            while (isNext("AND")) {
                condition = condition.and(segmentCondition());
            }
            require("}");
        }
        Predicate<Segment> all = condition;
        return trace -> {
            boolean[] isFound = new boolean[1];
            trace.segments()
                    .forEach(top -> Trace.walk(top, segment -> {
                        ServiceKey key = segment.isSubsegment() ? ServiceKey.calledBy(segment) : ServiceKey.of(segment);
                        isFound[0] |= key != null && who.test(key) && all.test(segment);
                    }));
            return isFound[0];
        };
    }

    private Predicate<Segment> segmentCondition() throws ApiException {
        boolean isNegated = isNext("!");
        String word = peek();
        position++;
        Predicate<Segment> test =
                switch (word.toLowerCase(Locale.ROOT)) {
                    case "ok" -> flag(segment -> !isTroubled(segment));
                    case "error" -> flag(Segment::isError);
                    case "fault" -> flag(Segment::isFault);
                    case "throttle" -> flag(Segment::isThrottle);
                    case "responsetime", "duration" -> number(Segment::durationSeconds);
                    default ->
                        throw invalidAt(position - 1, "this sandbox does not know " + word + " within service(…) {…}");
                };
        return isNegated ? test.negate() : test;
    }

    private Predicate<ServiceKey> serviceKey() throws ApiException {
        if (!isNext("id")) {
            String name = quoted();
            return key -> key.name().equals(name);
        }
        require("(");
        Predicate<ServiceKey> test = key -> true;
        do {
            if (isNext("name")) {
                require(":");
                String name = quoted();
                test = test.and(key -> key.name().equals(name));
            } else if (isNext("type")) {
                require(":");
                String type = quoted();
                test = test.and(key -> type.equals(key.type()));
            } else {
                throw invalid("expected name or type within id(…)");
            }
        } while (isNext(","));
        require(")");
        return test;
    }

    private Predicate<Trace> edge() throws ApiException {
        require("(");
        Predicate<ServiceKey> from = serviceKey();
        require(",");
        Predicate<ServiceKey> to = serviceKey();
        require(")");
        return trace -> {
            ServiceGraph graph = new ServiceGraph();
            graph.add(trace);
            return graph.hasEdge(from, to);
        };
    }
}
