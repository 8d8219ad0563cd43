package io.github.xrayd.connectors.otlp.convert;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The block {@code aws} of a segment or subsegment, as far as it describes a call and not the process. */
final class AwsMapping {
    private static final String OPERATION = "operation";
    private static final String REGION = "region";
    private static final String REQUEST_ID = "request_id";
    private static final String QUEUE_URL = "queue_url";
    private static final String TABLE_NAME = "table_name";
    private static final String TABLE_NAMES = "table_names";
    private static final String ACCOUNT_ID = "account_id";

    private AwsMapping() {}

    /**
     * @param isRoot whether the document's resource took the blocks that {@link ResourceMapping} knows
     * @param extra has what the resource did not take; takes what has no attribute
     */
    static void toSpan(
            Map<String, @Nullable Object> aws,
            boolean isRoot,
            Attributes attributes,
            Map<String, @Nullable Object> extra) {
        Map<String, @Nullable Object> rest = isRoot ? JsonTree.asObject(extra.remove("aws")) : null;
        if (aws.isEmpty()) {
            Fields.child(extra, "aws");
        }
        boolean hasTableName = Fields.string(aws.get(TABLE_NAME)) != null;
        aws.forEach((key, value) -> {
            if (isRoot && ResourceMapping.isResourceKey(key)) {
                if (rest != null && rest.containsKey(key)) {
                    addRest(key, rest.get(key), attributes, extra);
                }
                return;
            }
            String text = Fields.string(value);
            if (text == null) {
                List<Object> tables = key.equals(TABLE_NAMES) && !hasTableName ? Fields.strings(value) : null;
                if (tables != null && tables.size() > 1) {
                    attributes.add(Names.TABLE_NAMES, tables);
                } else {
                    addRest(key, value, attributes, extra);
                }
                return;
            }
            switch (key) {
                case OPERATION -> attributes.add(Names.RPC_METHOD, text);
                case REGION -> {
                    attributes.add(Names.CLOUD_REGION, text);
                    attributes.add(Names.AWS_REGION, text);
                }
                case REQUEST_ID -> attributes.add(Names.AWS_REQUEST_ID, text);
                case QUEUE_URL -> {
                    attributes.add(Names.SQS_QUEUE_URL, text);
                    attributes.add(Names.AWS_QUEUE_URL, text);
                }
                case TABLE_NAME -> attributes.add(Names.TABLE_NAMES, List.of(text));
                case ACCOUNT_ID -> attributes.add(Names.AWS_ACCOUNT_ID, text);
                default -> addRest(key, value, attributes, extra);
            }
        });
    }

    private static void addRest(
            String key, @Nullable Object value, Attributes attributes, Map<String, @Nullable Object> extra) {
        if (JsonTree.isWellFormed(key)) {
            attributes.add(Names.AWS_PREFIX + key, Fields.scalarOrJson(value));
        } else {
            Fields.child(extra, "aws").put(key, value);
        }
    }

    /** PRODUCER or CONSUMER for calls that send or receive messages, else CLIENT. */
    static int kind(String name, @Nullable Map<String, @Nullable Object> aws) {
        if (aws == null || !(aws.get(OPERATION) instanceof String operation)) {
            return Span.CLIENT;
        }
        String service = name.toUpperCase(Locale.ROOT);
        if (!service.contains("SQS") && !service.contains("SNS") && !service.contains("KINESIS")) {
            return Span.CLIENT;
        }
        return switch (operation.toLowerCase(Locale.ROOT)) {
            case "sendmessage", "sendmessagebatch", "publish", "publishbatch", "putrecord", "putrecords" ->
                Span.PRODUCER;
            case "receivemessage", "getrecords" -> Span.CONSUMER;
            default -> Span.CLIENT;
        };
    }

    /** Puts back what {@link #toSpan} stored. */
    static void toDocument(Attributes attributes, Map<String, @Nullable Object> document, JsonTree json) {
        Map<String, @Nullable Object> aws = new LinkedHashMap<>();
        calls(attributes, aws);
        for (int i = 0; i < attributes.size(); i++) {
            String key = attributes.key(i);
            if (key.startsWith(Names.AWS_PREFIX)) {
                aws.put(key.substring(Names.AWS_PREFIX.length()), Fields.jsonOrScalar(attributes.value(i), json));
            }
        }
        if (!aws.isEmpty()) {
            Fields.merge(Fields.child(document, "aws"), aws);
        }
    }

    /** Puts the fields that describe the call, whoever made the span. */
    static void calls(Attributes attributes, Map<String, @Nullable Object> aws) {
        Fields.put(aws, OPERATION, attributes.get(Names.RPC_METHOD));
        Fields.put(aws, REGION, attributes.get(Names.AWS_REGION));
        Fields.put(aws, REQUEST_ID, attributes.get(Names.AWS_REQUEST_ID));
        Fields.put(aws, QUEUE_URL, attributes.get(Names.AWS_QUEUE_URL));
        Fields.put(aws, ACCOUNT_ID, attributes.get(Names.AWS_ACCOUNT_ID));
        Object tables = attributes.get(Names.TABLE_NAMES);
        if (tables instanceof List<?> names && names.size() == 1) {
            aws.put(TABLE_NAME, names.get(0));
        } else if (tables instanceof List<?> names && !names.isEmpty()) {
            aws.put(TABLE_NAMES, names);
        } else {
            Fields.put(aws, TABLE_NAME, tables instanceof String ? tables : null);
        }
    }
}
