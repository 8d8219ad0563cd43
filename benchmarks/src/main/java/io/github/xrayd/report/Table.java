package io.github.xrayd.report;

import io.github.xrayd.results.Spread;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** A Markdown table, and how figures are written in one. */
final class Table {
    private static final String NONE = "–";

    private final int columns;
    private final StringBuilder text = new StringBuilder();

    Table(List<String> heads) {
        columns = heads.size();
        row(heads);
        text.append("|---".repeat(columns)).append("|\n");
    }

    Table(String... heads) {
        this(List.of(heads));
    }

    /** Adds a row; missing cells stay empty. */
    Table row(List<String> cells) {
        List<String> all = new ArrayList<>(cells);
        while (all.size() < columns) {
            all.add("");
        }
        text.append("| ")
                .append(String.join(" | ", all.stream().map(Table::cell).toList()))
                .append(" |\n");
        return this;
    }

    private static String cell(String words) {
        return words.replace("|", "\\|").replace("\n", " ");
    }

    Table row(String... cells) {
        return row(List.of(cells));
    }

    /** The table with a line's end behind it. */
    String text() {
        return text.toString();
    }

    /** A number with about three digits. */
    static String number(double value) {
        if (!Double.isFinite(value)) {
            return NONE;
        }
        double size = Math.abs(value);
        String format =
                size >= 100 || value == Math.rint(value) ? "%,.0f" : size >= 10 ? "%.1f" : size >= 1 ? "%.2f" : "%.3g";
        return String.format(Locale.ROOT, format, value);
    }

    /** The median, and least and most where there are several. */
    static String spread(Optional<Spread> spread, double factor) {
        if (spread.isEmpty()) {
            return NONE;
        }
        Spread found = spread.get();
        String median = number(found.median() * factor);
        return found.count() == 1
                ? median
                : median + " (" + number(found.min() * factor) + "–" + number(found.max() * factor) + ")";
    }

    /** A share as per cent. */
    static String percent(double share) {
        return Double.isFinite(share) ? number(share * 100) + " %" : NONE;
    }
}
