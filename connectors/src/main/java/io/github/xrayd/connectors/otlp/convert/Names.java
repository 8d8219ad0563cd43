package io.github.xrayd.connectors.otlp.convert;

import java.util.Set;

/**
 * Names of attributes: OpenTelemetry's semantic conventions, what the Collector's X-Ray exporter reads, and our own.
 */
final class Names {
    static final String XRAY = "aws.xray.";
    /** {@code segment} or {@code subsegment}; its presence says that the span was a segment document. */
    static final String TYPE = "aws.xray.type";
    /** True when the subsegment lay within its parent's document. */
    static final String EMBEDDED = "aws.xray.embedded";
    /** Fields that the span has and the document had not. */
    static final String ABSENT = "aws.xray.absent";
    /** JSON that is merged over the rebuilt document. */
    static final String EXTRA = "aws.xray.extra";
    /** Paths of the fields that were stored in the resource's attributes of {@link ResourceMapping}. */
    static final String FIELDS = "aws.xray.fields";

    static final String IN_PROGRESS = "aws.xray.in_progress";
    static final String NAMESPACE = "aws.xray.namespace";
    static final String FAULT = "aws.xray.fault";
    static final String ERROR = "aws.xray.error";
    static final String THROTTLE = "aws.xray.throttle";
    static final String TRACED = "aws.xray.traced";
    static final String ORIGIN = "aws.xray.origin";
    static final String RESOURCE_ARN = "aws.xray.resource_arn";
    static final String PRECURSOR_IDS = "aws.xray.precursor_ids";
    static final String CAUSE = "aws.xray.cause";
    static final String EXCEPTION = "aws.xray.exception";
    static final String ANNOTATIONS = "aws.xray.annotations";
    static final String ANNOTATION_PREFIX = "aws.xray.annotation.";
    static final String METADATA_PREFIX = "aws.xray.metadata.";
    static final String AWS_PREFIX = "aws.xray.aws.";
    static final String SQL_PREFIX = "aws.xray.sql.";

    static final String HTTP_METHOD = "http.request.method";
    static final String URL = "url.full";
    static final String USER_AGENT = "user_agent.original";
    static final String CLIENT_ADDRESS = "client.address";
    static final String X_FORWARDED_FOR = "aws.xray.http.x_forwarded_for";
    static final String HTTP_TRACED = "aws.xray.http.traced";
    static final String HTTP_STATUS = "http.response.status_code";
    static final String HTTP_BODY_SIZE = "http.response.body.size";

    static final String DB_SYSTEM = "db.system.name";
    static final String DB_QUERY = "db.query.text";
    static final String DB_NAMESPACE = "db.namespace";
    static final String DB_USER = "db.user";
    static final String SERVER_ADDRESS = "server.address";
    static final String SERVER_PORT = "server.port";

    static final String RPC_SYSTEM = "rpc.system";
    static final String RPC_SERVICE = "rpc.service";
    static final String RPC_METHOD = "rpc.method";
    static final String AWS_API = "aws-api";
    static final String CLOUD_REGION = "cloud.region";
    static final String AWS_REGION = "aws.region";
    static final String AWS_ACCOUNT_ID = "aws.account_id";
    static final String AWS_REQUEST_ID = "aws.request_id";
    static final String SQS_QUEUE_URL = "aws.sqs.queue.url";
    static final String AWS_QUEUE_URL = "aws.queue_url";
    static final String TABLE_NAMES = "aws.dynamodb.table_names";

    static final String USER = "user.id";
    static final String ENDUSER = "enduser.id";
    static final String SERVICE_NAME = "service.name";
    static final String CLOUD_PROVIDER = "cloud.provider";
    static final String CLOUD_PLATFORM = "cloud.platform";
    static final String LOG_GROUP_NAMES = "aws.log.group.names";
    static final String LOG_GROUP_ARNS = "aws.log.group.arns";
    static final String SDK_NAME = "telemetry.sdk.name";
    static final String SDK_LANGUAGE = "telemetry.sdk.language";
    static final String SDK_VERSION = "telemetry.sdk.version";

    static final String EXCEPTION_EVENT = "exception";
    static final String EXCEPTION_TYPE = "exception.type";
    static final String EXCEPTION_MESSAGE = "exception.message";
    static final String EXCEPTION_STACK = "exception.stacktrace";

    static final String SEGMENT = "segment";
    static final String SUBSEGMENT = "subsegment";

    private static final Set<String> MAPPED = Set.of(
            HTTP_METHOD,
            URL,
            USER_AGENT,
            CLIENT_ADDRESS,
            HTTP_STATUS,
            HTTP_BODY_SIZE,
            DB_SYSTEM,
            DB_QUERY,
            DB_NAMESPACE,
            DB_USER,
            SERVER_ADDRESS,
            SERVER_PORT,
            RPC_SYSTEM,
            RPC_SERVICE,
            RPC_METHOD,
            CLOUD_REGION,
            AWS_REGION,
            AWS_ACCOUNT_ID,
            AWS_REQUEST_ID,
            SQS_QUEUE_URL,
            AWS_QUEUE_URL,
            TABLE_NAMES,
            USER,
            ENDUSER);

    private Names() {}

    /**
     * Whether a span's attribute of this name is made from a field of the document, so that an annotation must not take
     * it.
     */
    static boolean isMapped(String name) {
        return name.startsWith(XRAY) || MAPPED.contains(name);
    }
}
