package io.github.xrayd.plot;

import java.util.ArrayList;
import java.util.List;

/**
 * What charts have in common: title, caption, upright axis, marks and size. Not thread-safe.
 *
 * @param <C> the kind of chart, which its methods return
 */
public abstract class Chart<C extends Chart<C>> {
    private final String title;
    private final List<Mark> marks = new ArrayList<>();
    private Axis yAxis = Axis.linear("", Unit.NUMBER);
    private String caption = "";
    private double width = 720;
    private double areaHeight = 280;

    Chart(String title) {
        this.title = title;
    }

    abstract C self();

    /** The text below the chart. */
    public C caption(String text) {
        caption = text;
        return self();
    }

    /** The upright axis. */
    public C y(Axis axis) {
        yAxis = axis;
        return self();
    }

    /** Adds a reference line or, where the kind of chart has them, a span; the axes make room for a line. */
    public C mark(Mark mark) {
        marks.add(mark);
        return self();
    }

    /**
     * Another size than 720 × 280.
     *
     * @param pixelsWide of the picture, at least 200
     * @param pixelsHigh of the chart's area without labels, at least 80
     */
    public C size(double pixelsWide, double pixelsHigh) {
        Frame.checkSize(pixelsWide, pixelsHigh);
        width = pixelsWide;
        areaHeight = pixelsHigh;
        return self();
    }

    Axis yAxis() {
        return yAxis;
    }

    List<Mark> marks() {
        return marks;
    }

    Frame frame(String xLabel, List<String> names, boolean isBars) {
        return new Frame(new Frame.Labels(title, caption, xLabel, yAxis), names, isBars, width, areaHeight);
    }

    /** The chart as one {@code <svg>} element. */
    public abstract String svg();
}
