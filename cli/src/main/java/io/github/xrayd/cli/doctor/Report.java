package io.github.xrayd.cli.doctor;

import com.dslplatform.json.DslJson;
import com.dslplatform.json.JsonWriter;
import io.github.xrayd.cli.doctor.Finding.State;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** All findings, as text for people or as JSON for machines. Immutable. */
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
            return "All is well.";
        }
        return (failed == 0 ? "It will work" : failed == 1 ? "1 check failed" : failed + " checks failed")
                + (warnings == 0 ? "." : warnings == 1 ? ", 1 warning." : ", " + warnings + " warnings.");
    }

    /** {@code {"version":…,"healthy":…,"checks":[{"check":…,"state":…,"detail":…,"advice":…}]}} on one line. */
    public String json() {
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("version", version);
        all.put("healthy", isHealthy());
        all.put("checks", findings.stream().map(Report::json).toList());
        JsonWriter writer = new DslJson<>().newWriter(4096);
        try {
            new DslJson<>().serialize(writer, all);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new String(writer.toByteArray(), StandardCharsets.UTF_8);
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
