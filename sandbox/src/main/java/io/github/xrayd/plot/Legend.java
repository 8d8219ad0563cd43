package io.github.xrayd.plot;

import java.util.ArrayList;
import java.util.List;

/** Names of series beside their colours, in rows. */
final class Legend {
    static final double ROW_HEIGHT = 18;
    private static final double SAMPLE_WIDTH = 24;
    private static final double GAP = 18;
    private static final double SIZE = 12;

    private final List<List<Integer>> rows = new ArrayList<>();
    private final List<String> names;
    private final boolean isBars;

    /** Lays names out in a width; one name alone needs no legend. */
    Legend(List<String> names, boolean isBars, double width) {
        this.names = List.copyOf(names);
        this.isBars = isBars;
        if (names.size() < 2) {
            return;
        }
        double x = 0;
        for (int i = 0; i < names.size(); i++) {
            double need = entryWidth(i);
            if (rows.isEmpty() || x + need > width) {
                rows.add(new ArrayList<>());
                x = 0;
            }
            rows.get(rows.size() - 1).add(i);
            x += need;
        }
    }

    private double entryWidth(int index) {
        return SAMPLE_WIDTH + 6 + Svg.width(names.get(index), SIZE) + GAP;
    }

    double height() {
        return rows.size() * ROW_HEIGHT;
    }

    void draw(Svg svg, double left, double top) {
        double y = top + ROW_HEIGHT / 2;
        for (List<Integer> row : rows) {
            double x = left;
            for (int index : row) {
                sample(svg, index, x, y);
                svg.text(x + SAMPLE_WIDTH + 6, y + 4, SIZE, "start", "normal", names.get(index));
                x += entryWidth(index);
            }
            y += ROW_HEIGHT;
        }
    }

    private void sample(Svg svg, int index, double x, double y) {
        if (isBars) {
            svg.rectangle(x + 6, y - 6, 12, 12, "fill=\"" + Palette.colour(index) + "\"", "");
        } else {
            svg.line(x, y, x + SAMPLE_WIDTH, y, Strokes.series(index));
        }
    }
}
