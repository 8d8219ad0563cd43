package io.github.xrayd.plot;

import java.util.ArrayList;
import java.util.List;

/** Series over x, as SVG text. */
public final class LineChart extends Chart<LineChart> {
    private static final double TICK_PIXELS = 80;
    private static final double MOVE_MIN = 0.4;
    private static final double POINT_RADIUS = 3.5;

    private final List<Series> series = new ArrayList<>();
    private Axis xAxis = Axis.linear("", Unit.NUMBER);

    private LineChart(String title) {
        super(title);
    }

    /** An empty chart. */
    public static LineChart titled(String title) {
        return new LineChart(title);
    }

    /** The axis below. */
    public LineChart x(Axis axis) {
        xAxis = axis;
        return this;
    }

    /** Adds a series; its place decides its colour. */
    public LineChart add(Series one) {
        series.add(one);
        return this;
    }

    @Override
    LineChart self() {
        return this;
    }

    @Override
    public String svg() {
        Extent xs = new Extent(xAxis.isLog());
        Extent ys = new Extent(yAxis().isLog());
        series.forEach(one -> one.addTo(xs, ys));
        for (Mark mark : marks()) {
            (mark.isHorizontal() ? ys : xs).add(mark.from(), mark.to());
        }
        List<String> names = series.stream().map(Series::name).toList();
        Frame frame = frame(xAxis.label(), names, false);
        Scale y = Scale.of(yAxis(), ys, frame.ticksDown());
        Svg svg = frame.open(y);
        int ticks = (int) ((frame.right() - frame.left()) / TICK_PIXELS);
        Scale x = Scale.of(tight(xs), xs, ticks);
        for (double tick : x.ticks(ticks)) {
            double at = frame.across(x, tick);
            svg.line(at, frame.top(), at, frame.bottom(), Strokes.GRID);
            frame.tickBelow(svg, at, x.unit().text(tick));
        }
        new Plotter(svg, frame, x, y).draw();
        return frame.close(svg);
    }

    /** Lines run from edge to edge: the axis below ends where the values end. */
    private Axis tight(Extent xs) {
        if (xs.isEmpty() || xs.min() >= xs.max()) {
            return xAxis;
        }
        return xAxis.range(
                Double.isNaN(xAxis.min()) ? xs.min() : xAxis.min(), Double.isNaN(xAxis.max()) ? xs.max() : xAxis.max());
    }

    /** Draws marks and series in a frame. */
    private final class Plotter {
        private final Svg svg;
        private final Frame frame;
        private final Scale x;
        private final Scale y;

        Plotter(Svg svg, Frame frame, Scale x, Scale y) {
            this.svg = svg;
            this.frame = frame;
            this.x = x;
            this.y = y;
        }

        void draw() {
            // A little more than the area: points and lines on its edge stay whole.
            double reach = POINT_RADIUS + 1;
            svg.openClip(
                    frame.left() - reach,
                    frame.top() - reach,
                    frame.right() - frame.left() + 2 * reach,
                    frame.bottom() - frame.top() + 2 * reach);
            marks().stream().filter(mark -> !mark.isLine()).forEach(this::span);
            for (int i = 0; i < series.size(); i++) {
                if (series.get(i).hasBand()) {
                    svg.path(band(series.get(i)), Strokes.band(i));
                }
            }
            for (int i = 0; i < series.size(); i++) {
                series(series.get(i), i);
            }
            svg.closeClip();
            int notes = 0;
            for (Mark mark : marks()) {
                if (mark.isHorizontal()) {
                    double at = frame.down(y, mark.from());
                    svg.line(frame.left(), at, frame.right(), at, Strokes.MARK);
                    frame.note(svg, frame.right(), at - 5, mark.label());
                } else {
                    double at = frame.across(x, (mark.from() + mark.to()) / 2);
                    if (mark.isLine()) {
                        svg.line(at, frame.top(), at, frame.bottom(), Strokes.MARK);
                    }
                    frame.note(svg, at, frame.top() + 12 + 14 * (notes++ % 3), mark.label());
                }
            }
        }

        private void span(Mark mark) {
            double from = frame.across(x, mark.from());
            svg.rectangle(
                    from,
                    frame.top(),
                    frame.across(x, mark.to()) - from,
                    frame.bottom() - frame.top(),
                    "fill=\"" + Palette.GRID + "\" fill-opacity=\"0.2\"",
                    mark.label());
        }

        private void series(Series one, int index) {
            if (one.hasLine()) {
                svg.path(line(one), Strokes.series(index));
            }
            if (one.hasPoints()) {
                for (int i = 0; i < one.count(); i++) {
                    if (Double.isFinite(one.y(i))) {
                        String tip = one.name() + ": " + y.unit().text(one.y(i)) + " at "
                                + x.unit().text(one.x(i));
                        svg.circle(
                                frame.across(x, one.x(i)),
                                frame.down(y, one.y(i)),
                                POINT_RADIUS,
                                "fill=\"" + Palette.colour(index) + "\"",
                                tip);
                    }
                }
            }
        }

        /** Points closer than the eye can tell are left out. */
        private String line(Series one) {
            StringBuilder data = new StringBuilder();
            double lastX = Double.NaN;
            double lastY = Double.NaN;
            boolean isOpen = false;
            for (int i = 0; i < one.count(); i++) {
                if (!Double.isFinite(one.y(i))) {
                    isOpen = false;
                    continue;
                }
                double atX = frame.across(x, one.x(i));
                double atY = frame.down(y, one.y(i));
                if (isOpen
                        && i < one.count() - 1
                        && Math.abs(atX - lastX) < MOVE_MIN
                        && Math.abs(atY - lastY) < MOVE_MIN) {
                    continue;
                }
                if (isOpen && one.isSteps()) {
                    data.append('H').append(Svg.number(atX)).append('V').append(Svg.number(atY));
                } else {
                    data.append(isOpen ? 'L' : 'M')
                            .append(Svg.number(atX))
                            .append(' ')
                            .append(Svg.number(atY));
                }
                isOpen = true;
                lastX = atX;
                lastY = atY;
            }
            return data.toString();
        }

        private String band(Series one) {
            StringBuilder there = new StringBuilder();
            StringBuilder back = new StringBuilder();
            for (int i = 0; i < one.count(); i++) {
                if (Double.isFinite(one.low(i)) && Double.isFinite(one.high(i))) {
                    String at = Svg.number(frame.across(x, one.x(i))) + " ";
                    there.append(there.length() == 0 ? 'M' : 'L')
                            .append(at)
                            .append(Svg.number(frame.down(y, one.high(i))));
                    back.insert(0, "L" + at + Svg.number(frame.down(y, one.low(i))));
                }
            }
            return there.append(back).append(there.length() == 0 ? "" : "Z").toString();
        }
    }
}
