package io.github.xrayd.plot;

import java.util.ArrayList;
import java.util.List;

/** Groups of upright bars, one group for each category, as SVG text. */
public final class BarChart extends Chart<BarChart> {
    private static final double GROUP_SHARE = 0.76;
    private static final double BAR_MAX = 56;
    private static final double VALUE_SIZE = 11;

    private final List<String> categories;
    private final List<Bars> bars = new ArrayList<>();
    private String xLabel = "";

    private BarChart(String title, List<String> categories) {
        super(title);
        this.categories = List.copyOf(categories);
    }

    /** A chart without bars yet. */
    public static BarChart titled(String title, List<String> categories) {
        return new BarChart(title, categories);
    }

    /** What the categories are. */
    public BarChart x(String label) {
        xLabel = label;
        return this;
    }

    /** Adds a bar to each group; its place decides its colour. */
    public BarChart add(Bars one) {
        if (one.count() != categories.size()) {
            throw new IllegalArgumentException(
                    one.name() + ": " + one.count() + " values for " + categories.size() + " categories");
        }
        bars.add(one);
        return this;
    }

    /** Adds a line across. */
    @Override
    public BarChart mark(Mark mark) {
        if (!mark.isHorizontal() || !mark.isLine()) {
            throw new IllegalArgumentException("a bar chart takes lines across only: " + mark.label());
        }
        return super.mark(mark);
    }

    @Override
    BarChart self() {
        return this;
    }

    @Override
    public String svg() {
        Extent ys = new Extent(yAxis().isLog());
        bars.forEach(one -> one.addTo(ys));
        marks().forEach(mark -> ys.add(mark.from()));
        List<String> names = bars.stream().map(Bars::name).toList();
        Frame frame = frame(xLabel, names, true);
        Scale y = Scale.of(yAxis(), ys, frame.ticksDown());
        Svg svg = frame.open(y);
        double group = (frame.right() - frame.left()) / Math.max(1, categories.size());
        double barWidth = Math.min(BAR_MAX, group * GROUP_SHARE / Math.max(1, bars.size()));
        for (int i = 0; i < categories.size(); i++) {
            double middle = frame.left() + (i + 0.5) * group;
            frame.tickBelow(svg, middle, categories.get(i));
            for (int j = 0; j < bars.size(); j++) {
                bar(svg, frame, y, middle + (j - bars.size() / 2.0) * barWidth, barWidth, i, j);
            }
        }
        for (Mark mark : marks()) {
            double at = frame.down(y, mark.from());
            svg.line(frame.left(), at, frame.right(), at, Strokes.MARK);
            frame.note(svg, frame.right(), at - 5, mark.label());
        }
        return frame.close(svg);
    }

    private void bar(Svg svg, Frame frame, Scale y, double x, double barWidth, int category, int index) {
        Bars one = bars.get(index);
        double value = one.value(category);
        if (!Double.isFinite(value)) {
            return;
        }
        double base = frame.down(y, y.isLog() ? y.min() : Math.max(y.min(), 0));
        double at = frame.down(y, value);
        String words = y.unit().text(value);
        svg.rectangle(
                x + 1,
                Math.min(at, base),
                barWidth - 2,
                Math.abs(base - at),
                "fill=\"" + Palette.colour(index) + "\"",
                one.name() + ", " + categories.get(category) + ": " + words);
        double top = Math.min(at, base);
        if (one.hasInterval(category)) {
            double middle = x + barWidth / 2;
            double low = frame.down(y, one.low(category));
            double high = frame.down(y, one.high(category));
            svg.line(middle, low, middle, high, Strokes.AXIS);
            svg.line(middle - 4, low, middle + 4, low, Strokes.AXIS);
            svg.line(middle - 4, high, middle + 4, high, Strokes.AXIS);
            top = Math.min(top, high);
        }
        if (Svg.width(words, VALUE_SIZE) <= barWidth + 4) {
            svg.text(x + barWidth / 2, top - 4, VALUE_SIZE, "middle", "normal", words);
        }
    }
}
