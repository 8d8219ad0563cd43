package io.github.xrayd.sandbox;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.xray.XRayClient;
import software.amazon.awssdk.services.xray.model.AnnotationValue;
import software.amazon.awssdk.services.xray.model.InvalidRequestException;
import software.amazon.awssdk.services.xray.model.SamplingStatisticsDocument;
import software.amazon.awssdk.services.xray.model.Service;
import software.amazon.awssdk.services.xray.model.TelemetryRecord;
import software.amazon.awssdk.services.xray.model.TimeRangeType;
import software.amazon.awssdk.services.xray.model.TraceSummary;

class SandboxClientTest {
    private static final double NOW = 1_795_239_612.0;
    private static final String TRACE_ID = "1-" + Long.toHexString((long) NOW) + "-0123456789abcdef01234567";
    private static final String FRONT =
            """
            {"trace_id":"%s","id":"aaaaaaaaaaaaaaaa","name":"shop-frontend","origin":"AWS::ECS::Container",
             "start_time":%s,"end_time":%s,"user":"zoë","fault":true,
             "http":{"request":{"method":"GET","url":"https://shop.example/checkout","client_ip":"192.0.2.1",
             "user_agent":"curl/8"},"response":{"status":502}},
             "annotations":{"tier":"gold","items":3,"isNew":true},
             "resource_arn":"arn:aws:ecs:eu-west-1:123456789012:task/shop","aws":{"account_id":"123456789012"},
             "subsegments":[
              {"id":"bbbbbbbbbbbbbbbb","name":"orders","namespace":"remote","start_time":%s,"end_time":%s},
              {"id":"cccccccccccccccc","name":"DynamoDB","namespace":"aws","start_time":%s,"end_time":%s,
               "throttle":true,"error":true,"aws":{"operation":"GetItem","table_name":"carts"},
               "cause":{"exceptions":[{"id":"0123456789abcdef","type":"Throttled","message":"too fast"}]}}]}"""
                    .formatted(TRACE_ID, NOW, NOW + 0.5, NOW + 0.1, NOW + 0.3, NOW + 0.3, NOW + 0.4);
    private static final String ORDERS =
            """
            {"trace_id":"%s","id":"dddddddddddddddd","parent_id":"bbbbbbbbbbbbbbbb","name":"orders","origin":"AWS::EC2::Instance",
             "start_time":%s,"end_time":%s,"annotations":{"tier":"gold"},
             "aws":{"ec2":{"availability_zone":"eu-west-1a","instance_id":"i-0123"}}}"""
                    .formatted(TRACE_ID, NOW + 0.15, NOW + 0.25);
    private static final String STREAMED =
            """
            {"trace_id":"%s","id":"eeeeeeeeeeeeeeee","parent_id":"dddddddddddddddd","type":"subsegment",
             "name":"shop@db.example","namespace":"remote","start_time":%s,"end_time":%s,
             "sql":{"url":"jdbc:postgresql://db.example/shop"}}"""
                    .formatted(TRACE_ID, NOW + 0.16, NOW + 0.2);

    private Sandbox sandbox;
    private XRayClient client;

    @BeforeEach
    void start() throws Exception {
        sandbox = Sandbox.start(SandboxConfig.builder().threads(4).build());
        client = TestClients.sdk(sandbox);
    }

    @AfterEach
    void stop() {
        client.close();
        sandbox.close();
    }

    private void put(String... documents) {
        var answer = client.putTraceSegments(put -> put.traceSegmentDocuments(documents));
        assertTrue(answer.unprocessedTraceSegments().isEmpty());
    }

    private List<TraceSummary> summaries(String filter) {
        return client
                .getTraceSummariesPaginator(get -> get.startTime(Instant.ofEpochSecond((long) NOW - 60))
                        .endTime(Instant.ofEpochSecond((long) NOW + 600))
                        .filterExpression(filter))
                .traceSummaries()
                .stream()
                .toList();
    }

    @Test
    void shouldGiveDocumentsBackExactly() {
        List<String> heard = new CopyOnWriteArrayList<>();
        sandbox.arrivals().addListener((document, arrivalMicros) -> heard.add(document));
        String odd = "{\"trace_id\":\"" + TRACE_ID
                + "\",\"id\":\"ffffffffffffffff\",\"name\":\"ü 😀 \u2028 \u007f \\ud800\\n\"}\n";
        put(FRONT, odd, "T1SCgwKCg==", "None", "\u0001\t\"\\/");

        assertEquals(List.of(FRONT, odd, "T1SCgwKCg==", "None", "\u0001\t\"\\/"), heard);
        assertEquals(List.of(FRONT, odd), sandbox.traces().documents(TRACE_ID));
        assertEquals(
                List.of("T1SCgwKCg==", "None", "\u0001\t\"\\/"),
                sandbox.traces().opaqueDocuments());
        var traces = client.batchGetTraces(get -> get.traceIds(TRACE_ID, "1-00000000-000000000000000000000000"));
        assertEquals(FRONT, traces.traces().get(0).segments().get(0).document());
        assertEquals(odd, traces.traces().get(0).segments().get(1).document());
        assertEquals(List.of("1-00000000-000000000000000000000000"), traces.unprocessedTraceIds());
        assertEquals(5, sandbox.arrivals().documents());
    }

    @Test
    void shouldSummarizeATrace() {
        put(FRONT, ORDERS, STREAMED);

        TraceSummary summary = summaries("").get(0);
        assertEquals(TRACE_ID, summary.id());
        assertEquals(0.5, summary.duration(), 1e-6);
        assertEquals(0.5, summary.responseTime(), 1e-6);
        assertTrue(summary.hasFault());
        assertFalse(summary.hasThrottle());
        assertEquals(502, summary.http().httpStatus());
        assertEquals("https://shop.example/checkout", summary.http().httpURL());
        assertEquals("zoë", summary.users().get(0).userName());
        assertEquals("shop-frontend", summary.entryPoint().name());
        assertEquals("gold", annotation(summary, "tier").stringValue());
        assertEquals(3.0, annotation(summary, "items").numberValue());
        assertTrue(annotation(summary, "isNew").booleanValue());
        assertEquals(
                List.of("shop-frontend", "orders", "carts", "shop@db.example"),
                summary.serviceIds().stream()
                        .map(id -> id.name())
                        .sorted(this::byFirstSeen)
                        .toList());
    }

    @Test
    void shouldSayWhereAndWhy() {
        put(FRONT, ORDERS, STREAMED);

        TraceSummary summary = summaries("").get(0);
        assertEquals(
                "arn:aws:ecs:eu-west-1:123456789012:task/shop",
                summary.resourceARNs().get(0).arn());
        assertEquals("i-0123", summary.instanceIds().get(0).id());
        assertEquals("eu-west-1a", summary.availabilityZones().get(0).name());
        assertEquals("123456789012", summary.entryPoint().accountId());
        assertEquals(1, summary.faultRootCauses().size());
        assertTrue(summary.faultRootCauses().get(0).clientImpacting());
        assertEquals(
                "shop-frontend",
                summary.faultRootCauses()
                        .get(0)
                        .services()
                        .get(0)
                        .entityPath()
                        .get(0)
                        .name());
        var error = summary.errorRootCauses().get(0);
        assertFalse(error.clientImpacting());
        assertEquals(
                List.of("shop-frontend", "carts"),
                error.services().stream().map(service -> service.name()).toList());
        assertTrue(error.services().get(1).inferred());
        assertEquals(
                "too fast",
                error.services().get(0).entityPath().get(1).exceptions().get(0).message());
        var slow = summary.responseTimeRootCauses().get(0).services();
        assertEquals(1, slow.size());
        assertEquals(1.0, slow.get(0).entityPath().get(0).coverage(), 1e-9);
    }

    private static AnnotationValue annotation(TraceSummary summary, String key) {
        return summary.annotations().getOrDefault(key, List.of()).get(0).annotationValue();
    }

    private static Service get(Map<String, Service> byName, String name) {
        Service service = byName.get(name);
        assertNotNull(service, name);
        return service;
    }

    private int byFirstSeen(String a, String b) {
        List<String> order = List.of("shop-frontend", "orders", "carts", "shop@db.example");
        return Integer.compare(order.indexOf(a), order.indexOf(b));
    }

    @Test
    void shouldFilterTraces() {
        put(FRONT, ORDERS, STREAMED);
        client.createGroup(create -> create.groupName("slow").filterExpression("responsetime > 0.1"));
        client.createGroup(create -> create.groupName("quick").filterExpression("!group.name = \"slow\""));

        for (String match : List.of(
                "fault",
                "fault = true AND !ok",
                "annotation.tier = \"gold\"",
                "annotation[items] >= 3",
                "annotation.isNew = true",
                "annotation.tier",
                "annotation[\"tier\"] != \"silver\"",
                "service(\"shop-frontend\") { annotation.tier = \"gold\" OR annotation[tier] = \"silver\" }",
                "service() { annotation.items > 2 }",
                "root.annotation.isNew = true",
                "service(\"orders\")",
                "service(\"carts\") { throttle AND responsetime > 0.05 }",
                "service(id(name: \"carts\", type: \"AWS::DynamoDB::Table\"))",
                "responsetime > 0.4 AND duration <= 0.6",
                "http.status = 502 AND http.url CONTAINS \"checkout\"",
                "http.method = \"GET\" AND (error OR user BEGINSWITH \"zo\")",
                "edge(\"shop-frontend\", \"orders\")",
                "edge(\"shop-frontend\", \"orders\") { ok AND responsetime < 0.3 }",
                "edge(\"orders\", id(type: \"Database::SQL\")) { inferred }",
                "fault !ok duration < 1",
                "http.url and responseTime > 0.2",
                "user CONTAINS \"\"",
                "service() { throttle }",
                "service(\"shop-frontend\") { root = true and (error OR fault) AND http.status >= 500 }",
                "service(id(account.id: \"123456789012\"))",
                "inferred",
                "root.fault AND root.http.method = \"GET\"",
                "availabilityzone = \"eu-west-1a\"",
                "instance.id BEGINSWITH \"i-\"",
                "resource.arn ENDSWITH \"/shop\"",
                "account.id = \"123456789012\"",
                "group.name = \"slow\" AND user = \"zoë\"",
                "group.name != \"quick\"",
                "rootcause.fault.service { last and name = \"shop-frontend\" }",
                "rootcause.error.service { inferred and type = \"AWS::DynamoDB::Table\" and index = 1 }",
                "rootcause.error.entity { first AND name = \"shop-frontend\" }",
                "rootcause.error.exception { message CONTAINS \"too fast\" AND name = \"Throttled\" }",
                "rootcause.responsetime.entity { last and coverage = 1 and !remote }",
                "rootcause.json = #[{\"Services\": [{\"Name\": \"shop-frontend\", \"EntityPath\": [{\"Name\": \"shop-frontend\"}]}]}]")) {
            assertEquals(1, summaries(match).size(), match);
        }
        for (String miss : List.of(
                "ok",
                "error",
                "annotation.tier = \"silver\"",
                "annotation.nothing",
                "annotation.Tier",
                "service(\"orders\") { annotation.items }",
                "service(\"orders\") { annotation.tier != \"gold\" }",
                "edge(\"shop-frontend\", \"orders\") { annotation.tier }",
                "service(\"payment\")",
                "service(\"orders\") { fault }",
                "responsetime > 5",
                "edge(\"orders\", \"shop-frontend\")",
                "edge(\"shop-frontend\", \"shop-frontend\")",
                "edge(\"shop-frontend\", \"orders\") { fault OR error }",
                "service(\"orders\") { root }",
                "!user",
                "availabilityzone != \"eu-west-1a\"",
                "group.name = \"quick\"",
                "rootcause.fault.service { name = \"orders\" }",
                "rootcause.json = #[{\"Services\": [{\"Name\": \"orders\"}]}]")) {
            assertEquals(0, summaries(miss).size(), miss);
        }
        for (String bad : List.of(
                "group.name = \"x\"",
                "service(\"a\") { group.name = \"slow\" }",
                "annotation[tier = 1",
                "responsetime > NaN",
                "responsetime > 0x1p3",
                "fault = yes",
                "rootcause.fault.segment { name = \"x\" }",
                "rootcause.json = #[{",
                "root.nothing",
                "user = alice",
                "responsetime >",
                "(fault",
                "fault)",
                "service(orders)",
                "§")) {
            var refused = assertThrows(InvalidRequestException.class, () -> summaries(bad), bad);
            assertTrue(
                    String.valueOf(refused.getMessage()).contains("Invalid filter expression"), refused.getMessage());
        }
    }

    @Test
    void shouldPageSummaries() {
        for (int batch = 0; batch < 5; batch++) {
            List<String> documents = new ArrayList<>();
            for (int i = 0; i < 50; i++) {
                String id = "1-%08x-%024x".formatted((long) NOW, batch * 50 + i);
                documents.add(
                        "{\"trace_id\":\"%s\",\"id\":\"aaaaaaaaaaaaaaaa\",\"name\":\"n\",\"start_time\":%s,\"end_time\":%s}"
                                .formatted(id, NOW + i, NOW + i + 1));
            }
            client.putTraceSegments(put -> put.traceSegmentDocuments(documents));
        }

        assertEquals(
                250, summaries("").stream().map(TraceSummary::id).distinct().count());
        var wide = client.getTraceSummaries(get -> get.startTime(Instant.ofEpochSecond((long) NOW + 20))
                .endTime(Instant.ofEpochSecond((long) NOW + 21))
                .timeRangeType(TimeRangeType.EVENT));
        assertEquals(15, wide.traceSummaries().size());
    }

    @Test
    void shouldDrawTheServiceGraph() {
        put(FRONT, ORDERS, STREAMED);

        var graph = client.getServiceGraph(get ->
                get.startTime(Instant.ofEpochSecond((long) NOW - 60)).endTime(Instant.ofEpochSecond((long) NOW + 60)));
        Map<String, Service> byName = new TreeMap<>();
        Map<Integer, String> byReference = new TreeMap<>();
        for (Service service : graph.services()) {
            String name = service.name() + "/" + service.type();
            byName.put(name, service);
            byReference.put(service.referenceId(), name);
        }
        Service front = get(byName, "shop-frontend/AWS::ECS::Container");
        assertTrue(front.root());
        assertEquals(1, front.summaryStatistics().faultStatistics().totalCount());
        assertEquals(0.5, front.summaryStatistics().totalResponseTime(), 1e-6);
        assertEquals(
                List.of("carts/AWS::DynamoDB::Table", "orders/AWS::EC2::Instance"),
                front.edges().stream()
                        .map(edge -> byReference.get(edge.referenceId()))
                        .sorted()
                        .toList());
        assertEquals(
                1,
                get(byName, "carts/AWS::DynamoDB::Table")
                        .summaryStatistics()
                        .errorStatistics()
                        .throttleCount());
        assertEquals(
                "shop@db.example/Database::SQL",
                byReference.get(
                        get(byName, "orders/AWS::EC2::Instance").edges().get(0).referenceId()));
        assertEquals(
                "shop-frontend/AWS::ECS::Container",
                byReference.get(
                        get(byName, "shop-frontend/client").edges().get(0).referenceId()));
    }

    @Test
    void shouldReplaceWhatWasInProgress() {
        String open =
                "{\"trace_id\":\"%s\",\"id\":\"aaaaaaaaaaaaaaaa\",\"name\":\"n\",\"start_time\":%s,\"in_progress\":true}"
                        .formatted(TRACE_ID, NOW);
        put(open);
        assertTrue(summaries("").get(0).isPartial());

        put(FRONT);
        assertFalse(summaries("").get(0).isPartial());
        assertEquals(
                1,
                client.batchGetTraces(get -> get.traceIds(TRACE_ID))
                        .traces()
                        .get(0)
                        .segments()
                        .size());
    }

    @Test
    void shouldServeSamplingRulesAndTargets() {
        sandbox.sampling().rules(List.of(SamplingRule.defaultRule(), SamplingRule.all("checkout", 10, 0.5, 7)));

        var rules = client.getSamplingRules().samplingRuleRecords();
        assertEquals("checkout", rules.get(0).samplingRule().ruleName());
        assertEquals("Default", rules.get(1).samplingRule().ruleName());
        var targets = client.getSamplingTargets(get -> get.samplingStatisticsDocuments(
                statistics("checkout", "client-1"),
                statistics("checkout", "client-2"),
                statistics("gone", "client-1")));
        assertEquals(7, targets.samplingTargetDocuments().get(0).reservoirQuota());
        assertEquals(4, targets.samplingTargetDocuments().get(1).reservoirQuota());
        assertEquals(10, targets.samplingTargetDocuments().get(0).interval());
        assertEquals("gone", targets.unprocessedStatistics().get(0).ruleName());
        assertEquals(1, sandbox.sampling().targetCalls());
    }

    private static SamplingStatisticsDocument statistics(String rule, String clientId) {
        return SamplingStatisticsDocument.builder()
                .ruleName(rule)
                .clientID(clientId)
                .timestamp(Instant.ofEpochSecond((long) NOW))
                .requestCount(10)
                .sampledCount(5)
                .borrowCount(0)
                .build();
    }

    @Test
    void shouldKeepTelemetryRecords() {
        client.putTelemetryRecords(put -> put.hostname("host-1")
                .ec2InstanceId("i-0123")
                .telemetryRecords(TelemetryRecord.builder()
                        .timestamp(Instant.ofEpochMilli((long) (NOW * 1000) + 500))
                        .segmentsReceivedCount(10)
                        .segmentsSentCount(9)
                        .segmentsSpilloverCount(1)
                        .backendConnectionErrors(errors -> errors.timeoutCount(3))
                        .build()));

        TelemetryArrival arrival = sandbox.telemetry().records().get(0);
        assertEquals("host-1", arrival.sender().hostname());
        assertEquals(NOW + 0.5, arrival.timestampSeconds(), 1e-3);
        assertEquals(10, arrival.received());
        assertEquals(9, arrival.sent());
        assertEquals(1, arrival.spillover());
        assertEquals(3, arrival.connectionErrors().get("TimeoutCount"));
    }

    @Test
    void shouldRefuseTooManyDocuments() {
        List<String> documents = new ArrayList<>();
        for (int i = 0; i < 51; i++) {
            documents.add("{}");
        }
        var refused = assertThrows(
                InvalidRequestException.class,
                () -> client.putTraceSegments(put -> put.traceSegmentDocuments(documents)));
        assertTrue(
                String.valueOf(refused.getMessage()).contains("Exceeding maximum segment count: 50"),
                refused.getMessage());
        assertEquals(0, sandbox.arrivals().documents());
    }
}
