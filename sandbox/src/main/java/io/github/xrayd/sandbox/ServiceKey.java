package io.github.xrayd.sandbox;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a node of the service graph is told apart by.
 *
 * @param name the service's name
 * @param type {@code origin} of a segment; {@code remote}, {@code Database::SQL} or {@code AWS::…} of a called one; {@code client}; or null
 */
record ServiceKey(String name, @Nullable String type) {
    static ServiceKey of(Segment segment) {
        return new ServiceKey(segment.name(), Json.string(segment.fields(), "origin"));
    }

    static ServiceKey clientOf(Segment root) {
        return new ServiceKey(root.name(), "client");
    }

    /** What a subsegment calls, or null when it is local work. */
    static @Nullable ServiceKey calledBy(Segment subsegment) {
        Map<String, Object> aws = Json.object(subsegment.fields(), "aws");
        if (subsegment.fields().containsKey("sql")) {
            return new ServiceKey(subsegment.name(), "Database::SQL");
        }
        return switch (subsegment.namespace()) {
            case "aws" -> {
                String table = Json.string(aws, "table_name");
                String queue = Json.string(aws, "queue_url");
                if (table != null) {
                    yield new ServiceKey(table, "AWS::DynamoDB::Table");
                }
                yield queue != null
                        ? new ServiceKey(queue, "AWS::SQS::Queue")
                        : new ServiceKey(subsegment.name(), "AWS::" + subsegment.name());
            }
            case "remote" -> new ServiceKey(subsegment.name(), "remote");
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
        return json;
    }
}
