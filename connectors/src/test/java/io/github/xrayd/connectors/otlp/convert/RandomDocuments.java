package io.github.xrayd.connectors.otlp.convert;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * Documents that use every field of X-Ray's segment reference, and others, with usual and unusual values; the same for
 * a seed.
 */
public final class RandomDocuments {
    private static final String[] TEXTS = {
        "",
        " ",
        "{\"a\":1}",
        " {}",
        "[1]",
        "null",
        "DynamoDB",
        "SQS",
        "Amazon SNS",
        "quote\" back\\slash",
        "line\nfeed\ttab\u0000\u001f",
        "\u8ddf\u8e2a \ud83d\ude80",
        "half \ud83d pair",
        "\udc00",
        "http.request.method",
        "aws.xray.type",
        "https://shop.example.com/a?b=c#d",
        "jdbc:postgresql://db.example.com:5432/shop?x=y",
        "//host:99999/db",
        "AWS::ECS::Fargate",
        "70de5b6f19ff9a0a"
    };
    private static final String[] NUMBERS = {
        "0",
        "-0",
        "1",
        "200",
        "404",
        "-7",
        "9223372036854775807",
        "9223372036854775808",
        "123456789012345678",
        "1.5",
        "0.1",
        "1e3",
        "1E-7",
        "2.50",
        "1e400",
        "0.30000000000000004",
        "3.14159265358979323846264338327950288",
        "1.795240447612E9"
    };
    private static final String[] OPERATIONS = {"GetItem", "SendMessage", "ReceiveMessage", "Publish", "getRecords"};
    private static final String[] ORIGINS = {
        "AWS::EC2::Instance", "AWS::ECS::Container", "AWS::ECS::EC2", "AWS::EKS::Container", "AWS::Lambda", "elsewhere"
    };
    private static final String[] SDKS = {
        "X-Ray for Java",
        "X-Ray for Node.js",
        "X-Ray for Python",
        "X-Ray for .NET",
        "X-Ray for Go",
        "X-Ray for Ruby",
        "mine"
    };

    private final Random random;

    public RandomDocuments(long seed) {
        random = new Random(seed);
    }

    public String next() {
        Map<String, @Nullable Object> document = new LinkedHashMap<>();
        boolean isSubsegment = one(3);
        document.put("trace_id", traceId());
        document.put("id", id());
        maybe(document, "parent_id", id());
        if (isSubsegment) {
            document.put("type", "subsegment");
        }
        maybe(document, "service", service());
        maybe(document, "origin", pick(ORIGINS));
        maybe(document, "resource_arn", "arn:aws:ecs:eu-west-1:1:task/x");
        common(document, 0);
        return JsonTree.write(document);
    }

    private void common(Map<String, @Nullable Object> node, int depth) {
        put(node, "name", one(4) ? text() : "name-" + random.nextInt(5));
        put(node, "start_time", time());
        if (one(12)) {
            node.put("in_progress", true);
        } else {
            put(node, "end_time", time());
        }
        maybe(node, "namespace", one(2) ? "aws" : one(2) ? "remote" : text());
        maybe(node, "error", random.nextBoolean());
        maybe(node, "fault", random.nextBoolean());
        maybe(node, "throttle", random.nextBoolean());
        maybe(node, "traced", random.nextBoolean());
        maybe(node, "user", text());
        maybe(node, "precursor_ids", List.of(id(), id()));
        maybe(node, "http", http());
        maybe(node, "aws", aws());
        maybe(node, "sql", sql());
        maybe(node, "cause", one(5) ? id() : cause());
        maybe(node, "annotations", annotations());
        maybe(node, "metadata", metadata());
        maybe(node, "links", links());
        if (one(6)) {
            node.put("key-" + random.nextInt(3), anything(0));
        }
        if (one(10)) {
            node.put(text(), anything(0));
        }
        if (depth < 4 && one(2)) {
            List<@Nullable Object> subsegments = new ArrayList<>();
            for (int i = random.nextInt(4); i > 0; i--) {
                Map<String, @Nullable Object> child = new LinkedHashMap<>();
                put(child, "id", id());
                maybe(child, "aws", aws());
                common(child, depth + 1);
                if (one(15)) {
                    child.put("trace_id", traceId());
                    child.put("type", "subsegment");
                }
                subsegments.add(one(40) ? anything(0) : child);
            }
            node.put("subsegments", subsegments);
        }
    }

    private Map<String, @Nullable Object> http() {
        Map<String, @Nullable Object> request = new LinkedHashMap<>();
        maybe(request, "method", "GET");
        maybe(request, "url", "https://shop.example.com/" + text());
        maybe(request, "user_agent", text());
        maybe(request, "client_ip", "10.0.0.1");
        maybe(request, "x_forwarded_for", random.nextBoolean());
        maybe(request, "traced", random.nextBoolean());
        Map<String, @Nullable Object> response = new LinkedHashMap<>();
        maybe(response, "status", number());
        maybe(response, "content_length", number());
        maybe(response, text(), text());
        Map<String, @Nullable Object> http = new LinkedHashMap<>();
        maybe(http, "request", request);
        maybe(http, "response", response);
        return http;
    }

    private Map<String, @Nullable Object> aws() {
        Map<String, @Nullable Object> aws = new LinkedHashMap<>();
        maybe(aws, "account_id", "123456789012");
        maybe(aws, "operation", pick(OPERATIONS));
        maybe(aws, "region", "eu-west-1");
        maybe(aws, "request_id", text());
        maybe(aws, "queue_url", "https://sqs.example.com/q");
        maybe(aws, "table_name", "orders");
        maybe(aws, "table_names", one(2) ? List.of("a", "b") : List.of("a"));
        maybe(aws, "retries", number());
        maybe(
                aws,
                "ecs",
                block(
                        "container",
                        "container_id",
                        "container_arn",
                        "cluster_arn",
                        "task_arn",
                        "task_family",
                        "availability_zone"));
        maybe(aws, "ec2", block("instance_id", "instance_size", "ami_id", "availability_zone"));
        maybe(aws, "eks", block("cluster_name", "pod", "container_id"));
        Map<String, @Nullable Object> beanstalk = block("environment_name", "version_label");
        maybe(beanstalk, "deployment_id", number());
        maybe(aws, "elastic_beanstalk", beanstalk);
        Map<String, @Nullable Object> xray = new LinkedHashMap<>();
        maybe(xray, "sdk", pick(SDKS));
        maybe(xray, "sdk_version", "2.1");
        maybe(xray, "sampling_rule_name", text());
        maybe(xray, "auto_instrumentation", random.nextBoolean());
        maybe(aws, "xray", xray);
        List<@Nullable Object> groups = new ArrayList<>();
        for (int i = random.nextInt(3); i > 0; i--) {
            groups.add(one(3) ? block("log_group", "arn") : Map.of("log_group", "g", "arn", "arn:x"));
        }
        maybe(aws, "cloudwatch_logs", groups);
        if (one(8)) {
            aws.put(text(), anything(0));
        }
        return aws;
    }

    private Map<String, @Nullable Object> block(String... keys) {
        Map<String, @Nullable Object> block = new LinkedHashMap<>();
        for (String key : keys) {
            maybe(block, key, one(3) ? text() : "same");
        }
        if (one(10)) {
            block.put("launch_type", one(2) ? "EC2" : "fargate");
        }
        if (one(10)) {
            block.put(text(), anything(0));
        }
        return block;
    }

    private Map<String, @Nullable Object> sql() {
        Map<String, @Nullable Object> sql = block("url", "connection_string", "sanitized_query", "user", "preparation");
        maybe(sql, "database_type", one(2) ? "PostgreSQL" : "mysql");
        maybe(sql, "database_version", "9.5");
        maybe(sql, "driver_version", text());
        return sql;
    }

    private Map<String, @Nullable Object> service() {
        return block("version", "runtime", "runtime_version", "name", "compiler");
    }

    private Map<String, @Nullable Object> cause() {
        Map<String, @Nullable Object> cause = new LinkedHashMap<>();
        maybe(cause, "working_directory", "/srv/app");
        maybe(cause, "paths", List.of("/srv/lib"));
        List<@Nullable Object> exceptions = new ArrayList<>();
        for (int i = random.nextInt(3); i > 0; i--) {
            Map<String, @Nullable Object> exception = new LinkedHashMap<>();
            maybe(exception, "id", id());
            maybe(exception, "message", text());
            maybe(exception, "type", "java.lang.IllegalStateException");
            maybe(exception, "remote", random.nextBoolean());
            maybe(exception, "truncated", number());
            maybe(exception, "skipped", number());
            maybe(exception, "cause", id());
            List<@Nullable Object> stack = new ArrayList<>();
            for (int j = random.nextInt(3); j > 0; j--) {
                Map<String, @Nullable Object> frame = new LinkedHashMap<>();
                maybe(frame, "path", "Shop.java");
                maybe(frame, "line", number());
                maybe(frame, "label", text());
                stack.add(frame);
            }
            maybe(exception, "stack", stack);
            exceptions.add(one(30) ? text() : exception);
        }
        maybe(cause, "exceptions", exceptions);
        return cause;
    }

    private Map<String, @Nullable Object> annotations() {
        Map<String, @Nullable Object> annotations = new LinkedHashMap<>();
        for (int i = random.nextInt(5); i > 0; i--) {
            annotations.put(one(2) ? text() : "key" + i, one(6) ? anything(0) : scalar());
        }
        return annotations;
    }

    private Map<String, @Nullable Object> metadata() {
        Map<String, @Nullable Object> metadata = new LinkedHashMap<>();
        for (int i = random.nextInt(3); i > 0; i--) {
            metadata.put(one(2) ? "default" : text(), anything(0));
        }
        return metadata;
    }

    private List<@Nullable Object> links() {
        List<@Nullable Object> links = new ArrayList<>();
        for (int i = random.nextInt(3); i > 0; i--) {
            Map<String, @Nullable Object> link = new LinkedHashMap<>();
            put(link, "trace_id", traceId());
            put(link, "id", id());
            maybe(link, "attributes", one(2) ? Map.of("ReferenceType", "parent") : annotations());
            links.add(link);
        }
        return links;
    }

    private @Nullable Object anything(int depth) {
        return switch (random.nextInt(depth < 4 ? 6 : 4)) {
            case 0 -> null;
            case 1, 2, 3 -> scalar();
            case 4 -> {
                List<@Nullable Object> list = new ArrayList<>();
                for (int i = random.nextInt(4); i > 0; i--) {
                    list.add(anything(depth + 1));
                }
                yield list;
            }
            default -> {
                Map<String, @Nullable Object> fields = new LinkedHashMap<>();
                for (int i = random.nextInt(4); i > 0; i--) {
                    fields.put(text(), anything(depth + 1));
                }
                yield fields;
            }
        };
    }

    private Object scalar() {
        return one(3) ? number() : one(3) ? random.nextBoolean() : text();
    }

    private JsonNumber time() {
        return new JsonNumber(
                switch (random.nextInt(8)) {
                    case 0 -> pick(NUMBERS);
                    case 1 -> "1795240447";
                    case 2 -> "1795240447." + random.nextInt(1_000_000_000);
                    case 3 -> "1.795240447" + random.nextInt(1_000_000) + "E9";
                    case 4 -> "1795240447.1234567890123";
                    default -> "1795240447." + random.nextInt(1_000);
                });
    }

    private JsonNumber number() {
        return new JsonNumber(pick(NUMBERS));
    }

    private String text() {
        return one(3) ? "text-" + random.nextInt(9) : pick(TEXTS);
    }

    private String id() {
        String id = String.format("%016x", random.nextLong() | 1);
        return one(20) ? id.toUpperCase(java.util.Locale.ROOT) : id;
    }

    private String traceId() {
        String id = String.format("1-%08x-%08x%016x", random.nextInt() | 1, random.nextInt(), random.nextLong());
        return one(20) ? id.substring(2).replace("-", "") : id;
    }

    private boolean one(int of) {
        return random.nextInt(of) == 0;
    }

    private String pick(String[] from) {
        return from[random.nextInt(from.length)];
    }

    /** Puts the field, rarely with a value of another type. */
    private void put(Map<String, @Nullable Object> target, String key, @Nullable Object value) {
        if (!one(60)) {
            target.put(key, one(60) ? anything(0) : value);
        }
    }

    private void maybe(Map<String, @Nullable Object> target, String key, @Nullable Object value) {
        if (one(2)) {
            put(target, key, value);
        }
    }
}
