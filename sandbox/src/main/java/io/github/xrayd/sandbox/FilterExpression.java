package io.github.xrayd.sandbox;

import java.util.LinkedHashSet;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A filter expression of GetTraceSummaries and of groups, compiled: the language of X-Ray's developer guide, chapter
 * "Using filter expressions".
 *
 * <ul>
 *   <li>{@code AND}, {@code OR}, {@code !}, parentheses; two terms without a word between them are joined by
 *       {@code AND}
 *   <li>{@code ok}, {@code error}, {@code fault}, {@code throttle}, {@code partial}, {@code inferred}, alone or with
 *       {@code = true|false}
 *   <li>{@code responsetime}, {@code duration}, {@code http.status} with {@code = != < <= > >=} and a number
 *   <li>{@code http.url}, {@code http.method}, {@code http.useragent}, {@code http.clientip}, {@code user},
 *       {@code availabilityzone}, {@code instance.id}, {@code resource.arn}, {@code account.id}, alone (it is there) or
 *       with {@code = != CONTAINS BEGINSWITH ENDSWITH} and a quoted string; the last five of any segment, the others of
 *       the root
 *   <li>{@code root.…} with each of the keywords of a segment: of the root
 *   <li>{@code annotation.key} or {@code annotation[key]}, alone (it is there) or compared with a string, a number or a
 *       boolean; of any segment or subsegment, within a block of those that it is about
 *   <li>{@code service("name") {…}}, {@code service(id(name: "n", type: "t", account.id: "a")) {…}}, {@code service()
 *       {…}}
 *   <li>{@code edge("a", "b") {…}}
 *   <li>{@code group.name = "…"}, {@code group.arn = "…"}
 *   <li>{@code rootcause.fault.service {…}}, also {@code error} and {@code responsetime}, {@code entity} and
 *       {@code exception}; {@code rootcause.json = #[…]}
 * </ul>
 *
 * Anything else is an {@code InvalidRequestException} that names it.
 */
final class FilterExpression extends FilterGrammar<Trace> {
    private static final int GROUPS_WITHIN_EACH_OTHER_MAX = 5;

    private final Function<String, @Nullable String> groups;
    private final int groupDepth;

    private FilterExpression(FilterTokens tokens, Function<String, @Nullable String> groups, int groupDepth) {
        super(tokens);
        this.groups = groups;
        this.groupDepth = groupDepth;
    }

    /**
     * A test for traces; an empty expression takes all.
     *
     * @param groups the expression of the group with this name or ARN, or null
     */
    static Predicate<Trace> compile(String text, Function<String, @Nullable String> groups) throws ApiException {
        return compile(text, groups, 0);
    }

    private static Predicate<Trace> compile(String text, Function<String, @Nullable String> groups, int groupDepth)
            throws ApiException {
        FilterTokens tokens = new FilterTokens(text);
        if (tokens.peek().isEmpty()) {
            return trace -> true;
        }
        Predicate<Trace> test = new FilterExpression(tokens, groups, groupDepth).or();
        if (!tokens.peek().isEmpty()) {
            throw tokens.invalid("unexpected " + tokens.peek());
        }
        return test;
    }

    /** A test for services and calls: what GetTimeSeriesServiceStatistics selects by. */
    static EntitySelector selector(String text) throws ApiException {
        FilterTokens tokens = new FilterTokens(text);
        String word = tokens.next();
        EntitySelector selector;
        if (word.equalsIgnoreCase("edge")) {
            tokens.require("(");
            Predicate<ServiceKey> from = serviceKey(tokens);
            tokens.require(",");
            selector = new EntitySelector(from, serviceKey(tokens));
            tokens.require(")");
        } else if (word.equalsIgnoreCase("service")) {
            tokens.require("(");
            selector = new EntitySelector(null, serviceKey(tokens));
            tokens.require(")");
        } else if (word.equalsIgnoreCase("id")) {
            selector = new EntitySelector(null, idArguments(tokens));
        } else {
            throw tokens.invalidLast("expected service(…), edge(…) or id(…)");
        }
        if (!tokens.peek().isEmpty()) {
            throw tokens.invalid("unexpected " + tokens.peek());
        }
        return selector;
    }

    /**
     * What is selected: calls, or services.
     *
     * @param from the caller, or null for services
     */
    record EntitySelector(@Nullable Predicate<ServiceKey> from, Predicate<ServiceKey> to) {
        /** Hands over each selected call, or the segment or call that stands for a selected service. */
        void forEachMatch(Trace trace, Consumer<Segment> visitor) {
            Predicate<ServiceKey> caller = from;
            if (caller == null) {
                trace.segments().stream()
                        .filter(segment -> !segment.isSubsegment() && to.test(ServiceKey.of(segment)))
                        .forEach(visitor);
            }
            TraceCalls.forEach(trace, (calling, called, call, isInferred) -> {
                boolean isSelected = caller == null ? isInferred : caller.test(calling);
                if (isSelected && to.test(called)) {
                    visitor.accept(call);
                }
            });
        }
    }

    @Override
    String place() {
        return "";
    }

    @Override
    @Nullable
    Predicate<Trace> term(String keyword, String word) throws ApiException {
        Predicate<Segment> annotation = tokens.annotation(keyword, word);
        if (annotation != null) {
            return trace -> trace.anyMatch(annotation);
        }
        if (keyword.startsWith("rootcause.")) {
            return RootCauseFilter.compile(tokens, keyword.substring("rootcause.".length()));
        }
        if (keyword.startsWith("root.")) {
            return ofRoot(new SegmentFilter(tokens, "")
                    .term(keyword.substring("root.".length()), word.substring("root.".length())));
        }
        return switch (keyword) {
            case "ok", "error", "fault", "throttle", "responsetime", "http.status" ->
                ofRoot(new SegmentFilter(tokens, "").term(keyword, word));
            case "http.url", "http.method", "http.useragent", "http.clientip" ->
                ofRoot(new SegmentFilter(tokens, "").term(keyword, word));
            case "partial" -> tokens.flag(Trace::isPartial);
            case "inferred" -> tokens.flag(TraceCalls::hasInferred);
            case "duration" -> tokens.number(Trace::durationSeconds);
            case "user" -> ofAny(segment -> texts(Json.string(segment.fields(), "user")));
            case "availabilityzone" -> ofAny(segment -> Set.copyOf(SegmentFilter.availabilityZones(segment)));
            case "instance.id" -> ofAny(segment -> Set.copyOf(SegmentFilter.instanceIds(segment)));
            case "resource.arn" -> ofAny(segment -> Set.copyOf(SegmentFilter.resourceArns(segment)));
            case "account.id" -> ofAny(segment -> texts(SegmentFilter.accountId(segment)));
            case "service" -> service();
            case "edge" -> edge();
            case "group.name", "group.arn" -> group();
            default -> null;
        };
    }

    private static @Nullable Predicate<Trace> ofRoot(@Nullable Predicate<SegmentFilter.Subject> test) {
        return test == null ? null : trace -> test.test(new SegmentFilter.Subject(trace, trace.root()));
    }

    private static Set<String> texts(@Nullable String text) {
        return text == null ? Set.of() : Set.of(text);
    }

    /** A text that any segment or subsegment may have. */
    private Predicate<Trace> ofAny(Function<Segment, Set<String>> values) throws ApiException {
        return tokens.texts(trace -> {
            Set<String> all = new LinkedHashSet<>();
            trace.forEach(segment -> all.addAll(values.apply(segment)));
            return all;
        });
    }

    private Predicate<Trace> service() throws ApiException {
        tokens.require("(");
        Predicate<ServiceKey> who = tokens.peek().equals(")") ? key -> true : serviceKey(tokens);
        tokens.require(")");
        Predicate<SegmentFilter.Subject> condition = new SegmentFilter(tokens, " within service(…) {…}").block();
        return trace -> trace.anyMatch(segment -> {
            SegmentFilter.Subject subject = new SegmentFilter.Subject(trace, segment);
            ServiceKey service = subject.service();
            return service != null && who.test(service) && condition.test(subject);
        });
    }

    private Predicate<Trace> edge() throws ApiException {
        tokens.require("(");
        Predicate<ServiceKey> from = serviceKey(tokens);
        tokens.require(",");
        Predicate<ServiceKey> to = serviceKey(tokens);
        tokens.require(")");
        Predicate<SegmentFilter.Subject> condition = new SegmentFilter(tokens, " within edge(…) {…}").block();
        return trace -> {
            boolean[] isFound = new boolean[1];
            TraceCalls.forEach(
                    trace,
                    (caller, called, call, isInferred) -> isFound[0] |= from.test(caller)
                            && to.test(called)
                            && condition.test(new SegmentFilter.Subject(trace, call)));
            return isFound[0];
        };
    }

    /** A name, or {@code id(…)}. A name does not mean the client that calls the service of that name. */
    private static Predicate<ServiceKey> serviceKey(FilterTokens tokens) throws ApiException {
        if (tokens.isNext("id")) {
            return idArguments(tokens);
        }
        String name = tokens.quoted();
        return key -> key.name().equals(name) && !key.isClient();
    }

    private static Predicate<ServiceKey> idArguments(FilterTokens tokens) throws ApiException {
        tokens.require("(");
        Predicate<ServiceKey> test = key -> true;
        boolean isTyped = false;
        do {
            String field = tokens.next();
            if (!Set.of("name", "type", "account.id").contains(field)) {
                throw tokens.invalidLast("expected name, type or account.id within id(…)");
            }
            tokens.require(":");
            String value = tokens.quoted();
            isTyped |= field.equals("type");
            test = test.and(
                    switch (field) {
                        case "name" -> key -> key.name().equals(value);
                        case "type" -> key -> value.equals(key.type());
                        default -> key -> value.equals(key.accountId());
                    });
        } while (tokens.isNext(","));
        tokens.require(")");
        return isTyped ? test : test.and(key -> !key.isClient());
    }

    private Predicate<Trace> group() throws ApiException {
        boolean isEqual = tokens.isEqual();
        String name = tokens.quoted();
        String expression = groups.apply(name);
        if (expression == null) {
            throw tokens.invalidLast("there is no group " + name);
        }
        if (groupDepth == GROUPS_WITHIN_EACH_OTHER_MAX) {
            throw tokens.invalidLast(
                    "groups refer to each other more than " + GROUPS_WITHIN_EACH_OTHER_MAX + " levels deep");
        }
        Predicate<Trace> test = compile(expression, groups, groupDepth + 1);
        return isEqual ? test : test.negate();
    }
}
