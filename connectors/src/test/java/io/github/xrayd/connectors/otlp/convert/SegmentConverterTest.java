package io.github.xrayd.connectors.otlp.convert;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.Status;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What becomes of each field, as OpenTelemetry's own classes read it. */
class SegmentConverterTest {
    private static Map<String, Object> attributes(String fields) {
        return Converters.plain(
                Converters.spans(Converters.segment(fields)).get(0).getAttributesList());
    }

    private static Map<String, Object> resource(String fields) {
        return Converters.plain(Converters.request(Converters.segment(fields))
                .getResourceSpans(0)
                .getResource()
                .getAttributesList());
    }

    @Test
    void shouldConvertASegmentToAServerSpan() {
        ExportTraceServiceRequest request =
                Converters.request(Converters.segment("\"parent_id\":\"53995c3f42cd8ad8\",\"user\":\"u1\""));
        ResourceSpans spans = request.getResourceSpans(0);
        assertEquals("xrayd", spans.getScopeSpans(0).getScope().getName());
        assertEquals("1.2.3", spans.getScopeSpans(0).getScope().getVersion());
        assertEquals(
                Map.of("service.name", "shop"),
                Converters.plain(spans.getResource().getAttributesList()));
        Span span = spans.getScopeSpans(0).getSpans(0);
        assertEquals("5759e988bd862e3fe1be46a994272793", hex(span.getTraceId().toByteArray()));
        assertEquals("70de5b6f19ff9a0a", hex(span.getSpanId().toByteArray()));
        assertEquals("53995c3f42cd8ad8", hex(span.getParentSpanId().toByteArray()));
        assertEquals("shop", span.getName());
        assertEquals(Span.SpanKind.SPAN_KIND_SERVER, span.getKind());
        assertEquals(1_478_293_361_271_000_000L, span.getStartTimeUnixNano());
        assertEquals(1_478_293_361_449_000_000L, span.getEndTimeUnixNano());
        assertEquals(1, span.getFlags());
        assertEquals(Status.StatusCode.STATUS_CODE_UNSET, span.getStatus().getCode());
        assertEquals(
                Map.of("aws.xray.type", "segment", "user.id", "u1", "enduser.id", "u1"),
                Converters.plain(span.getAttributesList()));
    }

    private static String hex(byte[] bytes) {
        return java.util.HexFormat.of().formatHex(bytes);
    }

    @ParameterizedTest
    @CsvSource({
        "remote,example.com,,SPAN_KIND_CLIENT",
        "aws,DynamoDB,GetItem,SPAN_KIND_CLIENT",
        "aws,SQS,SendMessageBatch,SPAN_KIND_PRODUCER",
        "aws,AmazonSNS,Publish,SPAN_KIND_PRODUCER",
        "aws,Kinesis,PutRecords,SPAN_KIND_PRODUCER",
        "aws,SQS,ReceiveMessage,SPAN_KIND_CONSUMER",
        "aws,kinesis,GetRecords,SPAN_KIND_CONSUMER",
        "aws,SQS,DeleteMessage,SPAN_KIND_CLIENT",
        "local,x,,SPAN_KIND_CLIENT",
        ",x,,SPAN_KIND_INTERNAL"
    })
    void shouldGiveSubsegmentsTheirKind(
            @org.jspecify.annotations.Nullable String namespace,
            String name,
            @org.jspecify.annotations.Nullable String operation,
            Span.SpanKind kind) {
        String subsegment = "{\"id\":\"53995c3f42cd8ad8\",\"name\":\"" + name + "\",\"start_time\":1,\"end_time\":2"
                + (namespace == null ? "" : ",\"namespace\":\"" + namespace + '"')
                + (operation == null ? "" : ",\"aws\":{\"operation\":\"" + operation + "\"}") + "}";
        List<Span> spans = Converters.spans(Converters.segment("\"subsegments\":[" + subsegment + "]"));
        assertEquals(2, spans.size());
        assertEquals(spans.get(0).getSpanId(), spans.get(1).getParentSpanId());
        assertEquals(spans.get(0).getTraceId(), spans.get(1).getTraceId());
        assertEquals(kind, spans.get(1).getKind());
        Map<String, Object> attributes = Converters.plain(spans.get(1).getAttributesList());
        assertEquals("subsegment", attributes.get("aws.xray.type"));
        assertEquals(true, attributes.get("aws.xray.embedded"));
        assertEquals(namespace, attributes.get("aws.xray.namespace"));
        assertEquals("aws".equals(namespace) ? "aws-api" : null, attributes.get("rpc.system"));
        assertEquals(operation, attributes.get("rpc.method"));
    }

    @Test
    void shouldMapHttp() {
        Map<String, Object> attributes = attributes("\"http\":{\"request\":{\"method\":\"GET\",\"url\":\"https://a/b\","
                + "\"user_agent\":\"curl\",\"client_ip\":\"10.0.0.1\",\"x_forwarded_for\":true,\"traced\":false},"
                + "\"response\":{\"status\":404,\"content_length\":\"861\",\"other\":1}},\"error\":true");
        assertEquals("GET", attributes.get("http.request.method"));
        assertEquals("https://a/b", attributes.get("url.full"));
        assertEquals("curl", attributes.get("user_agent.original"));
        assertEquals("10.0.0.1", attributes.get("client.address"));
        assertEquals(true, attributes.get("aws.xray.http.x_forwarded_for"));
        assertEquals(false, attributes.get("aws.xray.http.traced"));
        assertEquals(404L, attributes.get("http.response.status_code"));
        assertEquals(
                "{\"http\":{\"response\":{\"content_length\":\"861\",\"other\":1}}}", attributes.get("aws.xray.extra"));
        assertEquals(true, attributes.get("aws.xray.error"));
    }

    @Test
    void shouldMarkFailuresAsErrors() {
        for (String flag : List.of("fault", "error", "throttle")) {
            Span span = Converters.spans(Converters.segment("\"" + flag + "\":true"))
                    .get(0);
            assertEquals(Status.StatusCode.STATUS_CODE_ERROR, span.getStatus().getCode());
            Span well = Converters.spans(Converters.segment("\"" + flag + "\":false"))
                    .get(0);
            assertEquals(Status.StatusCode.STATUS_CODE_UNSET, well.getStatus().getCode());
            assertEquals(false, Converters.plain(well.getAttributesList()).get("aws.xray." + flag));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "jdbc:postgresql://db.example.com:5432/shop?x=y,db.example.com,5432,shop",
        "jdbc:mysql://user:secret@db.example.com/shop,db.example.com,,shop",
        "//db.example.com:5432/shop,db.example.com,5432,shop",
        "postgres://db.example.com,db.example.com,,",
        "jdbc:sqlserver://db.example.com:1433;databaseName=x,db.example.com,1433,",
        "jdbc:h2:mem:shop,,,",
        "db.example.com:5432,,,",
        "//h:99999/db,h,,db"
    })
    void shouldReadAddressesFromDatabaseUrls(
            String url,
            @org.jspecify.annotations.Nullable String address,
            @org.jspecify.annotations.Nullable Long port,
            @org.jspecify.annotations.Nullable String database) {
        Map<String, Object> attributes = attributes(
                "\"sql\":{\"url\":\"" + url
                        + "\",\"database_type\":\"PostgreSQL\",\"sanitized_query\":\"SELECT ?\",\"user\":\"app\",\"preparation\":\"call\"}");
        assertEquals(address, attributes.get("server.address"));
        assertEquals(port, attributes.get("server.port"));
        assertEquals(database, attributes.get("db.namespace"));
        assertEquals("postgresql", attributes.get("db.system.name"));
        assertEquals("SELECT ?", attributes.get("db.query.text"));
        assertEquals("app", attributes.get("db.user"));
        assertEquals("call", attributes.get("aws.xray.sql.preparation"));
        assertEquals(url, attributes.get("aws.xray.sql.url"));
    }

    @Test
    void shouldMapAwsCalls() {
        Map<String, Object> attributes = attributes("\"namespace\":\"aws\",\"aws\":{\"operation\":\"Query\","
                + "\"region\":\"eu-west-1\",\"request_id\":\"r\",\"queue_url\":\"q\",\"table_name\":\"t\",\"retries\":2,"
                + "\"consumed_capacity\":{\"TableName\":\"t\"},\"text\":\"{}\"}");
        assertEquals("Query", attributes.get("rpc.method"));
        assertEquals("shop", attributes.get("rpc.service"));
        assertEquals("eu-west-1", attributes.get("cloud.region"));
        assertEquals("eu-west-1", attributes.get("aws.region"));
        assertEquals("r", attributes.get("aws.request_id"));
        assertEquals("q", attributes.get("aws.sqs.queue.url"));
        assertEquals("q", attributes.get("aws.queue_url"));
        assertEquals(List.of("t"), attributes.get("aws.dynamodb.table_names"));
        assertEquals(2L, attributes.get("aws.xray.aws.retries"));
        assertEquals("{}", attributes.get("aws.xray.aws.text"));
        assertEquals(
                "{\"TableName\":\"t\"}",
                String.valueOf(attributes.get("aws.xray.aws.consumed_capacity")).strip());
    }

    @Test
    void shouldDescribeTheResource() {
        Map<String, Object> resource = resource("\"origin\":\"AWS::ECS::Fargate\",\"resource_arn\":\"arn:x\","
                + "\"service\":{\"version\":\"1\",\"runtime\":\"OpenJDK\",\"runtime_version\":\"17\"},"
                + "\"aws\":{\"account_id\":\"1234\",\"ecs\":{\"container\":\"web\",\"container_id\":\"c\",\"cluster_arn\":\"ca\","
                + "\"launch_type\":\"fargate\",\"availability_zone\":\"z\"},"
                + "\"xray\":{\"sdk\":\"X-Ray for Node.js\",\"sdk_version\":\"3\"},"
                + "\"cloudwatch_logs\":[{\"log_group\":\"g\",\"arn\":\"arn:g\"}]}");
        assertEquals("shop", resource.get("service.name"));
        assertEquals("1", resource.get("service.version"));
        assertEquals("OpenJDK", resource.get("process.runtime.name"));
        assertEquals("17", resource.get("process.runtime.version"));
        assertEquals("aws", resource.get("cloud.provider"));
        assertEquals("aws_ecs", resource.get("cloud.platform"));
        assertEquals("1234", resource.get("cloud.account.id"));
        assertEquals("z", resource.get("cloud.availability_zone"));
        assertEquals("web", resource.get("container.name"));
        assertEquals("c", resource.get("container.id"));
        assertEquals("ca", resource.get("aws.ecs.cluster.arn"));
        assertEquals("fargate", resource.get("aws.ecs.launchtype"));
        assertEquals("X-Ray", resource.get("telemetry.sdk.name"));
        assertEquals("nodejs", resource.get("telemetry.sdk.language"));
        assertEquals("3", resource.get("telemetry.sdk.version"));
        assertEquals(List.of("g"), resource.get("aws.log.group.names"));
        assertEquals(List.of("arn:g"), resource.get("aws.log.group.arns"));
        assertEquals("AWS::ECS::Fargate", resource.get("aws.xray.origin"));
        assertEquals("arn:x", resource.get("aws.xray.resource_arn"));
    }

    @Test
    void shouldMakeExceptionsEventsWithAndWithoutIds() {
        Span span = Converters.spans(
                        Converters.segment(
                                "\"fault\":true,\"aws\":{\"xray\":{\"sdk\":\"X-Ray for Ruby\"}},"
                                        + "\"cause\":{\"working_directory\":\"/w\",\"exceptions\":[{\"message\":\"no cart\",\"type\":\"KeyError\","
                                        + "\"stack\":[{\"path\":\"cart.rb\",\"line\":7,\"label\":\"get\"}]},{\"id\":\"53995c3f42cd8ad8\"}]}"))
                .get(0);
        assertEquals(2, span.getEventsCount());
        Span.Event event = span.getEvents(0);
        assertEquals("exception", event.getName());
        assertEquals(span.getEndTimeUnixNano(), event.getTimeUnixNano());
        Map<String, Object> attributes = Converters.plain(event.getAttributesList());
        assertEquals("KeyError", attributes.get("exception.type"));
        assertEquals("no cart", attributes.get("exception.message"));
        assertEquals("KeyError: no cart\ncart.rb:7:in `get'", attributes.get("exception.stacktrace"));
        assertEquals("no cart", span.getStatus().getMessage());
        assertEquals(
                "{\"working_directory\":\"/w\"}",
                Converters.plain(span.getAttributesList()).get("aws.xray.cause"));
    }

    @Test
    void shouldKeepBothOnAClashOfAnnotations() {
        Map<String, Object> attributes = attributes(
                "\"http\":{\"request\":{\"method\":\"GET\"}},"
                        + "\"annotations\":{\"http.request.method\":\"mine\",\"n\":1,\"d\":0.5,\"b\":true,\"aws.xray.type\":\"t\"}");
        assertEquals("GET", attributes.get("http.request.method"));
        assertEquals("mine", attributes.get("aws.xray.annotation.http.request.method"));
        assertEquals("segment", attributes.get("aws.xray.type"));
        assertEquals("t", attributes.get("aws.xray.annotation.aws.xray.type"));
        assertEquals(1L, attributes.get("n"));
        assertEquals(0.5, attributes.get("d"));
        assertEquals(true, attributes.get("b"));
        assertEquals(
                List.of("http.request.method", "n", "d", "b", "aws.xray.type"), attributes.get("aws.xray.annotations"));
    }

    @Test
    void shouldMapMetadataLinksAndUnknownKeys() {
        Span span = Converters.spans(Converters.segment("\"metadata\":{\"default\":{\"a\":[1]}},"
                        + "\"precursor_ids\":[\"x\"],\"Dummy\":false,"
                        + "\"links\":[{\"trace_id\":\"1-5759e988-bd862e3fe1be46a994272794\",\"id\":\"53995c3f42cd8ad8\","
                        + "\"attributes\":{\"a\":1}}]"))
                .get(0);
        Map<String, Object> attributes = Converters.plain(span.getAttributesList());
        assertEquals("{\"a\":[1]}", attributes.get("aws.xray.metadata.default"));
        assertEquals(List.of("x"), attributes.get("aws.xray.precursor_ids"));
        assertEquals("{\"Dummy\":false}", attributes.get("aws.xray.extra"));
        assertEquals(
                "5759e988bd862e3fe1be46a994272794",
                hex(span.getLinks(0).getTraceId().toByteArray()));
        assertEquals("53995c3f42cd8ad8", hex(span.getLinks(0).getSpanId().toByteArray()));
    }

    @Test
    void shouldNameTheServiceOfStreamedSubsegmentsByTheirSegment() {
        SegmentNames names = new SegmentNames(2);
        SegmentConverter converter = new SegmentConverter("1", names, new InProgressSegments(10, 1_000_000));
        byte[] first = Converters.bytes("{\"trace_id\":\"" + Converters.TRACE_ID
                + "\",\"id\":\"53995c3f42cd8ad1\",\"name\":\"DynamoDB\",\"type\":\"subsegment\","
                + "\"parent_id\":\"70de5b6f19ff9a0a\",\"start_time\":1,\"end_time\":2}");
        assertEquals(null, serviceName(converter, first));
        assertEquals(1, names.unknown());
        assertEquals("shop", serviceName(converter, Converters.segment("")));
        assertEquals("shop", serviceName(converter, first));
        byte[] second = Converters.bytes(new String(first, java.nio.charset.StandardCharsets.UTF_8)
                .replace("70de5b6f19ff9a0a", "53995c3f42cd8ad1")
                .replace("\"id\":\"53995c3f42cd8ad1", "\"id\":\"53995c3f42cd8ad2"));
        assertEquals("shop", serviceName(converter, second));
        assertEquals(1, names.unknown());
        assertEquals(2, names.size());
    }

    private static @org.jspecify.annotations.Nullable Object serviceName(SegmentConverter converter, byte[] document) {
        Conversion conversion = converter.convert(document, document.length, true);
        ExportTraceServiceRequest request = Converters.parse(new OtlpEncoder().request(conversion.spans()));
        return Converters.plain(request.getResourceSpans(0).getResource().getAttributesList())
                .get("service.name");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "x|NOT_JSON",
                "None|NOT_JSON",
                "|NOT_JSON",
                "17|NOT_A_SEGMENT",
                "\"text\"|NOT_A_SEGMENT",
                "[]|NOT_A_SEGMENT",
                "[1,2]|NOT_A_SEGMENT",
                "{}|NO_TRACE_ID",
                "{\"trace_id\":7,\"id\":\"70de5b6f19ff9a0a\"}|NO_TRACE_ID",
                "{\"trace_id\":\"1-5759e988-bd862e3fe1be46a99427279\",\"id\":\"70de5b6f19ff9a0a\"}|NO_TRACE_ID",
                "{\"trace_id\":\"2-5759e988-bd862e3fe1be46a994272793\",\"id\":\"70de5b6f19ff9a0a\"}|NO_TRACE_ID",
                "{\"trace_id\":\"1-5759e988-bd862e3fe1be46a99427279g\",\"id\":\"70de5b6f19ff9a0a\"}|NO_TRACE_ID",
                "{\"trace_id\":\"1-00000000-000000000000000000000000\",\"id\":\"70de5b6f19ff9a0a\"}|NO_TRACE_ID",
                "{\"trace_id\":\"1-5759e988-bd862e3fe1be46a994272793\"}|NO_ID",
                "{\"trace_id\":\"1-5759e988-bd862e3fe1be46a994272793\",\"id\":\"70de5b6f19ff9a0\"}|NO_ID",
                "{\"trace_id\":\"1-5759e988-bd862e3fe1be46a994272793\",\"id\":\"0000000000000000\"}|NO_ID",
                "T1UCssC|UNSAMPLED",
                "M1CssC|METRICS",
                "T1S!!|NOT_OTLP",
                "T1SCssC|NOT_OTLP"
            })
    void shouldRefuseWithAReason(@org.jspecify.annotations.Nullable String document, Refusal refusal) {
        Conversion conversion = Converters.convert(Converters.bytes(document == null ? "" : document));
        assertEquals(Conversion.Outcome.REFUSED, conversion.outcome());
        assertEquals(refusal, conversion.refusal());
        assertTrue(conversion.spans().isEmpty());
        assertFalse(refusal.message().isEmpty());
    }

    @Test
    void shouldRefuseWhatIsTooLargeTooDeepOrTooManySpans() {
        assertEquals(
                Refusal.TOO_LARGE,
                Converters.convert(new byte[SegmentConverter.LENGTH_MAX + 1]).refusal());
        assertEquals(
                Refusal.TOO_DEEP,
                Converters.convert(Converters.segment("\"a\":" + "[".repeat(60_000)))
                        .refusal());
        String many = "{},".repeat(SpanWriter.SPANS_MAX + 1) + "{}";
        assertEquals(
                Refusal.TOO_MANY_SPANS,
                Converters.convert(Converters.segment("\"subsegments\":[" + many + "]"))
                        .refusal());
    }

    @Test
    void shouldRebuildVeryManyAnnotations() throws Exception {
        StringBuilder annotations = new StringBuilder("\"annotations\":{\"a\":1");
        for (int i = 0; i < 20_000; i++) {
            annotations.append(",\"").append(i).append("\":0");
        }
        byte[] document = Converters.segment(annotations.append('}').toString());
        Converters.assertRoundTrip(Converters.converter(), document);
    }

    @Test
    void shouldConvertTheGoodElementsOfAnArray() {
        String good = "{" + Converters.HEAD + "}";
        Conversion conversion = Converters.convert(Converters.bytes("[7," + good + ",{\"trace_id\":\"x\"}]"));
        assertEquals(Conversion.Outcome.CONVERTED, conversion.outcome());
        assertEquals(1, conversion.spans().size());
        assertEquals(2, conversion.refusedElements());
        assertEquals(Refusal.NOT_A_SEGMENT, conversion.refusal());
    }

    @Test
    void shouldConvertAfterEveryKindOfBrokenDocument() throws Exception {
        SegmentConverter converter = Converters.converter();
        Random random = new Random(7);
        byte[] good = Converters.segment("\"annotations\":{\"a\":1},\"subsegments\":[{\"id\":\"53995c3f42cd8ad8\","
                + "\"name\":\"x\",\"start_time\":1,\"end_time\":2}]");
        Object expected = Json.read(good);
        for (int seed = 0; seed < 2_000; seed++) {
            byte[] broken = Converters.bytes(new RandomDocuments(seed).next());
            for (int i = random.nextInt(4); i >= 0; i--) {
                broken[random.nextInt(broken.length)] = (byte) random.nextInt(256);
            }
            int length = random.nextInt(3) == 0 ? random.nextInt(broken.length) : broken.length;
            Conversion conversion = converter.convert(broken, length, true);
            if (conversion.outcome() == Conversion.Outcome.CONVERTED) {
                assertNotNull(Converters.parse(new OtlpEncoder().request(conversion.spans())));
            }
            if (seed % 100 == 0) {
                assertEquals(
                        expected,
                        Json.read(Converters.roundTrip(converter, good).get(0)));
            }
        }
    }
}
