package io.github.xrayd.sandbox;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The terms of a filter expression about one segment or call: within {@code service(…) {…}}, {@code edge(…) {…}}, after
 * {@code root.}.
 */
final class SegmentFilter extends FilterGrammar<SegmentFilter.Subject> {
    private final String place;

    SegmentFilter(FilterTokens tokens, String place) {
        super(tokens);
        this.place = place;
    }

    /** A segment or subsegment of a trace. */
    record Subject(Trace trace, Segment segment) {
        boolean isRoot() {
            return trace.root().id().equals(segment.id());
        }

        @Nullable
        ServiceKey service() {
            return segment.isSubsegment() ? ServiceKey.calledBy(segment) : ServiceKey.of(segment);
        }
    }

    @Override
    String place() {
        return place;
    }

    @Override
    @Nullable
    Predicate<Subject> term(String keyword, String word) throws ApiException {
        Predicate<Segment> annotation = tokens.annotation(keyword, word);
        if (annotation != null) {
            return subject -> Trace.anyMatch(subject.segment(), annotation);
        }
        return switch (keyword) {
            case "ok" -> tokens.flag(subject -> !isTroubled(subject.segment()));
            case "error" -> tokens.flag(subject -> subject.segment().isError());
            case "fault" -> tokens.flag(subject -> subject.segment().isFault());
            case "throttle" -> tokens.flag(subject -> subject.segment().isThrottle());
            case "partial" -> tokens.flag(subject -> subject.segment().isInProgress());
            case "root" -> tokens.flag(Subject::isRoot);
            case "inferred" ->
                tokens.flag(subject -> subject.segment().isSubsegment()
                        && ServiceKey.calledBy(subject.segment()) != null
                        && !subject.trace()
                                .segmentsByCaller()
                                .containsKey(subject.segment().id()));
            case "remote" ->
                tokens.flag(subject -> !subject.segment().namespace().isEmpty());
            case "responsetime", "duration" ->
                tokens.number(subject -> subject.segment().durationSeconds());
            case "http.status" ->
                tokens.number(subject -> {
                    int status = subject.segment().httpStatus();
                    return status == 0 ? Double.NaN : status;
                });
            case "http.url" -> tokens.text(subject -> ofRequest(subject, "url"));
            case "http.method" -> tokens.text(subject -> ofRequest(subject, "method"));
            case "http.useragent" -> tokens.text(subject -> ofRequest(subject, "user_agent"));
            case "http.clientip" -> tokens.text(subject -> ofRequest(subject, "client_ip"));
            case "user" -> tokens.text(subject -> Json.string(subject.segment().fields(), "user"));
            case "name" -> tokens.text(subject -> subject.segment().name());
            case "type" ->
                tokens.text(subject -> {
                    ServiceKey service = subject.service();
                    return service == null ? null : service.type();
                });
            case "availabilityzone" -> tokens.texts(subject -> availabilityZones(subject.segment()));
            case "instance.id" -> tokens.texts(subject -> instanceIds(subject.segment()));
            case "resource.arn" -> tokens.texts(subject -> resourceArns(subject.segment()));
            case "account.id" -> tokens.text(subject -> accountId(subject.segment()));
            default -> null;
        };
    }

    private static @Nullable String ofRequest(Subject subject, String key) {
        return Json.string(subject.segment().httpRequest(), key);
    }

    static boolean isTroubled(Segment segment) {
        return segment.isError() || segment.isFault() || segment.isThrottle();
    }

    private static @Nullable Map<String, Object> aws(Segment segment) {
        return Json.object(segment.fields(), "aws");
    }

    /** The account that a segment names, or null. */
    static @Nullable String accountId(Segment segment) {
        return Json.string(aws(segment), "account_id");
    }

    static List<String> availabilityZones(Segment segment) {
        return texts(Json.string(Json.object(aws(segment), "ec2"), "availability_zone"));
    }

    static List<String> instanceIds(Segment segment) {
        return texts(Json.string(Json.object(aws(segment), "ec2"), "instance_id"));
    }

    static List<String> resourceArns(Segment segment) {
        return texts(
                Json.string(segment.fields(), "resource_arn"),
                Json.string(aws(segment), "resource_arn"),
                Json.string(Json.object(aws(segment), "ecs"), "container_arn"));
    }

    private static List<String> texts(@Nullable String... values) {
        List<String> texts = new ArrayList<>(values.length);
        for (String value : values) {
            if (value != null && !value.isEmpty()) {
                texts.add(value);
            }
        }
        return texts;
    }
}
