package io.github.xrayd.sandbox;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The groups of traces: named filter expressions. The group {@code Default} is always there and has none. Thread-safe.
 */
final class Groups {
    /** The most groups beside the default one, the service's quota. */
    static final int COUNT_MAX = 25;

    private static final String DEFAULT = "Default";
    private static final int NAME_LENGTH_MAX = 32;
    private static final int ARN_LENGTH_MAX = 400;

    private final Account account;
    private final ResourceTags tags;
    private final Map<String, Group> byName = new LinkedHashMap<>();

    Groups(Account account, ResourceTags tags) {
        this.account = account;
        this.tags = tags;
        byName.put(DEFAULT, new Group(DEFAULT, account.arn("group/" + DEFAULT), "", Insights.NONE));
    }

    /** What the console would look for in the group's traces. */
    private record Insights(boolean isEnabled, boolean isNotifying) {
        static final Insights NONE = new Insights(false, false);

        static Insights of(@Nullable Map<String, Object> json, Insights otherwise) {
            if (json == null) {
                return otherwise;
            }
            return new Insights(Json.isTrue(json, "InsightsEnabled"), Json.isTrue(json, "NotificationsEnabled"));
        }
    }

    private record Group(String name, String arn, String expression, Insights insights) {
        Map<String, Object> toJson() {
            Map<String, Object> json = new LinkedHashMap<>();
            json.put("GroupName", Json.encodable(name));
            json.put("GroupARN", Json.encodable(arn));
            if (!expression.isEmpty()) {
                json.put("FilterExpression", Json.encodable(expression));
            }
            json.put(
                    "InsightsConfiguration",
                    Map.of(
                            "InsightsEnabled", insights.isEnabled(),
                            "NotificationsEnabled", insights.isNotifying()));
            return json;
        }
    }

    /** The filter expression of the group with this name or ARN, or null. */
    synchronized @Nullable String expression(String nameOrArn) {
        for (Group group : byName.values()) {
            if (group.name().equals(nameOrArn) || group.arn().equals(nameOrArn)) {
                return group.expression();
            }
        }
        return null;
    }

    /** The filter expression of the group that a request names; empty when it names none. */
    synchronized String requestedExpression(Map<String, Object> request) throws ApiException {
        return request.containsKey("GroupName") || request.containsKey("GroupARN")
                ? requested(request).expression()
                : "";
    }

    synchronized Map<String, Object> create(Map<String, Object> request) throws ApiException {
        String name = Requests.text(request, "GroupName", NAME_LENGTH_MAX);
        if (byName.containsKey(name)) {
            throw ApiException.invalidRequest(
                    "Group " + TerminalText.harmless(name, NAME_LENGTH_MAX) + " already exists");
        }
        if (byName.size() > COUNT_MAX) {
            throw ApiException.invalidRequest("There are " + COUNT_MAX + " groups already");
        }
        String arn =
                account.arn("group/" + name + "/" + UUID.randomUUID().toString().replace("-", ""));
        Group group = new Group(
                name,
                arn,
                checked(Json.string(request, "FilterExpression", "")),
                Insights.of(Json.object(request, "InsightsConfiguration"), Insights.NONE));
        tags.create(arn, Json.list(request, "Tags"));
        byName.put(name, group);
        return Map.of("Group", group.toJson());
    }

    private String checked(String expression) throws ApiException {
        FilterExpression.compile(expression, this::expression);
        return expression;
    }

    synchronized Map<String, Object> update(Map<String, Object> request) throws ApiException {
        Group before = requested(request);
        if (before.name().equals(DEFAULT) && request.containsKey("FilterExpression")) {
            throw ApiException.invalidRequest("The group " + DEFAULT + " has no filter expression");
        }
        Group after = new Group(
                before.name(),
                before.arn(),
                checked(Json.string(request, "FilterExpression", before.expression())),
                Insights.of(Json.object(request, "InsightsConfiguration"), before.insights()));
        byName.put(after.name(), after);
        return Map.of("Group", after.toJson());
    }

    synchronized Map<String, Object> delete(Map<String, Object> request) throws ApiException {
        Group group = requested(request);
        if (group.name().equals(DEFAULT)) {
            throw ApiException.invalidRequest("The group " + DEFAULT + " cannot be deleted");
        }
        byName.remove(group.name());
        tags.delete(group.arn());
        return Map.of();
    }

    synchronized Map<String, Object> get(Map<String, Object> request) throws ApiException {
        return Map.of("Group", requested(request).toJson());
    }

    synchronized Map<String, Object> list() {
        List<Object> groups = new ArrayList<>();
        byName.values().forEach(group -> groups.add(group.toJson()));
        return Map.of("Groups", groups);
    }

    private Group requested(Map<String, Object> request) throws ApiException {
        String name = Requests.optionalText(request, "GroupName", NAME_LENGTH_MAX);
        String arn = Requests.optionalText(request, "GroupARN", ARN_LENGTH_MAX);
        if (name == null && arn == null) {
            throw ApiException.invalidRequest("GroupName or GroupARN is required");
        }
        for (Group group : byName.values()) {
            if ((name == null || group.name().equals(name))
                    && (arn == null || group.arn().equals(arn))) {
                return group;
            }
        }
        throw ApiException.invalidRequest(
                "Group " + TerminalText.harmless(name == null ? String.valueOf(arn) : name, 100) + " does not exist");
    }
}
