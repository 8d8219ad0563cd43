package io.github.xrayd.plot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Element;

class LineChartTest {
    private static final double[] X = {0, 60, 120, 180};
    private static final double[] Y = {10, 400, 80, 0};

    private static LineChart chart() {
        return LineChart.titled("Backlog & <friends>")
                .caption("A caption of \"some\" length, long enough to be broken into more lines than one, because it"
                        + " is much longer than the chart is wide, which no reader would want to scroll along.")
                .x(Axis.linear("time", Unit.SECONDS))
                .y(Axis.linear("segments", Unit.NUMBER))
                .add(Series.line("held", X, Y).band(new double[] {5, 300, 60, 0}, new double[] {20, 500, 90, 10}))
                .add(Series.measured("measured", X, Y))
                .mark(Mark.atY(600, "limit"))
                .mark(Mark.spanX(30, 90, "outage"))
                .mark(Mark.atX(120, "end"));
    }

    @Test
    void shouldBeWellFormedWithEveryWordInIt() {
        List<String> texts = Pictures.texts(chart().svg());
        assertTrue(texts.contains("Backlog & <friends>"), texts.toString());
        assertTrue(texts.containsAll(List.of("held", "measured", "time", "segments", "limit", "outage", "end")));
        assertTrue(texts.containsAll(List.of("0 s", "2 min", "3 min", "600")), texts.toString());
    }

    @Test
    void shouldNeedNothingFromElsewhere() {
        String svg = chart().svg();
        assertFalse(svg.contains("href"));
        assertFalse(svg.contains("url("));
    }

    @Test
    void shouldDrawEachPointThatWasMeasured() {
        assertEquals(4, Pictures.elements(chart().svg(), "circle").size());
    }

    @Test
    void shouldPlaceHigherValuesHigher() {
        List<Element> points = Pictures.elements(chart().svg(), "circle");
        double first = Double.parseDouble(points.get(0).getAttribute("cy"));
        double second = Double.parseDouble(points.get(1).getAttribute("cy"));
        assertTrue(second < first);
    }

    @Test
    void shouldLeaveAGapForWhatIsMissing() {
        double[] y = {1, Double.NaN, 3, 4};
        String path = Pictures.elements(
                        LineChart.titled("").add(Series.line("a", X, y)).svg(), "path")
                .get(0)
                .getAttribute("d");
        assertEquals(2, path.chars().filter(c -> c == 'M').count(), path);
    }

    @Test
    void shouldStayShortHoweverManyPointsThereAre() {
        double[] x = new double[1_000_000];
        double[] y = new double[x.length];
        Arrays.setAll(x, i -> i);
        assertTrue(LineChart.titled("").add(Series.line("a", x, y)).svg().length() < 60_000);
    }

    @Test
    void shouldDrawNothingFromNothing() {
        Pictures.parse(LineChart.titled("").svg());
        Pictures.parse(LineChart.titled("")
                .add(Series.steps("a", new double[0], new double[0]))
                .svg());
    }

    @Test
    void shouldReplaceWhatXmlCannotHold() {
        Pictures.parse(LineChart.titled("a\u0000b\ud800c\uffff").svg());
    }

    @Test
    void shouldDrawStepsUprightAndLevel() {
        String path = Pictures.elements(
                        LineChart.titled("").add(Series.steps("a", X, Y)).svg(), "path")
                .get(0)
                .getAttribute("d");
        assertFalse(path.contains("L"), path);
        assertTrue(path.contains("H") && path.contains("V"), path);
    }

    @Test
    void shouldRefuseSeriesOfUnequalLength() {
        assertThrows(IllegalArgumentException.class, () -> Series.line("a", X, new double[1]));
        assertThrows(
                IllegalArgumentException.class, () -> Series.line("a", X, Y).band(new double[1], new double[1]));
        assertThrows(IllegalArgumentException.class, () -> LineChart.titled("").size(10, 10));
    }
}
