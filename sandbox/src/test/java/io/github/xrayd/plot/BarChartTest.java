package io.github.xrayd.plot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Element;

class BarChartTest {
    private static BarChart chart(Axis y) {
        return BarChart.titled("CPU per segment", List.of("2,000/s", "10,000/s"))
                .x("rate")
                .y(y)
                .add(Bars.of("this", 12, 9).interval(new double[] {10, 8}, new double[] {14, 10}))
                .add(Bars.of("other", 39, Double.NaN))
                .mark(Mark.atY(12, "goal"));
    }

    /** The bars: the only rectangles with a tip that names a category. */
    private static List<Element> bars(String svg) {
        return Pictures.elements(svg, "rect").stream()
                .filter(rectangle -> rectangle.getTextContent().contains("/s"))
                .toList();
    }

    private static double height(Element bar) {
        return Double.parseDouble(bar.getAttribute("height"));
    }

    @Test
    void shouldDrawABarForEachValueThereIs() {
        String svg = chart(Axis.linear("µs", Unit.NUMBER)).svg();
        List<Element> bars = bars(svg);
        assertEquals(3, bars.size());
        assertEquals(39.0 / 12, height(bars.get(1)) / height(bars.get(0)), 0.01);
        assertTrue(Pictures.texts(svg).containsAll(List.of("this", "other", "2,000/s", "10,000/s", "goal", "rate")));
    }

    @Test
    void shouldStandOnTheAxisOfALogarithmicScale() {
        List<Element> bars =
                bars(chart(Axis.log("µs", Unit.NUMBER).range(1, 100)).svg());
        assertEquals(Math.log(39) / Math.log(12), height(bars.get(1)) / height(bars.get(0)), 0.01);
    }

    @Test
    void shouldRefuseWhatDoesNotFit() {
        BarChart chart = BarChart.titled("", List.of("a"));
        assertThrows(IllegalArgumentException.class, () -> chart.add(Bars.of("b", 1, 2)));
        assertThrows(IllegalArgumentException.class, () -> chart.mark(Mark.atX(1, "")));
        assertThrows(IllegalArgumentException.class, () -> Bars.of("b", 1).interval(new double[2], new double[1]));
    }

    @Test
    void shouldDrawNothingFromNothing() {
        Pictures.parse(BarChart.titled("", List.of()).svg());
    }
}
