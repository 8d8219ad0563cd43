package io.github.xrayd.connectors.otlp.convert;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The field {@code cause}: an object with exceptions, which become events, or the id of an exception elsewhere. */
final class CauseMapping {
    private static final String EXCEPTIONS = "exceptions";
    private static final String TYPE = "type";
    private static final String MESSAGE = "message";

    private CauseMapping() {}

    /** @param language as {@code telemetry.sdk.language} names it; empty when unknown */
    static void toSpan(@Nullable Object cause, Span span, String language) {
        Map<String, @Nullable Object> fields = JsonTree.asObject(cause);
        if (fields == null) {
            span.attributes.add(Names.CAUSE, JsonTree.write(cause));
            String text = Fields.string(cause);
            span.statusMessage = text == null ? "" : text;
            return;
        }
        Map<String, @Nullable Object> rest = new LinkedHashMap<>();
        fields.forEach((key, value) -> {
            if (!key.equals(EXCEPTIONS) || !isExceptions(value)) {
                rest.put(key, value);
            }
        });
        if (!rest.containsKey(EXCEPTIONS) && fields.get(EXCEPTIONS) instanceof List<?> exceptions) {
            for (Object exception : exceptions) {
                addException(JsonTree.asObject(exception), span, language);
            }
        }
        if (!rest.isEmpty() || fields.isEmpty()) {
            span.attributes.add(Names.CAUSE, JsonTree.write(rest));
        }
    }

    private static boolean isExceptions(@Nullable Object value) {
        return value instanceof List<?> elements
                && !elements.isEmpty()
                && elements.stream().allMatch(element -> element instanceof Map<?, ?>);
    }

    private static void addException(@Nullable Map<String, @Nullable Object> exception, Span span, String language) {
        if (exception == null) {
            return;
        }
        String type = Fields.string(exception.get(TYPE));
        String message = Fields.string(exception.get(MESSAGE));
        Attributes attributes = new Attributes();
        attributes.addIfPresent(Names.EXCEPTION_TYPE, type);
        attributes.addIfPresent(Names.EXCEPTION_MESSAGE, message);
        attributes.addIfPresent(
                Names.EXCEPTION_STACK,
                StackText.of(
                        type == null ? "" : type, message == null ? "" : message, exception.get("stack"), language));
        Map<String, @Nullable Object> rest = new LinkedHashMap<>(exception);
        if (type != null) {
            rest.remove(TYPE);
        }
        if (message != null) {
            rest.remove(MESSAGE);
        }
        if (!rest.isEmpty()) {
            attributes.add(Names.EXCEPTION, JsonTree.write(rest));
        }
        if (span.statusMessage.isEmpty() && message != null) {
            span.statusMessage = message;
        }
        span.addEvent(new Span.Event(span.endNs, Names.EXCEPTION_EVENT, attributes, 0));
    }

    /** Puts back what {@link #toSpan} stored. */
    static void toDocument(Span span, Map<String, @Nullable Object> document, JsonTree json) {
        if (span.attributes.get(Names.CAUSE) instanceof String text) {
            document.put("cause", Fields.json(text, json));
        }
        List<@Nullable Object> exceptions = new ArrayList<>();
        for (Span.Event event : span.events) {
            if (event.name().equals(Names.EXCEPTION_EVENT)) {
                exceptions.add(exception(event.attributes(), json));
            }
        }
        if (!exceptions.isEmpty()) {
            Fields.child(document, "cause").put(EXCEPTIONS, exceptions);
        }
    }

    private static Map<String, @Nullable Object> exception(Attributes attributes, JsonTree json) {
        Map<String, @Nullable Object> exception = new LinkedHashMap<>();
        Fields.put(exception, TYPE, attributes.get(Names.EXCEPTION_TYPE));
        Fields.put(exception, MESSAGE, attributes.get(Names.EXCEPTION_MESSAGE));
        if (attributes.get(Names.EXCEPTION) instanceof String text) {
            Map<String, @Nullable Object> rest = JsonTree.asObject(Fields.json(text, json));
            if (rest != null) {
                exception.putAll(rest);
            }
        }
        return exception;
    }

    /**
     * The cause of a span that never was a document; null when it has none.
     *
     * @param language as {@code telemetry.sdk.language} names it; empty when unknown
     */
    static @Nullable Map<String, @Nullable Object> foreign(Span span, String language) {
        List<@Nullable Object> exceptions = new ArrayList<>();
        for (Span.Event event : span.events) {
            if (event.name().equals(Names.EXCEPTION_EVENT)) {
                exceptions.add(foreignException(span, event.attributes(), exceptions.size(), language));
            }
        }
        if (exceptions.isEmpty() && span.status == Span.STATUS_ERROR && !span.statusMessage.isEmpty()) {
            Map<String, @Nullable Object> exception = new LinkedHashMap<>();
            exception.put("id", TraceIds.hex(TraceIds.derived(span.id, 0)));
            exception.put(MESSAGE, span.statusMessage);
            exceptions.add(exception);
        }
        if (exceptions.isEmpty()) {
            return null;
        }
        Map<String, @Nullable Object> cause = new LinkedHashMap<>();
        cause.put(EXCEPTIONS, exceptions);
        return cause;
    }

    private static Map<String, @Nullable Object> foreignException(
            Span span, Attributes attributes, int index, String language) {
        Map<String, @Nullable Object> exception = new LinkedHashMap<>();
        // X-Ray wants an id; it need only differ from others.
        exception.put("id", TraceIds.hex(TraceIds.derived(span.id, index)));
        Fields.put(exception, TYPE, attributes.string(Names.EXCEPTION_TYPE));
        Fields.put(exception, MESSAGE, attributes.string(Names.EXCEPTION_MESSAGE));
        if (span.kind == Span.CLIENT || span.kind == Span.PRODUCER) {
            exception.put("remote", true);
        }
        String stack = attributes.string(Names.EXCEPTION_STACK);
        List<@Nullable Object> frames = stack == null ? List.of() : StackText.frames(stack, language);
        if (!frames.isEmpty()) {
            exception.put("stack", frames);
        }
        return exception;
    }
}
