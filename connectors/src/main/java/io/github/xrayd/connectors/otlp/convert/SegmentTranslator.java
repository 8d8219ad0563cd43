package io.github.xrayd.connectors.otlp.convert;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Translates a span that never was a segment document, as ADOT and the Collector's X-Ray exporter give it to X-Ray:
 * names, status and blocks by the semantic conventions of today and before, the rest as annotations and metadata. Not
 * thread-safe.
 */
final class SegmentTranslator {
    static final String DEFAULT_NAMESPACE = "default";

    private static final int NAME_LENGTH_MAX = 200;
    private static final String SPAN_KIND = "aws.span.kind";
    private static final String LOCAL_ROOT = "LOCAL_ROOT";
    private static final String LOCAL_SERVICE = "aws.local.service";
    private static final String REMOTE_SERVICE = "aws.remote.service";
    private static final String RESOURCE_PREFIX = "otel.resource.";
    private static final String NO_NAME = "span";

    /** Attributes that stand in a block of the document and need not be metadata too. */
    private static final Set<String> IN_BLOCKS = Set.of(
            "http.method",
            "http.client_ip",
            "http.user_agent",
            "http.status_code",
            "http.url",
            "http.scheme",
            "http.host",
            "http.target",
            "http.response_content_length",
            "url.scheme",
            "url.path",
            "url.query",
            "net.host.name",
            "net.host.port",
            "net.peer.name",
            "net.peer.port",
            "net.sock.peer.addr",
            "network.peer.address",
            Names.HTTP_METHOD,
            Names.URL,
            Names.USER_AGENT,
            Names.CLIENT_ADDRESS,
            Names.HTTP_STATUS,
            Names.HTTP_BODY_SIZE,
            Names.SERVER_ADDRESS,
            Names.SERVER_PORT);

    private static final Set<String> IN_SQL = Set.of(
            "db.connection_string",
            "db.system",
            "db.name",
            "db.statement",
            Names.DB_SYSTEM,
            Names.DB_QUERY,
            Names.DB_NAMESPACE,
            Names.DB_USER);

    private static final Set<String> IN_AWS = Set.of(
            Names.RPC_METHOD,
            "aws.operation",
            Names.AWS_REGION,
            Names.CLOUD_REGION,
            Names.AWS_REQUEST_ID,
            "aws.requestId",
            Names.AWS_QUEUE_URL,
            Names.SQS_QUEUE_URL,
            "aws.queue.url",
            "messaging.url",
            "aws.table_name",
            "aws.table.name",
            Names.TABLE_NAMES,
            Names.AWS_ACCOUNT_ID);

    private final JsonTree json;

    SegmentTranslator(JsonTree json) {
        this.json = json;
    }

    /** Whether a span is a segment by itself, wherever its parent is. */
    static boolean isSegment(Span span) {
        boolean isRemoteChild = (span.flags & Span.HAS_IS_REMOTE) != 0 && (span.flags & Span.IS_REMOTE) != 0;
        return span.kind == Span.SERVER
                || span.kind == Span.CONSUMER
                || span.parentId == 0
                || isRemoteChild
                || LOCAL_ROOT.equals(span.attributes.get(SPAN_KIND));
    }

    /** Puts the ids of a document that stands alone. */
    static void putRoot(Span span, boolean isSubsegment, Map<String, @Nullable Object> document) {
        document.put("trace_id", TraceIds.xray(span.traceIdHigh, span.traceIdLow));
        document.put("id", TraceIds.hex(span.id));
        if (span.parentId != 0) {
            document.put("parent_id", TraceIds.hex(span.parentId));
        }
        if (isSubsegment) {
            document.put("type", Names.SUBSEGMENT);
        }
    }

    /**
     * The fields of the document, without {@code subsegments}.
     *
     * @param isSegment whether it is a segment and not a subsegment
     * @param isEmbedded whether it will stand within its parent's document
     */
    Map<String, @Nullable Object> translate(Span span, Attributes resource, boolean isSegment, boolean isEmbedded) {
        Map<String, @Nullable Object> document = new LinkedHashMap<>();
        if (isEmbedded) {
            document.put("id", TraceIds.hex(span.id));
        } else {
            putRoot(span, !isSegment, document);
        }
        document.put("name", name(span, resource, isSegment));
        document.put("start_time", JsonNumber.ofNanos(span.startNs));
        document.put("end_time", JsonNumber.ofNanos(Math.max(span.endNs, span.startNs)));
        if (!isSegment) {
            Fields.put(document, "namespace", namespace(span));
        }
        putFailure(span, document);
        String language = resource.string(Names.SDK_LANGUAGE);
        Fields.put(document, "cause", CauseMapping.foreign(span, language == null ? "" : language));
        Fields.put(document, "user", span.attributes.string(Names.ENDUSER, Names.USER));
        HttpMapping.foreignToDocument(span.attributes, span.kind, document);
        SqlMapping.foreignToDocument(span.attributes, span.name, document);
        if (isSegment) {
            ResourceMapping.foreignToDocument(resource, document);
            putService(resource, document);
        }
        putCall(span, document);
        if (!isEmbedded) {
            putSdk(resource, document);
        }
        LinkMapping.toDocument(span, document);
        putAttributes(span, isSegment ? resource : new Attributes(), document);
        return document;
    }

    private static String name(Span span, Attributes resource, boolean isSegment) {
        Attributes attributes = span.attributes;
        boolean isLocal = span.kind == Span.SERVER
                || (span.kind == Span.INTERNAL && LOCAL_ROOT.equals(attributes.get(SPAN_KIND)));
        boolean isRemote = span.kind == Span.CLIENT || span.kind == Span.PRODUCER || span.kind == Span.CONSUMER;
        String name = isLocal ? attributes.string(LOCAL_SERVICE) : null;
        if (name == null && isRemote) {
            name = attributes.string(REMOTE_SERVICE);
            if (name != null && isAwsCall(attributes)) {
                name = withoutPrefix(withoutPrefix(name, "AWS.SDK."), "AWS::");
            }
        }
        if (name == null) {
            name = attributes.string("peer.service", "aws.service");
        }
        if (name == null && !(isSegment && isLocal)) {
            name = databaseName(attributes);
        }
        if (name == null && isSegment && (isLocal || span.kind == Span.CONSUMER)) {
            name = resource.string(Names.SERVICE_NAME);
        }
        if (name == null) {
            name = attributes.string(Names.RPC_SERVICE, "http.host");
        }
        if (name == null && !isSegment) {
            name = attributes.string(Names.SERVER_ADDRESS, "net.peer.name");
        }
        return valid(name == null ? span.name : name);
    }

    private static String withoutPrefix(String name, String prefix) {
        return name.startsWith(prefix) ? name.substring(prefix.length()) : name;
    }

    /** A database is named with its host, as X-Ray's SDKs do. */
    private static @Nullable String databaseName(Attributes attributes) {
        String database = attributes.string(Names.DB_NAMESPACE, "db.name");
        if (database == null) {
            return null;
        }
        String host = attributes.string(Names.SERVER_ADDRESS, "net.peer.name");
        if (host == null) {
            host = SqlMapping.host(attributes.string("db.connection_string"));
        }
        return host == null ? database : database + '@' + host;
    }

    /**
     * The name as X-Ray takes it: letters, digits, blanks and a few marks, at most {@value #NAME_LENGTH_MAX}
     * characters.
     */
    private static String valid(String name) {
        StringBuilder valid = new StringBuilder();
        name.codePoints()
                .filter(c -> Character.isLetterOrDigit(c) || " _.:/%&#=+\\-@".indexOf(c) >= 0)
                .limit(NAME_LENGTH_MAX)
                .forEach(valid::appendCodePoint);
        return valid.isEmpty() ? NO_NAME : valid.toString();
    }

    private static boolean isAwsCall(Attributes attributes) {
        return Names.AWS_API.equals(attributes.get(Names.RPC_SYSTEM));
    }

    private static @Nullable String namespace(Span span) {
        if (isAwsCall(span.attributes) || span.attributes.has("aws.service")) {
            return "aws";
        }
        boolean isRemote = span.kind == Span.CLIENT
                || ((span.kind == Span.CONSUMER || span.kind == Span.PRODUCER) && span.attributes.has(REMOTE_SERVICE));
        return isRemote ? "remote" : null;
    }

    private static void putFailure(Span span, Map<String, @Nullable Object> document) {
        Long status = HttpMapping.status(span.attributes);
        if (status != null && status >= 400 && status <= 499) {
            document.put("error", true);
            if (status == 429) {
                document.put("throttle", true);
            }
        } else if ((status != null && status >= 500 && status <= 599) || span.status == Span.STATUS_ERROR) {
            document.put("fault", true);
        }
    }

    private static void putCall(Span span, Map<String, @Nullable Object> document) {
        Attributes attributes = span.attributes;
        Map<String, @Nullable Object> call = new LinkedHashMap<>();
        AwsMapping.calls(attributes, call);
        Fields.put(call, "operation", attributes.string("aws.operation"));
        Fields.put(call, "request_id", attributes.string("aws.requestId"));
        Fields.put(call, "queue_url", attributes.string("messaging.url", "aws.queue.url"));
        Fields.put(call, "queue_url", attributes.string(Names.SQS_QUEUE_URL));
        if (!attributes.has(Names.TABLE_NAMES)) {
            Fields.put(call, "table_name", attributes.string("aws.table_name", "aws.table.name"));
        }
        if (isAwsCall(attributes) && !call.containsKey("region")) {
            Fields.put(call, "region", attributes.string(Names.CLOUD_REGION));
        }
        if (!call.isEmpty()) {
            Fields.merge(Fields.child(document, "aws"), call);
        }
    }

    private static void putService(Attributes resource, Map<String, @Nullable Object> document) {
        Map<String, @Nullable Object> service = new LinkedHashMap<>();
        Fields.put(service, "version", resource.string("service.version"));
        Fields.put(service, "runtime", resource.string("process.runtime.name"));
        Fields.put(service, "runtime_version", resource.string("process.runtime.version"));
        Fields.putFields(document, "service", service);
    }

    private static void putSdk(Attributes resource, Map<String, @Nullable Object> document) {
        String name = resource.string(Names.SDK_NAME);
        String language = resource.string(Names.SDK_LANGUAGE);
        Map<String, @Nullable Object> sdk = new LinkedHashMap<>();
        Fields.put(sdk, "sdk", name == null || language == null ? name : name + " for " + language);
        Fields.put(sdk, "sdk_version", resource.string(Names.SDK_VERSION));
        if (!sdk.isEmpty()) {
            sdk.put(
                    "auto_instrumentation",
                    resource.has("telemetry.auto.version") || resource.has("telemetry.distro.version"));
            Fields.child(document, "aws").put("xray", sdk);
        }
    }

    /** Puts listed attributes as annotations, and all that stand in no block as metadata. */
    private void putAttributes(Span span, Attributes resource, Map<String, @Nullable Object> document) {
        Attributes attributes = span.attributes;
        Set<?> listed = attributes.get(Names.ANNOTATIONS) instanceof List<?> keys ? new HashSet<>(keys) : Set.of();
        boolean isSql = SqlMapping.isForeignSql(attributes);
        boolean isAws = document.containsKey("aws");
        boolean isHttp = document.containsKey("http");
        Map<String, @Nullable Object> annotations = new LinkedHashMap<>();
        Map<String, @Nullable Object> metadata = new LinkedHashMap<>();
        Map<String, @Nullable Object> rest = new LinkedHashMap<>();
        for (int i = 0; i < resource.size(); i++) {
            String key = RESOURCE_PREFIX + resource.key(i);
            put(key, resource.value(i), listed.contains(key), annotations, rest);
        }
        for (int i = 0; i < attributes.size(); i++) {
            String key = attributes.key(i);
            Object value = attributes.value(i);
            if (listed.contains(key)) {
                put(key, value, true, annotations, rest);
            } else if (key.startsWith(Names.METADATA_PREFIX) && value instanceof String text) {
                putMetadata(key.substring(Names.METADATA_PREFIX.length()), text, metadata, rest);
            } else if (!key.equals(Names.ANNOTATIONS)
                    && !key.equals(Names.ENDUSER)
                    && !(isHttp && IN_BLOCKS.contains(key))
                    && !(isSql && IN_SQL.contains(key))
                    && !(isAws && IN_AWS.contains(key))) {
                put(key, value, false, annotations, rest);
            }
        }
        List<@Nullable Object> events = events(span);
        if (!events.isEmpty()) {
            rest.put("otel.events", events);
        }
        if (!rest.isEmpty()) {
            Fields.merge(Fields.child(metadata, DEFAULT_NAMESPACE), rest);
        }
        Fields.putFields(document, "annotations", annotations);
        Fields.putFields(document, "metadata", metadata);
    }

    private void putMetadata(
            String namespace, String text, Map<String, @Nullable Object> metadata, Map<String, @Nullable Object> rest) {
        Map<String, @Nullable Object> fields = JsonTree.asObject(Fields.json(text, json));
        if (fields == null) {
            rest.put(Names.METADATA_PREFIX + namespace, text);
        } else {
            metadata.put(namespace, fields);
        }
    }

    private static void put(
            String key,
            @Nullable Object value,
            boolean isAnnotation,
            Map<String, @Nullable Object> annotations,
            Map<String, @Nullable Object> rest) {
        boolean isScalar = value instanceof String
                || value instanceof Boolean
                || value instanceof Long
                || (value instanceof Double number && Double.isFinite(number));
        if (isAnnotation && isScalar) {
            annotations.put(annotationKey(key), value);
        } else {
            rest.put(key, Fields.toJson(value));
        }
    }

    /** The key as X-Ray takes it: letters, digits, dots; everything else becomes an underscore. */
    private static String annotationKey(String key) {
        StringBuilder valid = new StringBuilder(key);
        for (int i = 0; i < valid.length(); i++) {
            char c = valid.charAt(i);
            boolean isTaken = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '.';
            if (!isTaken) {
                valid.setCharAt(i, '_');
            }
        }
        return valid.toString();
    }

    /** Events that are no exceptions: X-Ray has no field for them. */
    private static List<@Nullable Object> events(Span span) {
        List<@Nullable Object> events = new ArrayList<>();
        for (Span.Event event : span.events) {
            if (!event.name().equals(Names.EXCEPTION_EVENT)) {
                Map<String, @Nullable Object> fields = new LinkedHashMap<>();
                fields.put("name", event.name());
                fields.put("time", JsonNumber.ofNanos(event.timeNs()));
                Fields.putFields(fields, "attributes", Fields.toJson(event.attributes()));
                events.add(fields);
            }
        }
        return events;
    }
}
