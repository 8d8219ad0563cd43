package io.github.xrayd.cli.doctor;

import io.github.xrayd.engine.aws.Finding;
import io.github.xrayd.engine.aws.Finding.State;
import io.github.xrayd.engine.json.JsonText;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** All findings, as text for users or as JSON for machines. Immutable. */
public final class Report {
    private final String version;
    private final List<Finding> findings;

    /** @param version the daemon's */
    public Report(String version, List<Finding> findings) {
        this.version = version;
        this.findings = List.copyOf(findings);
    }

    private long count(State state) {
        return findings.stream().filter(finding -> finding.state() == state).count();
    }

    /** Whether the daemon can do its work as far as was seen; warnings do not count. */
    public boolean isHealthy() {
        return count(State.FAILED) == 0;
    }

    /** A line for each check, advice below it, and a summary. */
    public String text() {
        int width = findings.stream()
                .mapToInt(finding -> finding.check().length())
                .max()
                .orElse(0);
        StringBuilder text = new StringBuilder();
        for (Finding finding : findings) {
            text.append(String.format(
                    Locale.ROOT,
                    "%-8s %-" + width + "s  %s%n",
                    finding.state().word(),
                    finding.check(),
                    finding.detail()));
            if (!finding.advice().isEmpty()) {
                text.append(" ".repeat(width + 11))
                        .append("-> ")
                        .append(finding.advice())
                        .append(System.lineSeparator());
            }
        }
        return text.append(summary()).append(System.lineSeparator()).toString();
    }

    private String summary() {
        long failed = count(State.FAILED);
        long warnings = count(State.WARNING);
        if (failed == 0 && warnings == 0) {
            return "All checks passed.";
        }
        return (failed == 0 ? "The daemon can work" : failed == 1 ? "1 check failed" : failed + " checks failed")
                + (warnings == 0 ? "." : warnings == 1 ? ", 1 warning." : ", " + warnings + " warnings.");
    }

    /** {@code {"version":…,"healthy":…,"checks":[{"check":…,"state":…,"detail":…,"advice":…}]}} on one line. */
    public String json() {
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("version", version);
        all.put("healthy", isHealthy());
        all.put("checks", findings.stream().map(Report::json).toList());
        return JsonText.of(all);
    }

    private static Map<String, Object> json(Finding finding) {
        Map<String, Object> one = new LinkedHashMap<>();
        one.put("check", finding.check());
        one.put("state", finding.state().name().toLowerCase(Locale.ROOT));
        one.put("detail", finding.detail());
        one.put("advice", finding.advice());
        return one;
    }
}
