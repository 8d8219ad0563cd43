package io.github.xrayd.plot;

import java.util.List;

/** Title, legend, upright axis, grid and caption around a chart's area. */
final class Frame {
    private static final double TITLE_SIZE = 15;
    private static final double TEXT_SIZE = 12;
    private static final double TICK_PIXELS = 48;

    private final Labels labels;
    private final Legend legend;
    private final List<String> titleLines;
    private final List<String> captionLines;
    private final double top;
    private final double height;
    private double left;

    /** Refuses sizes, in pixels, in which no chart can be read. */
    static void checkSize(double width, double areaHeight) {
        if (width < 200 || areaHeight < 80) {
            throw new IllegalArgumentException("at least 200 × 80 pixels: " + width + " × " + areaHeight);
        }
    }

    /**
     * A frame.
     *
     * @param width of the picture, in pixels
     * @param areaHeight of the chart's area, in pixels
     */
    Frame(Labels labels, List<String> names, boolean isBars, double width, double areaHeight) {
        this.labels = labels;
        this.width = width;
        this.areaHeight = areaHeight;
        titleLines = LineBreaks.wrap(labels.title(), width - 16, TITLE_SIZE * 1.08);
        captionLines =
                labels.caption().isBlank() ? List.of() : LineBreaks.wrap(labels.caption(), width - 16, TEXT_SIZE);
        legend = new Legend(names, isBars, width - 16);
        top = 8 + titleLines.size() * 20 + legend.height() + (labels.y().label().isEmpty() ? 6 : 28);
        height = top + areaHeight + 22 + (labels.x().isEmpty() ? 0 : 18) + captionLines.size() * 16 + 10;
    }

    private final double width;
    private final double areaHeight;

    int ticksDown() {
        return (int) (areaHeight / TICK_PIXELS);
    }

    Svg open(Scale y) {
        double widest = 0;
        for (double tick : y.ticks(ticksDown())) {
            widest = Math.max(widest, Svg.width(y.unit().text(tick), TEXT_SIZE));
        }
        left = 8 + widest + 8;
        Svg svg = new Svg(width, height, labels.title());
        double line = 20;
        for (String words : titleLines) {
            svg.text(8, line, TITLE_SIZE, "start", "600", words);
            line += 20;
        }
        legend.draw(svg, 8, 8 + titleLines.size() * 20);
        if (!labels.y().label().isEmpty()) {
            svg.text(8, top - 13, TEXT_SIZE, "start", "normal", labels.y().label());
        }
        for (double tick : y.ticks(ticksDown())) {
            double at = down(y, tick);
            svg.line(left, at, right(), at, Strokes.GRID);
            svg.text(left - 6, at + 4, TEXT_SIZE, "end", "normal", y.unit().text(tick));
        }
        return svg;
    }

    String close(Svg svg) {
        svg.line(left, bottom(), right(), bottom(), Strokes.AXIS);
        double line = bottom() + 22 + (labels.x().isEmpty() ? 0 : 18);
        if (!labels.x().isEmpty()) {
            svg.text((left + right()) / 2, bottom() + 36, TEXT_SIZE, "middle", "normal", labels.x());
        }
        for (String words : captionLines) {
            line += 16;
            svg.text(8, line - 2, TEXT_SIZE, "start", "normal", words);
        }
        return svg.end();
    }

    double left() {
        return left;
    }

    double right() {
        return width - 18;
    }

    double top() {
        return top;
    }

    double bottom() {
        return top + areaHeight;
    }

    double across(Scale x, double value) {
        return left + x.position(value) * (right() - left);
    }

    double down(Scale y, double value) {
        return bottom() - y.position(value) * areaHeight;
    }

    void tickBelow(Svg svg, double at, String words) {
        svg.text(at, bottom() + 17, TEXT_SIZE, "middle", "normal", words);
    }

    /** Text at the edges of the area are kept inside of it. */
    void note(Svg svg, double at, double y, String words) {
        double half = Svg.width(words, TEXT_SIZE - 1) / 2;
        double x = Math.max(left + half, Math.min(right() - half, at));
        svg.text(x, y, TEXT_SIZE - 1, "middle", "normal", words);
    }

    /**
     * What is written around a chart.
     *
     * @param x label below, or an empty string
     */
    record Labels(String title, String caption, String x, Axis y) {}
}
