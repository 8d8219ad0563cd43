package io.github.xrayd.connectors.otlp.convert;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The fields of a document that describe where it ran: {@code service}, {@code origin}, {@code resource_arn} and those
 * blocks of {@code aws} that hold for the whole process. Two blocks may name the same attribute; the first one takes
 * it, and the other keeps its value as a rest when that differs. {@link Names#FIELDS} lists which fields were stored
 * here.
 */
final class ResourceMapping {
    private static final String SDK = "aws.xray.sdk";
    private static final String SERVICE_VERSION = "service.version";
    private static final String AVAILABILITY_ZONE = "cloud.availability_zone";
    private static final String CONTAINER_ID = "container.id";
    private static final String DEPLOYMENT_ID = "deployment_id";
    private static final String CLOUDWATCH_LOGS = "cloudwatch_logs";
    private static final String ACCOUNT_ID = "account_id";
    private static final String SDK_SEPARATOR = " for ";

    private static final Map<String, Map<String, Field>> AWS_BLOCKS = Map.of(
            "ecs",
            block(
                    "aws.ecs.",
                    "container",
                    "container.name",
                    "container_id",
                    CONTAINER_ID,
                    "container_arn",
                    "aws.ecs.container.arn",
                    "cluster_arn",
                    "aws.ecs.cluster.arn",
                    "task_arn",
                    "aws.ecs.task.arn",
                    "task_family",
                    "aws.ecs.task.family",
                    "launch_type",
                    "aws.ecs.launchtype",
                    "availability_zone",
                    AVAILABILITY_ZONE),
            "ec2",
            block(
                    "aws.ec2.",
                    "instance_id",
                    "host.id",
                    "instance_size",
                    "host.type",
                    "ami_id",
                    "host.image.id",
                    "availability_zone",
                    AVAILABILITY_ZONE),
            "eks",
            block("aws.eks.", "cluster_name", "k8s.cluster.name", "pod", "k8s.pod.name", "container_id", CONTAINER_ID),
            "elastic_beanstalk",
            block(
                    "aws.elastic_beanstalk.",
                    "environment_name",
                    "service.namespace",
                    DEPLOYMENT_ID,
                    "service.instance.id",
                    "version_label",
                    SERVICE_VERSION),
            "xray",
            block("aws.xray.", "sdk", SDK, "sdk_version", Names.SDK_VERSION));

    private static final Map<String, Field> SERVICE = block(
            "service.",
            "version",
            SERVICE_VERSION,
            "runtime",
            "process.runtime.name",
            "runtime_version",
            "process.runtime.version");

    private static final Map<String, String> PLATFORMS = Map.of(
            "AWS::EC2::Instance", "aws_ec2",
            "AWS::ECS::Container", "aws_ecs",
            "AWS::ECS::EC2", "aws_ecs",
            "AWS::ECS::Fargate", "aws_ecs",
            "AWS::EKS::Container", "aws_eks",
            "AWS::ElasticBeanstalk::Environment", "aws_elastic_beanstalk",
            "AWS::AppRunner::Service", "aws_app_runner",
            "AWS::Lambda::Function", "aws_lambda");

    /** Each path with its attribute, for the way back. */
    private static final Map<String, Field> BY_PATH = byPath();

    private ResourceMapping() {}

    /** Where a field lies in a document, and the attribute that holds it. */
    private record Field(String path, String key, String attribute) {}

    private static Map<String, Field> block(String prefix, String... keysAndAttributes) {
        Map<String, Field> block = new LinkedHashMap<>();
        for (int i = 0; i < keysAndAttributes.length; i += 2) {
            String key = keysAndAttributes[i];
            block.put(key, new Field(prefix + key, key, keysAndAttributes[i + 1]));
        }
        return block;
    }

    private static Map<String, Field> byPath() {
        Map<String, Field> all = new LinkedHashMap<>();
        SERVICE.values().forEach(field -> all.put(field.path(), field));
        AWS_BLOCKS.values().forEach(block -> block.values().forEach(field -> all.put(field.path(), field)));
        return all;
    }

    /** Whether this key of {@code aws} is stored in the resource when the document has it at its top. */
    static boolean isResourceKey(String key) {
        return AWS_BLOCKS.containsKey(key) || key.equals(ACCOUNT_ID) || key.equals(CLOUDWATCH_LOGS);
    }

    /**
     * The resource of a document.
     *
     * @param rest takes what no attribute can hold, at its place in the document
     */
    static Attributes toResource(
            Map<String, @Nullable Object> document, @Nullable String serviceName, Map<String, @Nullable Object> rest) {
        Attributes resource = new Attributes();
        resource.addIfPresent(Names.SERVICE_NAME, serviceName);
        List<Object> fields = new ArrayList<>();
        Map<String, @Nullable Object> service = JsonTree.asObject(document.get("service"));
        if (service != null) {
            toResource(service, SERVICE, resource, fields, rest, "service");
        }
        Map<String, @Nullable Object> aws = JsonTree.asObject(document.get("aws"));
        if (aws != null) {
            awsToResource(aws, resource, fields, rest);
        }
        addOwn(document, "origin", Names.ORIGIN, resource, rest);
        addOwn(document, "resource_arn", Names.RESOURCE_ARN, resource, rest);
        addPlatform(aws, resource);
        addSdk(resource);
        if (!fields.isEmpty()) {
            resource.add(Names.FIELDS, fields);
        }
        return resource;
    }

    private static void addOwn(
            Map<String, @Nullable Object> document,
            String key,
            String attribute,
            Attributes resource,
            Map<String, @Nullable Object> rest) {
        Object value = document.get(key);
        String string = Fields.string(value);
        if (string != null) {
            resource.add(attribute, string);
        } else if (document.containsKey(key)) {
            rest.put(key, value);
        }
    }

    private static void awsToResource(
            Map<String, @Nullable Object> aws,
            Attributes resource,
            List<Object> fields,
            Map<String, @Nullable Object> rest) {
        aws.forEach((key, value) -> {
            Map<String, Field> block = AWS_BLOCKS.get(key);
            Map<String, @Nullable Object> values = JsonTree.asObject(value);
            if (block != null && values != null) {
                Map<String, @Nullable Object> awsRest = new LinkedHashMap<>();
                toResource(values, block, resource, fields, awsRest, key);
                if (!awsRest.isEmpty()) {
                    Fields.child(rest, "aws").putAll(awsRest);
                }
            } else if (key.equals(ACCOUNT_ID) && Fields.string(value) != null) {
                resource.add("cloud.account.id", value);
            } else if (block != null
                    || key.equals(ACCOUNT_ID)
                    || (key.equals(CLOUDWATCH_LOGS) && !addLogGroups(value, resource))) {
                Fields.child(rest, "aws").put(key, value);
            }
        });
    }

    private static void toResource(
            Map<String, @Nullable Object> values,
            Map<String, Field> block,
            Attributes resource,
            List<Object> fields,
            Map<String, @Nullable Object> rest,
            String restKey) {
        if (values.isEmpty()) {
            rest.put(restKey, values);
            return;
        }
        values.forEach((key, value) -> {
            Field field = block.get(key);
            String text = field == null ? null : text(key, value);
            if (field == null || text == null || !add(field, text, resource, fields)) {
                Fields.child(rest, restKey).put(key, value);
            }
        });
    }

    /** The attribute's text; null when the field is not of the type that the way back restores. */
    private static @Nullable String text(String key, @Nullable Object value) {
        if (key.equals(DEPLOYMENT_ID)) {
            return value instanceof JsonNumber number && number.exactLong() != null ? number.text() : null;
        }
        return Fields.string(value);
    }

    private static boolean add(Field field, String text, Attributes resource, List<Object> fields) {
        Object present = resource.get(field.attribute());
        if (present == null) {
            String value = field.key().equals("launch_type") ? text.toLowerCase(Locale.ROOT) : text;
            resource.add(field.attribute(), value);
            present = value;
        }
        if (!present.equals(text)) {
            return false;
        }
        fields.add(field.path());
        return true;
    }

    /** Stores log groups when every one has a name, and every one or none an ARN, and nothing else. */
    private static boolean addLogGroups(@Nullable Object value, Attributes resource) {
        if (!(value instanceof List<?> groups) || groups.isEmpty()) {
            return false;
        }
        List<Object> names = new ArrayList<>();
        List<Object> arns = new ArrayList<>();
        for (Object element : groups) {
            Map<String, @Nullable Object> group = JsonTree.asObject(element);
            String name = group == null ? null : Fields.string(group.get("log_group"));
            String arn = group == null ? null : Fields.string(group.get("arn"));
            if (group == null || name == null || group.size() != (arn == null ? 1 : 2)) {
                return false;
            }
            names.add(name);
            if (arn != null) {
                arns.add(arn);
            }
        }
        if (!arns.isEmpty() && arns.size() != names.size()) {
            return false;
        }
        resource.add(Names.LOG_GROUP_NAMES, names);
        if (!arns.isEmpty()) {
            resource.add(Names.LOG_GROUP_ARNS, arns);
        }
        return true;
    }

    private static void addPlatform(@Nullable Map<String, @Nullable Object> aws, Attributes resource) {
        String origin = resource.string(Names.ORIGIN);
        String platform = origin == null ? null : PLATFORMS.get(origin);
        if (platform == null && aws != null) {
            platform = aws.containsKey("elastic_beanstalk")
                    ? "aws_elastic_beanstalk"
                    : aws.containsKey("eks")
                            ? "aws_eks"
                            : aws.containsKey("ecs") ? "aws_ecs" : aws.containsKey("ec2") ? "aws_ec2" : null;
        }
        if (platform != null || (origin != null && origin.startsWith("AWS::"))) {
            resource.add(Names.CLOUD_PROVIDER, "aws");
        }
        resource.addIfPresent(Names.CLOUD_PLATFORM, platform);
    }

    private static void addSdk(Attributes resource) {
        String sdk = resource.string(SDK);
        if (sdk == null) {
            return;
        }
        int separator = sdk.indexOf(SDK_SEPARATOR);
        resource.add(Names.SDK_NAME, separator < 0 ? sdk : sdk.substring(0, separator));
        if (separator >= 0) {
            String language = sdk.substring(separator + SDK_SEPARATOR.length()).toLowerCase(Locale.ROOT);
            resource.add(
                    Names.SDK_LANGUAGE,
                    switch (language) {
                        case "node.js", "node" -> "nodejs";
                        case ".net", "dotnet", ".net core" -> "dotnet";
                        default -> language;
                    });
        }
    }

    /** Puts the fields back that {@link #toResource} stored. */
    static void toDocument(Attributes resource, Map<String, @Nullable Object> document) {
        if (resource.get(Names.FIELDS) instanceof List<?> paths) {
            for (Object path : paths) {
                Field field = path instanceof String ? BY_PATH.get(path) : null;
                Object value = field == null ? null : resource.get(field.attribute());
                if (field != null && value instanceof String text) {
                    put(document, field, text);
                }
            }
        }
        Object account = resource.get("cloud.account.id");
        if (account != null) {
            Fields.child(document, "aws").put(ACCOUNT_ID, account);
        }
        List<@Nullable Object> groups = logGroups(resource);
        if (!groups.isEmpty()) {
            Fields.child(document, "aws").put(CLOUDWATCH_LOGS, groups);
        }
        Fields.put(document, "origin", resource.get(Names.ORIGIN));
        Fields.put(document, "resource_arn", resource.get(Names.RESOURCE_ARN));
    }

    private static void put(Map<String, @Nullable Object> document, Field field, String text) {
        Map<String, @Nullable Object> block = document;
        int from = 0;
        for (int dot = field.path().indexOf('.'); dot >= 0; dot = field.path().indexOf('.', from)) {
            block = Fields.child(block, field.path().substring(from, dot));
            from = dot + 1;
        }
        block.put(field.key(), value(field, text));
    }

    private static Object value(Field field, String text) {
        JsonNumber number = new JsonNumber(text);
        return field.key().equals(DEPLOYMENT_ID) && number.exactLong() != null ? number : text;
    }

    /** The log groups that the resource names, as {@code cloudwatch_logs} lists them. */
    static List<@Nullable Object> logGroups(Attributes resource) {
        List<@Nullable Object> groups = new ArrayList<>();
        List<?> names = list(resource.get(Names.LOG_GROUP_NAMES));
        List<?> arns = list(resource.get(Names.LOG_GROUP_ARNS));
        for (int i = 0; i < Math.max(names.size(), arns.size()); i++) {
            Map<String, @Nullable Object> group = new LinkedHashMap<>();
            String arn = i < arns.size() && arns.get(i) instanceof String text ? text : null;
            String name =
                    i < names.size() && names.get(i) instanceof String text ? text : arn == null ? null : nameOf(arn);
            Fields.put(group, "log_group", name);
            Fields.put(group, "arn", arn);
            groups.add(group);
        }
        return groups;
    }

    /**
     * A list; a string as the environment variable of resource attributes spells one, with {@code &} between its
     * elements.
     */
    private static List<?> list(@Nullable Object value) {
        if (value instanceof String text) {
            return text.isEmpty() ? List.of() : List.of(text.split("&", -1));
        }
        return value instanceof List<?> list ? list : List.of();
    }

    private static String nameOf(String arn) {
        String[] parts = arn.split(":", -1);
        return parts.length > 6 ? parts[6] : arn;
    }

    /** Puts the blocks of {@code aws} that a resource describes which never was a document's. */
    static void foreignToDocument(Attributes resource, Map<String, @Nullable Object> document) {
        String provider = resource.string(Names.CLOUD_PROVIDER);
        if (provider != null && !provider.equals("aws")) {
            return;
        }
        String platform = resource.string(Names.CLOUD_PLATFORM);
        String name = platform == null ? "" : platform;
        Map<String, @Nullable Object> aws = Fields.child(document, "aws");
        if (name.equals("aws_ec2") || resource.has("host.id")) {
            putBlock(aws, "ec2", resource);
        }
        if (name.equals("aws_ecs")) {
            putBlock(aws, "ecs", resource);
        }
        if (name.equals("aws_eks") || resource.has("k8s.cluster.name")) {
            putBlock(aws, "eks", resource);
        }
        if (name.equals("aws_elastic_beanstalk") && resource.has("service.instance.id")) {
            putBlock(aws, "elastic_beanstalk", resource);
        }
        Fields.put(aws, ACCOUNT_ID, resource.string("cloud.account.id"));
        List<@Nullable Object> groups = logGroups(resource);
        if (!groups.isEmpty()) {
            aws.put(CLOUDWATCH_LOGS, groups);
        }
        if (aws.isEmpty()) {
            document.remove("aws");
        }
        Fields.put(document, "origin", origin(name, resource.string("aws.ecs.launchtype")));
    }

    private static void putBlock(Map<String, @Nullable Object> aws, String key, Attributes resource) {
        Map<String, @Nullable Object> block = new LinkedHashMap<>();
        AWS_BLOCKS.getOrDefault(key, Map.of()).values().forEach(field -> {
            String text = resource.string(field.attribute());
            Fields.put(block, field.key(), text == null ? null : value(field, text));
        });
        Fields.putFields(aws, key, block);
    }

    private static @Nullable String origin(String platform, @Nullable String launchType) {
        return switch (platform) {
            case "aws_ec2" -> "AWS::EC2::Instance";
            case "aws_ecs" ->
                launchType == null
                        ? "AWS::ECS::Container"
                        : launchType.equalsIgnoreCase("ec2")
                                ? "AWS::ECS::EC2"
                                : launchType.equalsIgnoreCase("fargate") ? "AWS::ECS::Fargate" : "AWS::ECS::Container";
            case "aws_eks" -> "AWS::EKS::Container";
            case "aws_elastic_beanstalk" -> "AWS::ElasticBeanstalk::Environment";
            case "aws_app_runner" -> "AWS::AppRunner::Service";
            default -> null;
        };
    }
}
