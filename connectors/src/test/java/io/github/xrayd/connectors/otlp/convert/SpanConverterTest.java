package io.github.xrayd.connectors.otlp.convert;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Spans that never were segment documents, as X-Ray shows them. */
class SpanConverterTest {
    private static final long START_NS = 1_700_000_000_123_456_789L;

    private final ResourceSpans shop = resource("shop");

    private static ResourceSpans resource(String service, Object... attributes) {
        Attributes resource = new Attributes();
        resource.add("service.name", service);
        put(resource, attributes);
        return new ResourceSpans(resource, "scope", "1", new Attributes());
    }

    private static void put(Attributes target, Object... attributes) {
        for (int i = 0; i < attributes.length; i += 2) {
            target.add((String) attributes[i], attributes[i + 1]);
        }
    }

    private static Span span(
            ResourceSpans target, long id, long parentId, int kind, String name, Object... attributes) {
        Span span = new Span();
        span.traceIdHigh = 0x5759e988bd862e3fL;
        span.traceIdLow = 0xe1be46a994272793L;
        span.id = id;
        span.parentId = parentId;
        span.kind = kind;
        span.name = name;
        span.startNs = START_NS;
        span.endNs = START_NS + 1;
        put(span.attributes, attributes);
        target.spans.add(span);
        return span;
    }

    private static List<Map<String, @Nullable Object>> convert(boolean isEmbedding, ResourceSpans... all) {
        return new SpanConverter(SpanConverter.LENGTH_MAX, isEmbedding)
                .convert(List.of(all)).stream().map(Json::object).toList();
    }

    private Map<String, @Nullable Object> only() {
        List<Map<String, @Nullable Object>> documents = convert(true, shop);
        assertEquals(1, documents.size(), documents::toString);
        return documents.get(0);
    }

    @Test
    void shouldMakeAServerSpanASegment() {
        span(shop, 1, 9, Span.SERVER, "GET /cart", "enduser.id", "u", "list", List.of("a", 1L), "raw", new byte[] {1});
        Map<String, @Nullable Object> document = only();
        assertEquals("1-5759e988-bd862e3fe1be46a994272793", document.get("trace_id"));
        assertEquals("0000000000000001", document.get("id"));
        assertEquals("0000000000000009", document.get("parent_id"));
        assertEquals("shop", document.get("name"));
        assertEquals("1700000000.123456789", String.valueOf(document.get("start_time")));
        assertEquals("1700000000.12345679", String.valueOf(document.get("end_time")));
        assertEquals("u", document.get("user"));
        assertNull(document.get("type"));
        assertNull(document.get("namespace"));
        assertEquals("a", Json.at(document, "metadata/default/list/0"));
        assertEquals("AQ==", Json.at(document, "metadata/default/raw"));
        assertEquals("shop", Json.at(document, "metadata/default/otel.resource.service.name"));
    }

    @Test
    void shouldEmbedSubsegmentsOrSendThemAlone() {
        span(shop, 3, 2, Span.INTERNAL, "inner");
        span(shop, 2, 1, Span.INTERNAL, "outer");
        span(shop, 1, 0, Span.SERVER, "GET");
        span(shop, 5, 4, Span.CLIENT, "orphan");
        List<Map<String, @Nullable Object>> embedded = convert(true, shop);
        assertEquals(2, embedded.size());
        assertEquals("outer", Json.at(embedded.get(0), "subsegments/0/name"));
        assertEquals("inner", Json.at(embedded.get(0), "subsegments/0/subsegments/0/name"));
        assertNull(Json.at(embedded.get(0), "subsegments/0/trace_id"));
        assertEquals("subsegment", embedded.get(1).get("type"));
        assertEquals("0000000000000004", embedded.get(1).get("parent_id"));
        assertEquals("remote", embedded.get(1).get("namespace"));
        List<Map<String, @Nullable Object>> alone = convert(false, shop);
        assertEquals(4, alone.size());
        assertEquals(
                3,
                alone.stream()
                        .filter(document -> "subsegment".equals(document.get("type")))
                        .count());
    }

    @Test
    void shouldMakeTheFirstSpanOfAServiceASegment() {
        ResourceSpans stock = resource("stock");
        span(shop, 1, 0, Span.INTERNAL, "job");
        span(stock, 2, 1, Span.INTERNAL, "count");
        span(stock, 3, 2, Span.CONSUMER, "take");
        span(stock, 4, 99, Span.INTERNAL, "remote child").flags = Span.HAS_IS_REMOTE | Span.IS_REMOTE;
        span(stock, 5, 99, Span.INTERNAL, "local root", "aws.span.kind", "LOCAL_ROOT", "aws.local.service", "store");
        List<Map<String, @Nullable Object>> documents = convert(true, shop, stock);
        assertEquals(5, documents.size());
        documents.forEach(document -> assertNull(document.get("type"), document::toString));
        assertEquals(
                List.of("job", "count", "stock", "remote child", "store"),
                documents.stream()
                        .map(document -> String.valueOf(document.get("name")))
                        .toList());
    }

    @ParameterizedTest
    @CsvSource({
        "3,peer.service,stock,stock",
        "3,aws.remote.service,AWS.SDK.DynamoDB,AWS.SDK.DynamoDB",
        "3,server.address,stock.example.com,stock.example.com",
        "3,rpc.service,Stock,Stock",
        "3,db.name,orders,orders",
        "3,other,x,call stock",
        "4,aws.remote.service,queue,queue",
        "1,peer.service,stock,stock",
    })
    void shouldNameSubsegments(int kind, String key, String value, String name) {
        span(shop, 2, 1, kind, "call (stock)", key, value);
        assertEquals(name, only().get("name"));
    }

    @Test
    void shouldTakeOnlyNamesThatXrayTakes() {
        span(shop, 2, 1, Span.INTERNAL, "a<b>;c!" + "x".repeat(300));
        assertEquals("abc" + "x".repeat(197), only().get("name"));
        shop.spans.clear();
        span(shop, 2, 1, Span.INTERNAL, "!?");
        assertEquals("span", only().get("name"));
    }

    @Test
    void shouldMapHttpOfBothConventions() {
        span(
                shop,
                1,
                0,
                Span.SERVER,
                "GET",
                "http.request.method",
                "GET",
                "url.scheme",
                "https",
                "server.address",
                "h",
                "server.port",
                8443L,
                "url.path",
                "/p",
                "url.query",
                "q=1",
                "http.response.status_code",
                503L,
                "client.address",
                "10.0.0.1",
                "user_agent.original",
                "ua",
                "http.response.body.size",
                12L);
        Map<String, @Nullable Object> today = only();
        shop.spans.clear();
        span(
                shop,
                1,
                0,
                Span.SERVER,
                "GET",
                "http.method",
                "GET",
                "http.scheme",
                "https",
                "net.host.name",
                "h",
                "net.host.port",
                8443L,
                "http.target",
                "/p?q=1",
                "http.status_code",
                503L,
                "http.client_ip",
                "10.0.0.1",
                "http.user_agent",
                "ua",
                "http.response_content_length",
                12L);
        Map<String, @Nullable Object> before = only();
        assertEquals(today.get("http"), before.get("http"));
        assertEquals("https://h:8443/p?q=1", Json.at(today, "http/request/url"));
        assertEquals(true, Json.at(today, "http/request/x_forwarded_for"));
        assertEquals(true, today.get("fault"));
        assertEquals(12, Json.number(today, "http/response/content_length"));
        assertNull(Json.at(today, "metadata/default/http.request.method"));
    }

    @ParameterizedTest
    @CsvSource({"200,2,fault", "404,2,error", "429,0,throttle", "500,0,fault", "200,0,", "0,2,fault", "0,0,"})
    void shouldTellFailures(long httpStatus, int status, @Nullable String flag) {
        Span span = span(shop, 1, 0, Span.SERVER, "GET");
        span.status = status;
        if (httpStatus > 0) {
            span.attributes.add("http.response.status_code", httpStatus);
        }
        Map<String, @Nullable Object> document = only();
        for (String each : List.of("fault", "error", "throttle")) {
            boolean isSet = each.equals(flag) || (each.equals("error") && "throttle".equals(flag));
            assertEquals(isSet ? true : null, document.get(each), each);
        }
    }

    @Test
    void shouldMapDatabasesThatSpeakSql() {
        span(
                shop,
                2,
                1,
                Span.CLIENT,
                "SELECT orders",
                "db.system.name",
                "postgresql",
                "db.namespace",
                "orders",
                "db.query.text",
                "SELECT 1",
                "server.address",
                "db.example.com",
                "server.port",
                5432L,
                "db.user",
                "app");
        Map<String, @Nullable Object> document = only();
        assertEquals("orders@db.example.com", document.get("name"));
        assertEquals("SELECT orders", Json.at(document, "sql/url"));
        assertEquals("db.example.com:5432/orders", Json.at(document, "sql/connection_string"));
        assertEquals("postgresql", Json.at(document, "sql/database_type"));
        assertEquals("SELECT 1", Json.at(document, "sql/sanitized_query"));
        assertEquals("app", Json.at(document, "sql/user"));
        shop.spans.clear();
        span(shop, 2, 1, Span.CLIENT, "GET", "db.system", "redis", "db.statement", "GET a");
        assertNull(only().get("sql"));
        assertEquals("GET a", Json.at(only(), "metadata/default/db.statement"));
    }

    @Test
    void shouldMapAwsCalls() {
        span(
                shop,
                2,
                1,
                Span.CLIENT,
                "DynamoDB.GetItem",
                "rpc.system",
                "aws-api",
                "rpc.service",
                "DynamoDB",
                "rpc.method",
                "GetItem",
                "cloud.region",
                "eu-west-1",
                "aws.request_id",
                "r",
                "aws.dynamodb.table_names",
                List.of("a", "b"),
                "aws.sqs.queue.url",
                "q");
        Map<String, @Nullable Object> document = only();
        assertEquals("DynamoDB", document.get("name"));
        assertEquals("aws", document.get("namespace"));
        assertEquals("GetItem", Json.at(document, "aws/operation"));
        assertEquals("eu-west-1", Json.at(document, "aws/region"));
        assertEquals("r", Json.at(document, "aws/request_id"));
        assertEquals("q", Json.at(document, "aws/queue_url"));
        assertEquals("b", Json.at(document, "aws/table_names/1"));
    }

    @Test
    void shouldDescribeWhereTheServiceRuns() {
        ResourceSpans ecs = resource(
                "shop",
                "cloud.provider",
                "aws",
                "cloud.platform",
                "aws_ecs",
                "aws.ecs.launchtype",
                "fargate",
                "container.name",
                "web",
                "cloud.account.id",
                "1234",
                "telemetry.sdk.name",
                "opentelemetry",
                "telemetry.sdk.language",
                "java",
                "telemetry.sdk.version",
                "1.50",
                "service.version",
                "7",
                "aws.log.group.arns",
                "arn:aws:logs:r:1:log-group:/shop");
        span(ecs, 1, 0, Span.SERVER, "GET");
        Map<String, @Nullable Object> document = convert(true, ecs).get(0);
        assertEquals("AWS::ECS::Fargate", document.get("origin"));
        assertEquals("web", Json.at(document, "aws/ecs/container"));
        assertEquals("1234", Json.at(document, "aws/account_id"));
        assertEquals("opentelemetry for java", Json.at(document, "aws/xray/sdk"));
        assertEquals("1.50", Json.at(document, "aws/xray/sdk_version"));
        assertEquals(false, Json.at(document, "aws/xray/auto_instrumentation"));
        assertEquals("/shop", Json.at(document, "aws/cloudwatch_logs/0/log_group"));
        assertEquals("7", Json.at(document, "service/version"));
        ResourceSpans other = resource("shop", "cloud.provider", "gcp", "host.id", "h");
        span(other, 1, 0, Span.SERVER, "GET");
        assertNull(convert(true, other).get(0).get("aws"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "java|E: m\\n\\tat a.b.C.d(C.java:7)\\n\\tat java.base/x.Y.z(Native Method)\\nCaused by: F\\n\\tat q(Q.java:1)|C.java|7|a.b.C.d|2",
                "python|Traceback (most recent call last):\\n  File \"outer.py\", line 3, in main\\n  File \"cart.py\", line 7, in get\\nE: m|cart.py|7|get|2",
                "nodejs|E: m\\n    at get (/srv/cart.js:7:13)\\n    at /srv/app.js:1:2|/srv/cart.js|7|get|2",
                "dotnet|E: m\\n   at Shop.Cart.Get(Int32 id) in /src/Cart.cs:line 7\\n   at X.Y()|/src/Cart.cs|7|Shop.Cart.Get(Int32 id)|2",
                "go|goroutine 1 [running]:\\nmain.get(...)\\n\\t/src/cart.go:7 +0x1d|/src/cart.go|7|main.get(...)|1",
                "ruby|cart.rb:7:in `get'\\nfrom app.rb:1:in `main'|cart.rb|7|get|2"
            })
    void shouldReadStackTraces(String language, String stack, String path, int line, String label, int frames) {
        ResourceSpans target = resource("shop", "telemetry.sdk.language", language);
        Span span = span(target, 2, 1, Span.CLIENT, "call");
        Attributes attributes = new Attributes();
        put(
                attributes,
                "exception.type",
                "E",
                "exception.message",
                "m",
                "exception.stacktrace",
                stack.replace("\\n", "\n").replace("\\t", "\t"));
        span.addEvent(new Span.Event(START_NS, "exception", attributes, 0));
        Map<String, @Nullable Object> document = convert(true, target).get(0);
        Object exception = Json.at(document, "cause/exceptions/0");
        assertEquals("E", Json.at(exception, "type"));
        assertEquals("m", Json.at(exception, "message"));
        assertEquals(true, Json.at(exception, "remote"));
        assertEquals(16, String.valueOf(Json.at(exception, "id")).length());
        assertEquals(frames, Json.count(exception, "stack"));
        assertEquals(path, Json.at(exception, "stack/0/path"));
        assertEquals(line, Json.number(exception, "stack/0/line"));
        assertEquals(label, Json.at(exception, "stack/0/label"));
    }

    @Test
    void shouldKeepEventsLinksAnnotationsAndStatusMessages() {
        Span span = span(
                shop,
                1,
                0,
                Span.SERVER,
                "GET",
                "aws.xray.annotations",
                List.of("order id", "d"),
                "order id",
                7L,
                "d",
                Double.NaN,
                "aws.xray.metadata.debug",
                "{\"a\":1}",
                "aws.xray.metadata.bad",
                "{");
        span.status = Span.STATUS_ERROR;
        span.statusMessage = "no cart";
        Attributes event = new Attributes();
        event.add("n", 1L);
        span.addEvent(new Span.Event(START_NS, "cache miss", event, 0));
        span.addLink(new Span.Link(span.traceIdHigh, span.traceIdLow, 5, "", event, 0, 0));
        Map<String, @Nullable Object> document = only();
        assertEquals(7, Json.number(document, "annotations/order_id"));
        assertEquals("NaN", Json.at(document, "metadata/default/d"));
        assertEquals(1, Json.number(document, "metadata/debug/a"));
        assertEquals("{", Json.at(document, "metadata/default/aws.xray.metadata.bad"));
        assertEquals("cache miss", Json.at(document, "metadata/default/otel.events/0/name"));
        assertEquals("0000000000000005", Json.at(document, "links/0/id"));
        assertEquals("no cart", Json.at(document, "cause/exceptions/0/message"));
        assertEquals(true, document.get("fault"));
    }

    @Test
    void shouldSplitDocumentsThatAreTooLong() {
        String pad = "x".repeat(20_000);
        span(shop, 1, 0, Span.SERVER, "GET", "pad", pad);
        for (int i = 2; i <= 6; i++) {
            span(shop, i, i - 1, Span.INTERNAL, "step", "pad", pad);
        }
        span(shop, 7, 1, Span.INTERNAL, "huge", "pad", "x".repeat(70_000));
        SpanConverter converter = new SpanConverter(SpanConverter.LENGTH_MAX, true);
        List<byte[]> documents = converter.convert(List.of(shop));
        assertEquals(1, converter.refused());
        List<String> ids = new ArrayList<>();
        for (byte[] document : documents) {
            assertTrue(document.length <= SpanConverter.LENGTH_MAX);
            for (Object node = Json.read(document); node != null; node = Json.at(node, "subsegments/0")) {
                ids.add(String.valueOf(Json.at(node, "id")));
            }
        }
        assertEquals(6, ids.stream().distinct().count());
        assertEquals(6, ids.size());
    }

    @Test
    void shouldEndWhenParentsFormACircle() {
        span(shop, 1, 2, Span.INTERNAL, "a");
        span(shop, 2, 1, Span.INTERNAL, "b");
        span(shop, 3, 3, Span.INTERNAL, "self");
        span(shop, 1, 2, Span.INTERNAL, "twin");
        for (int i = 10; i < 1_000; i++) {
            span(shop, i, i - 1L, Span.INTERNAL, "deep");
        }
        List<byte[]> documents = new SpanConverter(1 << 24, true).convert(List.of(shop));
        int spans = 0;
        for (byte[] document : documents) {
            spans += new String(document, java.nio.charset.StandardCharsets.UTF_8).split("\"start_time\"", -1).length
                    - 1;
        }
        assertEquals(shop.spanCount(), spans);
    }
}
