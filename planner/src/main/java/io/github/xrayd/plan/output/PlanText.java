package io.github.xrayd.plan.output;

import io.github.xrayd.plan.input.Workload;
import io.github.xrayd.plan.model.Figure;
import io.github.xrayd.plan.model.Finding;
import io.github.xrayd.plan.model.Plan;
import io.github.xrayd.plan.simulation.Trial;
import java.util.List;
import java.util.Map;

/**
 * A plan for a terminal: what exceeds a limit first, then the flags, the figures with their formulas, and the
 * simulation.
 */
public final class PlanText {
    private static final int TITLE_WIDTH = 36;

    private PlanText() {}

    /** The whole. */
    public static String of(Plan plan) {
        StringBuilder text = new StringBuilder();
        title(text, "Workload");
        WorkloadText.lines(plan.workload()).forEach((key, value) -> line(text, key, value));
        findings(text, "What does not fit", plan.findings(), true);
        title(text, "Set");
        text.append("  ").append(Snippets.flags(plan)).append('\n');
        if (plan.settings().socketBufferBytes() > plan.workload().site().rmemMax()) {
            text.append("  ").append(Snippets.sysctl(plan)).append('\n');
        }
        title(text, "Figures");
        for (Figure figure : plan.figures()) {
            line(text, figure.title(), figure.value());
            text.append("      ").append(figure.formula()).append('\n');
            if (!figure.numbers().isEmpty()) {
                text.append("      = ").append(figure.numbers()).append('\n');
            }
        }
        Workload.Experiment experiment = plan.workload().experiment();
        title(text, "Simulated, normal operation of one daemon (" + experiment.runs() + " runs; 95 % intervals)");
        TrialText.lines(plan.normal(), false).forEach((key, value) -> line(text, key, value));
        Trial outage = plan.outage();
        if (outage != null) {
            title(text, "Simulated, the outage");
            TrialText.lines(outage, true).forEach((key, value) -> line(text, key, value));
        }
        findings(text, "Note", plan.findings(), false);
        text.append('\n').append(Assumptions.costs(plan.profile())).append('\n');
        return text.toString();
    }

    static void findings(StringBuilder text, String title, List<Finding> findings, boolean isLimit) {
        List<Finding> chosen = findings.stream()
                .filter(finding -> finding.isLimit() == isLimit)
                .toList();
        if (chosen.isEmpty()) {
            return;
        }
        title(text, title);
        for (Finding finding : chosen) {
            text.append("  ")
                    .append(isLimit ? "! " : "- ")
                    .append(finding.text())
                    .append('\n');
            for (String option : finding.options()) {
                text.append("      or: ").append(option).append('\n');
            }
        }
    }

    private static void title(StringBuilder text, String title) {
        text.append(text.length() == 0 ? "" : "\n").append(title).append('\n');
    }

    private static void line(StringBuilder text, String key, String value) {
        text.append("  ")
                .append(key)
                .append(" ".repeat(Math.max(1, TITLE_WIDTH - key.length())))
                .append(value)
                .append('\n');
    }

    /** A table of pairs, for other texts. */
    static void table(StringBuilder text, Map<String, String> lines) {
        lines.forEach((key, value) -> line(text, key, value));
    }
}
