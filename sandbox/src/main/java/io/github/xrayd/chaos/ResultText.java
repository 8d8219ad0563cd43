package io.github.xrayd.chaos;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Results as a table for a terminal and as one in Markdown. */
final class ResultText {
    private static final List<String> MARKDOWN_HEAD = List.of(
            "fault",
            "what goes wrong",
            "sent",
            "delivered",
            "arrived twice",
            "not delivered, by reason",
            "held at most",
            "all there after",
            "verdict",
            "reproduce");
    private static final int LEFT_COLUMNS = 2;

    private ResultText() {}

    /** The table for a terminal, with violations below it. */
    static String table(List<Result> results) {
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("fault", "sent", "delivered", "twice", "held", "back after", "verdict", "not delivered"));
        for (Result result : results) {
            List<String> cells = cells(result);
            rows.add(List.of(
                    cells.get(0),
                    cells.get(2),
                    cells.get(3),
                    cells.get(4),
                    cells.get(6),
                    cells.get(7),
                    cells.get(8),
                    cells.get(5)));
        }
        int[] widths = new int[rows.get(0).size()];
        rows.forEach(row -> {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], row.get(i).length());
            }
        });
        StringBuilder text = new StringBuilder();
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder();
            for (int i = 0; i < widths.length; i++) {
                boolean isLeft = i == 0 || i >= widths.length - 2;
                line.append(String.format(Locale.ROOT, "%" + (isLeft ? "-" : "") + widths[i] + "s  ", row.get(i)));
            }
            text.append(line.toString().stripTrailing()).append('\n');
        }
        for (Result result : results) {
            for (String violation : result.violations()) {
                text.append(result.scenario().name())
                        .append(": ")
                        .append(violation)
                        .append('\n');
            }
            if (!result.isAsExpected()) {
                text.append("    again: ").append(result.command()).append('\n');
            }
        }
        return text.toString();
    }

    /** The head of the Markdown table. */
    static String markdownHead() {
        StringBuilder rule = new StringBuilder("|");
        for (int i = 0; i < MARKDOWN_HEAD.size(); i++) {
            rule.append(i >= LEFT_COLUMNS && i < MARKDOWN_HEAD.size() - 2 ? "---:|" : "---|");
        }
        return "| " + String.join(" | ", MARKDOWN_HEAD) + " |\n" + rule + "\n";
    }

    /** One row of the Markdown table. */
    static String markdownRow(Result result) {
        List<String> cells = new ArrayList<>(cells(result));
        cells.set(0, "`" + cells.get(0) + "`");
        cells.set(9, "`" + cells.get(9) + "`");
        return "| " + String.join(" | ", cells) + " |\n";
    }

    private static List<String> cells(Result result) {
        Scenario scenario = result.scenario();
        Observation seen = result.seen();
        if (seen == null) {
            return List.of(
                    scenario.name(), scenario.fault(), "", "", "", "", "", "", result.verdict(), result.command());
        }
        return List.of(
                scenario.name(),
                scenario.fault(),
                Result.number(seen.datagrams()),
                Result.number(seen.ledger().delivered()),
                Result.number(seen.arrivals().duplicated()),
                result.lost(),
                Result.number(seen.arrivals().heldPeak()),
                Result.seconds(seen.recovery()),
                result.verdict(),
                result.command());
    }
}
