package io.github.xrayd.sandbox;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.xray.XRayClient;
import software.amazon.awssdk.services.xray.model.GroupSummary;
import software.amazon.awssdk.services.xray.model.SamplingStrategyName;
import software.amazon.awssdk.services.xray.model.TimeRangeType;
import software.amazon.awssdk.services.xray.model.TraceSummary;

/**
 * The calls that Grafana's data source for X-Ray makes (grafana/x-ray-datasource, pkg/datasource), with its parameters.
 * It reads fields of answers without looking whether they are there: those must be.
 */
class GrafanaCallsTest {
    private static final int TRACES = 250;

    private Sandbox sandbox;
    private XRayClient client;
    private Instant from;
    private Instant to;

    @BeforeEach
    void start() throws IOException {
        sandbox = Sandbox.start(SandboxConfig.builder().threads(8).build());
        client = TestClients.sdk(sandbox);
        to = Instant.now();
        from = to.minus(Duration.ofHours(1));
        for (int i = 0; i < TRACES; i++) {
            Map<String, Object> segment = PageDocuments.segment(i, "shop", 0.5);
            if (i % 10 == 0) {
                segment.put("fault", true);
                segment.put("cause", Map.of("exceptions", List.of(Map.of("id", "0123456789abcdef"))));
            }
            sandbox.traces().add(Json.writeText(segment), System.currentTimeMillis() * 1_000);
        }
    }

    @AfterEach
    void stop() {
        client.close();
        sandbox.close();
    }

    @Test
    void shouldTellHealthAndGroups() {
        List<GroupSummary> groups =
                client.getGroupsPaginator(get -> {}).groups().stream().toList();
        assertEquals("Default", groups.get(0).groupName());
        assertNotNull(groups.get(0).groupARN());
        var insights = client.getInsightSummaries(
                get -> get.startTime(from).endTime(to).groupName(groups.get(0).groupName()));
        assertEquals(List.of(), insights.insightSummaries());
    }

    @Test
    void shouldListTraces() {
        List<TraceSummary> rows = client
                .getTraceSummariesPaginator(
                        get -> get.startTime(from).endTime(to).filterExpression("service(\"shop\")"))
                .traceSummaries()
                .stream()
                .toList();
        assertEquals(TRACES, rows.size());
        for (TraceSummary row : rows) {
            assertNotNull(row.http());
            assertNotNull(row.duration());
            assertNotNull(row.annotations());
        }
        String id = rows.get(0).id();
        var trace = client.batchGetTraces(get -> get.traceIds(id)).traces().get(0);
        assertEquals(id, trace.id());
        assertEquals(1, trace.segments().size());
    }

    @Test
    void shouldDrawTheMapOfAGroup() {
        var services = client
                .getServiceGraphPaginator(get -> get.startTime(from).endTime(to).groupName("Default"))
                .services()
                .stream()
                .toList();
        assertEquals(2, services.size());
        for (var service : services) {
            assertNotNull(service.referenceId());
            assertNotNull(service.edges());
        }
    }

    @Test
    void shouldCountOverTime() {
        long total = 0;
        for (var statistics : client.getTimeSeriesServiceStatisticsPaginator(
                        get -> get.startTime(from).endTime(to).period(60))
                .timeSeriesServiceStatistics()) {
            var edge = statistics.edgeSummaryStatistics();
            assertNotNull(edge.errorStatistics().otherCount());
            assertNotNull(edge.errorStatistics().throttleCount());
            assertNotNull(edge.errorStatistics().totalCount());
            assertNotNull(edge.faultStatistics().otherCount());
            assertNotNull(edge.faultStatistics().totalCount());
            assertNotNull(edge.okCount());
            assertNotNull(edge.totalResponseTime());
            total += edge.totalCount();
        }
        assertEquals(TRACES, total);
    }

    @Test
    void shouldAnalyseAQuarterAtATime() {
        Duration quarter = Duration.between(from, to).dividedBy(4);
        List<TraceSummary> all = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            Instant start = from.plus(quarter.multipliedBy(i));
            all.addAll(client
                    .getTraceSummariesPaginator(get -> get.startTime(start)
                            .endTime(start.plus(quarter))
                            .timeRangeType(TimeRangeType.EVENT)
                            .sampling(true)
                            .samplingStrategy(strategy -> strategy.name(SamplingStrategyName.FIXED_RATE)
                                    .value(1.0)))
                    .traceSummaries()
                    .stream()
                    .toList());
        }
        assertEquals(TRACES, all.size());
        for (TraceSummary summary : all) {
            for (var cause : summary.responseTimeRootCauses()) {
                var service = cause.services().get(cause.services().size() - 1);
                assertNotNull(service.name());
                assertNotNull(service.type());
                assertNotNull(service.entityPath().get(0).name());
            }
            for (var cause : summary.faultRootCauses()) {
                assertNotNull(cause.services().get(0).type());
                assertNotNull(cause.services()
                        .get(0)
                        .entityPath()
                        .get(0)
                        .exceptions()
                        .get(0)
                        .name());
            }
        }
        long half = client
                .getTraceSummariesPaginator(get -> get.startTime(from)
                        .endTime(to)
                        .sampling(true)
                        .samplingStrategy(strategy ->
                                strategy.name(SamplingStrategyName.FIXED_RATE).value(0.0)))
                .traceSummaries()
                .stream()
                .count();
        assertEquals(0, half);
    }
}
