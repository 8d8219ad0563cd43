package io.github.xrayd.sandbox;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.xray.XRayClient;
import software.amazon.awssdk.services.xray.model.EncryptionType;
import software.amazon.awssdk.services.xray.model.InvalidPolicyRevisionIdException;
import software.amazon.awssdk.services.xray.model.InvalidRequestException;
import software.amazon.awssdk.services.xray.model.LockoutPreventionException;
import software.amazon.awssdk.services.xray.model.MalformedPolicyDocumentException;
import software.amazon.awssdk.services.xray.model.PolicyCountLimitExceededException;
import software.amazon.awssdk.services.xray.model.PolicySizeLimitExceededException;
import software.amazon.awssdk.services.xray.model.ResourceNotFoundException;
import software.amazon.awssdk.services.xray.model.RetrievalStatus;
import software.amazon.awssdk.services.xray.model.RuleLimitExceededException;
import software.amazon.awssdk.services.xray.model.SamplingRule;
import software.amazon.awssdk.services.xray.model.SamplingStatisticsDocument;
import software.amazon.awssdk.services.xray.model.Tag;
import software.amazon.awssdk.services.xray.model.TimeSeriesServiceStatistics;
import software.amazon.awssdk.services.xray.model.TooManyTagsException;
import software.amazon.awssdk.services.xray.model.TraceFormatType;
import software.amazon.awssdk.services.xray.model.TraceSegmentDestination;
import software.amazon.awssdk.services.xray.model.XRayException;
import software.amazon.awssdk.services.xray.model.XRayRequest;

/** Every operation of the SDK's model, by the SDK. */
class ApiModelTest {
    private static final double NOW = 1_795_239_600.0;
    private static final String TRACE_ID = "1-" + Long.toHexString((long) NOW) + "-0123456789abcdef01234567";

    /**
     * The errors that the model gives to one operation or another; the client's own for what it cannot send is none of
     * them.
     */
    private static final Set<String> MODELED =
            Set.of("InvalidRequestException", "ResourceNotFoundException", "MalformedPolicyDocumentException");

    private Sandbox sandbox;
    private XRayClient client;

    @BeforeEach
    void start() throws IOException {
        sandbox = Sandbox.start(SandboxConfig.builder().threads(4).build());
        client = TestClients.sdk(sandbox);
    }

    @AfterEach
    void stop() {
        client.close();
        sandbox.close();
    }

    private static Instant at(double after) {
        return Instant.ofEpochMilli(Math.round((NOW + after) * 1e3));
    }

    private void put() {
        String segment =
                """
                {"trace_id":"%s","id":"aaaaaaaaaaaaaaaa","name":"shop","start_time":%s,"end_time":%s,"fault":true,"subsegments":[
                 {"id":"bbbbbbbbbbbbbbbb","name":"bank","namespace":"remote","start_time":%s,"end_time":%s}]}"""
                        .formatted(TRACE_ID, NOW, NOW + 0.5, NOW + 0.1, NOW + 0.4);
        client.putTraceSegments(put -> put.traceSegmentDocuments(segment));
    }

    @Test
    void shouldServeEveryOperationOfTheModel() throws Exception {
        Set<String> operations = new TreeSet<>();
        Map<String, String> unexpected = new TreeMap<>();
        for (Method method : XRayClient.class.getMethods()) {
            Class<?>[] parameters = method.getParameterTypes();
            if (parameters.length == 1
                    && XRayRequest.class.isAssignableFrom(parameters[0])
                    && !method.getName().endsWith("Paginator")) {
                String operation = parameters[0].getSimpleName().replace("Request", "");
                operations.add(operation);
                String code = answerToEmpty(method, parameters[0]);
                if (!code.isEmpty() && !MODELED.contains(code)) {
                    unexpected.put(operation, code);
                }
            }
        }
        assertEquals(Map.of(), unexpected);
        assertEquals(38, operations.size());
        Set<String> served = new TreeSet<>(
                Arrays.stream(Operation.values()).map(Operation::apiName).toList());
        served.remove(Operation.EXPORT_TRACES.apiName());
        assertEquals(operations, served);
    }

    /** The error code of the answer to a request without any field, or empty. */
    private String answerToEmpty(Method method, Class<?> type) throws Exception {
        Object builder = type.getMethod("builder").invoke(null);
        Method build = Class.forName(type.getName() + "$Builder").getMethod("build");
        try {
            method.invoke(client, build.invoke(builder));
            return "";
        } catch (InvocationTargetException e) {
            return e.getCause() instanceof XRayException refused
                    ? refused.awsErrorDetails().errorCode()
                    : String.valueOf(e.getCause());
        }
    }

    @Test
    void shouldKeepGroups() {
        String arn = client.createGroup(create -> create.groupName("faulty")
                        .filterExpression("fault = true")
                        .insightsConfiguration(insights -> insights.insightsEnabled(true))
                        .tags(tag("team", "shop")))
                .group()
                .groupARN();
        assertTrue(arn.startsWith("arn:aws:xray:us-east-1:000000000000:group/faulty/"), arn);
        assertEquals(
                "fault = true",
                client.getGroup(get -> get.groupARN(arn)).group().filterExpression());
        assertEquals(
                List.of("Default", "faulty"),
                client.getGroupsPaginator().groups().stream()
                        .map(group -> group.groupName())
                        .toList());
        var updated = client.updateGroup(update -> update.groupName("faulty").filterExpression("fault OR error"))
                .group();
        assertEquals("fault OR error", updated.filterExpression());
        assertTrue(updated.insightsConfiguration().insightsEnabled());
        assertThrows(InvalidRequestException.class, () -> client.createGroup(create -> create.groupName("faulty")));
        assertThrows(
                InvalidRequestException.class,
                () -> client.createGroup(create -> create.groupName("bad").filterExpression("nothing")));
        assertThrows(InvalidRequestException.class, () -> client.deleteGroup(delete -> delete.groupName("Default")));
        put();
        assertEquals(3, graphOf("faulty").size());
        client.updateGroup(update -> update.groupName("faulty").filterExpression("ok"));
        assertEquals(0, graphOf("faulty").size());
        client.deleteGroup(delete -> delete.groupARN(arn));
        assertThrows(InvalidRequestException.class, () -> client.getGroup(get -> get.groupName("faulty")));
        assertThrows(ResourceNotFoundException.class, () -> client.listTagsForResource(list -> list.resourceARN(arn)));
    }

    private List<?> graphOf(String group) {
        return client.getServiceGraph(
                        get -> get.startTime(at(-60)).endTime(at(60)).groupName(group))
                .services();
    }

    private static Tag tag(String key, String value) {
        return Tag.builder().key(key).value(value).build();
    }

    @Test
    void shouldTagGroupsAndRules() {
        String arn = client.createSamplingRule(
                        create -> create.samplingRule(rule("checkout", 10)).tags(tag("a", "1")))
                .samplingRuleRecord()
                .samplingRule()
                .ruleARN();
        client.tagResource(put -> put.resourceARN(arn).tags(tag("b", ""), tag("a", "2")));
        assertEquals(
                List.of(tag("a", "2"), tag("b", "")),
                client.listTagsForResource(list -> list.resourceARN(arn)).tags());
        client.untagResource(remove -> remove.resourceARN(arn).tagKeys("a", "none"));
        assertEquals(
                List.of(tag("b", "")),
                client.listTagsForResource(list -> list.resourceARN(arn)).tags());
        Tag[] many = new Tag[ResourceTags.COUNT_MAX];
        Arrays.setAll(many, i -> tag("key" + i, "v"));
        assertThrows(
                TooManyTagsException.class,
                () -> client.tagResource(put -> put.resourceARN(arn).tags(many)));
        assertThrows(
                ResourceNotFoundException.class,
                () -> client.tagResource(put -> put.resourceARN(arn + "x").tags(tag("a", "b"))));
    }

    private static SamplingRule rule(String name, int priority) {
        return SamplingRule.builder()
                .ruleName(name)
                .priority(priority)
                .fixedRate(0.5)
                .reservoirSize(3)
                .resourceARN("*")
                .serviceName("shop")
                .serviceType("AWS::ECS::Container")
                .host("*")
                .httpMethod("POST")
                .urlPath("/checkout")
                .version(1)
                .attributes(Map.of("tier", "gold"))
                .build();
    }

    @Test
    void shouldManageSamplingRules() {
        client.createSamplingRule(create -> create.samplingRule(rule("checkout", 10)));
        assertThrows(
                InvalidRequestException.class,
                () -> client.createSamplingRule(create -> create.samplingRule(rule("checkout", 11))));
        assertThrows(
                InvalidRequestException.class,
                () -> client.createSamplingRule(create -> create.samplingRule(rule("first", 0))));
        var updated = client.updateSamplingRule(update -> update.samplingRuleUpdate(
                        change -> change.ruleName("checkout").fixedRate(0.25).host("shop.test")))
                .samplingRuleRecord();
        assertEquals(0.25, updated.samplingRule().fixedRate());
        assertEquals("shop.test", updated.samplingRule().host());
        assertEquals("AWS::ECS::Container", updated.samplingRule().serviceType());
        assertEquals(Map.of("tier", "gold"), updated.samplingRule().attributes());
        assertFalse(updated.modifiedAt().isBefore(updated.createdAt()));
        var names = client.getSamplingRulesPaginator().samplingRuleRecords().stream()
                .map(each -> each.samplingRule().ruleName())
                .toList();
        assertEquals(List.of("checkout", "Default"), names);
        SamplingStatisticsDocument statistics = SamplingStatisticsDocument.builder()
                .ruleName("checkout")
                .clientID("0123456789abcdef01234567")
                .timestamp(at(0))
                .requestCount(10)
                .sampledCount(4)
                .borrowCount(1)
                .build();
        client.getSamplingTargets(get -> get.samplingStatisticsDocuments(statistics));
        var summary = client.getSamplingStatisticSummaries()
                .samplingStatisticSummaries()
                .get(0);
        assertEquals(
                List.of("checkout", 10, 4, 1),
                List.of(summary.ruleName(), summary.requestCount(), summary.sampledCount(), summary.borrowCount()));
        assertThrows(
                InvalidRequestException.class,
                () -> client.updateSamplingRule(update -> update.samplingRuleUpdate(
                        change -> change.ruleName("Default").priority(5))));
        assertThrows(
                InvalidRequestException.class, () -> client.deleteSamplingRule(delete -> delete.ruleName("Default")));
        client.deleteSamplingRule(delete -> delete.ruleName("checkout"));
        assertThrows(
                InvalidRequestException.class, () -> client.deleteSamplingRule(delete -> delete.ruleName("checkout")));
        for (int i = 1; i <= Sampling.RULES_MAX; i++) {
            SamplingRule rule = rule("rule" + i, i);
            client.createSamplingRule(create -> create.samplingRule(rule));
        }
        assertThrows(
                RuleLimitExceededException.class,
                () -> client.createSamplingRule(create -> create.samplingRule(rule("more", 99))));
    }

    @Test
    void shouldKeepResourcePolicies() {
        String policy =
                "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":\"*\",\"Action\":\"xray:*\"}]}";
        client.putResourcePolicy(
                put -> put.policyName("p").policyDocument(policy).policyRevisionId("0"));
        assertThrows(
                InvalidPolicyRevisionIdException.class,
                () -> client.putResourcePolicy(
                        put -> put.policyName("p").policyDocument(policy).policyRevisionId("0")));
        assertEquals(
                "2",
                client.putResourcePolicy(put -> put.policyName("p").policyDocument(policy))
                        .resourcePolicy()
                        .policyRevisionId());
        assertThrows(
                MalformedPolicyDocumentException.class,
                () -> client.putResourcePolicy(put -> put.policyName("q").policyDocument("{")));
        assertThrows(
                PolicySizeLimitExceededException.class,
                () -> client.putResourcePolicy(put -> put.policyName("q").policyDocument(" ".repeat(6_000))));
        assertThrows(
                LockoutPreventionException.class,
                () -> client.putResourcePolicy(
                        put -> put.policyName("q").policyDocument(policy.replace("Allow", "Deny"))));
        assertEquals(
                policy,
                client.listResourcePolicies(list -> {})
                        .resourcePolicies()
                        .get(0)
                        .policyDocument());
        for (int i = 1; i < ResourcePolicies.COUNT_MAX; i++) {
            String name = "p" + i;
            client.putResourcePolicy(put -> put.policyName(name).policyDocument(policy));
        }
        assertThrows(
                PolicyCountLimitExceededException.class,
                () -> client.putResourcePolicy(put -> put.policyName("more").policyDocument(policy)));
        client.deleteResourcePolicy(delete -> delete.policyName("p"));
        assertThrows(
                InvalidRequestException.class, () -> client.deleteResourcePolicy(delete -> delete.policyName("p")));
    }

    @Test
    void shouldKeepSettings() {
        assertEquals(
                EncryptionType.NONE,
                client.getEncryptionConfig().encryptionConfig().type());
        client.putEncryptionConfig(put -> put.type(EncryptionType.KMS).keyId("alias/traces"));
        assertEquals(
                "alias/traces", client.getEncryptionConfig().encryptionConfig().keyId());
        assertThrows(
                InvalidRequestException.class, () -> client.putEncryptionConfig(put -> put.type(EncryptionType.KMS)));
        client.updateIndexingRule(update ->
                update.name("Default").rule(rule -> rule.probabilistic(value -> value.desiredSamplingPercentage(7.5))));
        assertEquals(
                7.5,
                client.getIndexingRules(get -> {})
                        .indexingRules()
                        .get(0)
                        .rule()
                        .probabilistic()
                        .desiredSamplingPercentage());
        assertThrows(
                ResourceNotFoundException.class,
                () -> client.updateIndexingRule(update -> update.name("other")
                        .rule(rule -> rule.probabilistic(value -> value.desiredSamplingPercentage(1.0)))));
        client.updateTraceSegmentDestination(update -> update.destination(TraceSegmentDestination.CLOUD_WATCH_LOGS));
        assertEquals(
                TraceSegmentDestination.CLOUD_WATCH_LOGS,
                client.getTraceSegmentDestination(get -> {}).destination());
    }

    @Test
    void shouldHaveNoInsights() {
        assertEquals(
                List.of(),
                client.getInsightSummaries(get ->
                                get.groupName("Default").startTime(at(-60)).endTime(at(0)))
                        .insightSummaries());
        String id = "01234567-89ab-1def-8123-456789abcdef";
        assertThrows(InvalidRequestException.class, () -> client.getInsight(get -> get.insightId(id)));
        assertThrows(InvalidRequestException.class, () -> client.getInsightEvents(get -> get.insightId(id)));
        assertThrows(
                InvalidRequestException.class,
                () -> client.getInsightImpactGraph(
                        get -> get.insightId(id).startTime(at(-60)).endTime(at(0))));
    }

    @Test
    void shouldDrawAndCount() {
        put();
        assertEquals(
                List.of("bank", "shop", "shop"),
                client.getTraceGraph(get -> get.traceIds(TRACE_ID)).services().stream()
                        .map(service -> service.name())
                        .sorted()
                        .toList());
        TimeSeriesServiceStatistics calls = series("");
        assertEquals(1, calls.edgeSummaryStatistics().faultStatistics().totalCount());
        assertEquals(at(0), calls.timestamp());
        TimeSeriesServiceStatistics service = series("service(\"shop\")");
        assertEquals(0.5, service.serviceSummaryStatistics().totalResponseTime(), 1e-6);
        TimeSeriesServiceStatistics edge = series("edge(\"shop\", \"bank\")");
        assertEquals(1, edge.edgeSummaryStatistics().okCount());
        assertEquals(
                1,
                series("id(name: \"bank\", type: \"remote\")")
                        .serviceSummaryStatistics()
                        .okCount());
        assertThrows(InvalidRequestException.class, () -> series("fault"));
    }

    private TimeSeriesServiceStatistics series(String selector) {
        return client
                .getTimeSeriesServiceStatisticsPaginator(get -> get.startTime(at(-60))
                        .endTime(at(60))
                        .period(60)
                        .entitySelectorExpression(selector.isEmpty() ? null : selector))
                .timeSeriesServiceStatistics()
                .stream()
                .findFirst()
                .orElseThrow();
    }

    @Test
    void shouldRetrieveTraces() {
        put();
        String token = client.startTraceRetrieval(start ->
                        start.traceIds(TRACE_ID, "none").startTime(at(-60)).endTime(at(60)))
                .retrievalToken();
        var retrieved = client.listRetrievedTraces(list -> list.retrievalToken(token));
        assertEquals(RetrievalStatus.COMPLETE, retrieved.retrievalStatus());
        assertEquals(
                "aaaaaaaaaaaaaaaa", retrieved.traces().get(0).spans().get(0).id());
        var spans = client.listRetrievedTraces(
                        list -> list.retrievalToken(token).traceFormat(TraceFormatType.OTEL))
                .traces()
                .get(0)
                .spans();
        assertEquals(
                List.of("aaaaaaaaaaaaaaaa", "bbbbbbbbbbbbbbbb"),
                spans.stream().map(span -> span.id()).toList());
        assertTrue(spans.get(1).document().contains("\"parentSpanId\":\"aaaaaaaaaaaaaaaa\""));
        assertEquals(
                3,
                client.getRetrievedTracesGraph(get -> get.retrievalToken(token))
                        .services()
                        .size());
        client.cancelTraceRetrieval(cancel -> cancel.retrievalToken(token));
        assertEquals(
                RetrievalStatus.CANCELLED,
                client.listRetrievedTraces(list -> list.retrievalToken(token)).retrievalStatus());
        assertThrows(
                ResourceNotFoundException.class,
                () -> client.listRetrievedTraces(list -> list.retrievalToken("other")));
    }

    @Test
    void shouldRefuseSpansOfTimeThatAreTooLong() {
        var day = assertThrows(
                InvalidRequestException.class,
                () -> client.getTraceSummaries(get -> get.startTime(at(-86_401)).endTime(at(0))));
        assertTrue(String.valueOf(day.getMessage()).contains("Time range cannot be longer than 24 hours"));
        client.getTraceSummaries(get -> get.startTime(at(-86_400)).endTime(at(0)));
        var graph = assertThrows(
                InvalidRequestException.class,
                () -> client.getServiceGraph(get -> get.startTime(at(-21_601)).endTime(at(0))));
        assertTrue(String.valueOf(graph.getMessage()).contains("Time range cannot be longer than 6 hours"));
    }
}
