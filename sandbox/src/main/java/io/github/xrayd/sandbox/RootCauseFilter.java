package io.github.xrayd.sandbox;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The terms within {@code rootcause.… {…}}: about one service, entity or exception in the list of a root cause. */
final class RootCauseFilter extends FilterGrammar<RootCauseFilter.Element> {
    private RootCauseFilter(FilterTokens tokens) {
        super(tokens);
    }

    /**
     * An element of a list.
     *
     * @param index from 0
     * @param count how many the list has
     */
    record Element(Map<String, Object> json, int index, int count) {}

    @Override
    String place() {
        return " within rootcause.… {…}";
    }

    @Override
    @Nullable
    Predicate<Element> term(String keyword, String word) throws ApiException {
        return switch (keyword) {
            case "first" -> tokens.flag(element -> element.index() == 0);
            case "last" -> tokens.flag(element -> element.index() == element.count() - 1);
            case "remote" -> tokens.flag(element -> Json.isTrue(element.json(), "Remote"));
            case "inferred" -> tokens.flag(element -> Json.isTrue(element.json(), "Inferred"));
            case "index" -> tokens.number(Element::index);
            case "coverage" -> tokens.number(element -> Json.number(element.json(), "Coverage"));
            case "name" -> tokens.text(element -> Json.string(element.json(), "Name"));
            case "type" -> tokens.text(element -> Json.string(element.json(), "Type"));
            case "message" -> tokens.text(element -> Json.string(element.json(), "Message"));
            case "account.id" -> tokens.text(element -> Json.string(element.json(), "AccountId"));
            default -> null;
        };
    }

    /**
     * Reads what follows {@code rootcause.}.
     *
     * @param what the rest of the keyword, such as {@code fault.entity}
     * @return null when there is no such keyword
     */
    static @Nullable Predicate<Trace> compile(FilterTokens tokens, String what) throws ApiException {
        if (what.equals("json")) {
            return json(tokens);
        }
        int dot = what.indexOf('.');
        Function<Trace, List<Map<String, Object>>> causes =
                switch (dot < 0 ? what : what.substring(0, dot)) {
                    case "fault" -> RootCauses::faults;
                    case "error" -> RootCauses::errors;
                    case "responsetime" -> RootCauses::responseTimes;
                    default -> null;
                };
        String list = dot < 0 ? "" : what.substring(dot + 1);
        if (causes == null || !List.of("service", "entity", "exception").contains(list)) {
            return null;
        }
        Predicate<Element> test = new RootCauseFilter(tokens).block();
        return trace -> causes.apply(trace).stream()
                .anyMatch(cause -> elements(cause, list).stream().anyMatch(test));
    }

    private static List<Element> elements(Map<String, Object> cause, String list) {
        List<Map<String, Object>> found = new ArrayList<>();
        for (Map<String, Object> service : objects(cause, "Services")) {
            if (list.equals("service")) {
                found.add(service);
                continue;
            }
            for (Map<String, Object> entity : objects(service, "EntityPath")) {
                if (list.equals("entity")) {
                    found.add(entity);
                } else {
                    found.addAll(objects(entity, "Exceptions"));
                }
            }
        }
        List<Element> elements = new ArrayList<>(found.size());
        for (int i = 0; i < found.size(); i++) {
            elements.add(new Element(found.get(i), i, found.size()));
        }
        return elements;
    }

    private static List<Map<String, Object>> objects(Map<String, Object> json, String key) {
        List<Map<String, Object>> objects = new ArrayList<>();
        for (Object element : Json.list(json, key)) {
            Map<String, Object> object = Json.object(element);
            if (object != null) {
                objects.add(object);
            }
        }
        return objects;
    }

    /** {@code rootcause.json = #[…]}: a root cause has everything that the JSON says, in the same order. */
    private static Predicate<Trace> json(FilterTokens tokens) throws ApiException {
        boolean isEqual = tokens.isEqual();
        String token = tokens.next();
        if (!token.startsWith("#")) {
            throw tokens.invalidLast("expected # and JSON");
        }
        Object parsed;
        try {
            parsed = Json.parse(token.substring(1));
        } catch (Json.MalformedException e) {
            throw tokens.invalidLast("what follows # is not JSON: " + e.getMessage());
        }
        List<?> patterns = parsed instanceof List<?> list ? list : List.of(parsed == null ? Map.of() : parsed);
        Predicate<Trace> test = trace -> patterns.stream().allMatch(pattern -> hasCause(trace, pattern));
        return isEqual ? test : test.negate();
    }

    private static boolean hasCause(Trace trace, @Nullable Object pattern) {
        return RootCauses.faults(trace).stream().anyMatch(cause -> fits(pattern, cause))
                || RootCauses.errors(trace).stream().anyMatch(cause -> fits(pattern, cause))
                || RootCauses.responseTimes(trace).stream().anyMatch(cause -> fits(pattern, cause));
    }

    private static boolean fits(@Nullable Object pattern, @Nullable Object actual) {
        if (pattern instanceof Map<?, ?> wanted) {
            return actual instanceof Map<?, ?> given
                    && wanted.entrySet().stream().allMatch(entry -> fits(entry.getValue(), given.get(entry.getKey())));
        }
        if (pattern instanceof List<?> wanted) {
            if (!(actual instanceof List<?> given) || given.size() != wanted.size()) {
                return false;
            }
            Iterator<?> each = given.iterator();
            return wanted.stream().allMatch(element -> fits(element, each.next()));
        }
        if (pattern instanceof Number wanted) {
            return actual instanceof Number given && wanted.doubleValue() == given.doubleValue();
        }
        return pattern == null ? actual == null : pattern.equals(actual);
    }
}
