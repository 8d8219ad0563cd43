package io.github.xrayd.plan.output;

import io.github.xrayd.plan.input.Field;
import io.github.xrayd.plan.model.Figure;
import io.github.xrayd.plan.model.KafkaTier;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A fleet on Kafka, for a terminal and as JSON: what does not fit first, then what to run, then the figures with their
 * formulas.
 */
public final class KafkaText {
    private static final String BROKERS = "BROKERS";

    private KafkaText() {}

    /** The whole as text. */
    public static String of(KafkaTier tier) {
        StringBuilder text = new StringBuilder("Workload\n");
        PlanText.table(text, WorkloadText.lines(tier.workload()));
        PlanText.findings(text, "What does not fit", tier.findings(), true);
        text.append("\nRun\n");
        PlanText.table(text, commands(tier));
        text.append("\nFigures\n");
        for (Figure figure : tier.figures()) {
            PlanText.table(text, Map.of(figure.title(), figure.value()));
            text.append("      ")
                    .append(figure.formula())
                    .append("\n      = ")
                    .append(figure.numbers())
                    .append('\n');
        }
        PlanText.findings(text, "Note", tier.findings(), false);
        return text.append('\n')
                .append(Assumptions.costs(tier.profile()))
                .append('\n')
                .toString();
    }

    /** Commands to paste, with {@value #BROKERS} for the brokers' addresses. */
    static Map<String, String> commands(KafkaTier tier) {
        long copies = (long) tier.workload().input().number(Field.REPLICAS);
        Map<String, String> commands = new LinkedHashMap<>();
        commands.put(
                "the topic, once",
                "kafka-topics.sh --bootstrap-server " + BROKERS + " --create --topic xray_segments --partitions "
                        + tier.partitions() + " --replication-factor " + copies + " --config min.insync.replicas="
                        + Math.max(1, copies - 1) + " --config retention.ms="
                        + (long) (tier.workload().input().number(Field.RETENTION) * 1_000));
        commands.put(
                tier.collectors() + " collectors",
                "xray -m " + tier.collectorMemoryMb() + " -b 0.0.0.0:2000 -t 0.0.0.0:2000 --xray-output off"
                        + " --kafka-output-brokers " + BROKERS);
        commands.put(tier.uploaders() + " uploaders", "xray -m 64 --kafka-input-brokers " + BROKERS);
        return commands;
    }

    /** The same for machines: numbers in bytes, seconds and counts. */
    public static Map<String, Object> json(KafkaTier tier) {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("workload", WorkloadText.lines(tier.workload()));
        document.put("profile", tier.profile().name());
        document.put("isReached", tier.isReached());
        document.put("commands", commands(tier));
        document.put("figures", PlanJson.figures(tier.figures()));
        document.put("findings", PlanJson.findings(tier.findings()));
        return document;
    }
}
