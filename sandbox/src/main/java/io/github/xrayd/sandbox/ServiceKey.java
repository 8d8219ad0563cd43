package io.github.xrayd.sandbox;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a node of the service graph is distinguished by.
 *
 * @param name the service's name
 * @param type {@code origin} of a segment; {@code remote}, {@code Database::SQL} or {@code AWS::…} of a called one;
 *     {@code client}; or null
 * @param accountId the AWS account that its segments name, or null
 */
record ServiceKey(String name, @Nullable String type, @Nullable String accountId) {
    private static final String CLIENT = "client";

    static ServiceKey of(Segment segment) {
        return new ServiceKey(
                segment.name(), Json.string(segment.fields(), "origin"), SegmentFilter.accountId(segment));
    }

    static ServiceKey clientOf(Segment root) {
        return new ServiceKey(root.name(), CLIENT, null);
    }

    /** Whether it stands for whoever calls a root segment. */
    boolean isClient() {
        return CLIENT.equals(type);
    }

    /** What a subsegment calls, or null when it is local work. */
    static @Nullable ServiceKey calledBy(Segment subsegment) {
        Map<String, Object> aws = Json.object(subsegment.fields(), "aws");
        String account = Json.string(aws, "account_id");
        if (subsegment.fields().containsKey("sql")) {
            return new ServiceKey(subsegment.name(), "Database::SQL", null);
        }
        return switch (subsegment.namespace()) {
            case "aws" -> {
                String table = Json.string(aws, "table_name");
                String queue = Json.string(aws, "queue_url");
                if (table != null) {
                    yield new ServiceKey(table, "AWS::DynamoDB::Table", account);
                }
                yield queue != null
                        ? new ServiceKey(queue, "AWS::SQS::Queue", account)
                        : new ServiceKey(subsegment.name(), "AWS::" + subsegment.name(), account);
            }
            case "remote" -> new ServiceKey(subsegment.name(), "remote", null);
            default -> null;
        };
    }

    /** The service's {@code ServiceId} shape. */
    Map<String, Object> toJson() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("Name", Json.encodable(name));
        json.put("Names", List.of(Json.encodable(name)));
        if (type != null) {
            json.put("Type", Json.encodable(type));
        }
        if (accountId != null) {
            json.put("AccountId", Json.encodable(accountId));
        }
        return json;
    }
}
