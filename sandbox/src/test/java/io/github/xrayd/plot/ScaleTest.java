package io.github.xrayd.plot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class ScaleTest {
    private static Scale scale(Axis axis, double... values) {
        Extent extent = new Extent(axis.isLog());
        extent.add(values);
        return Scale.of(axis, extent, 6);
    }

    @Test
    void shouldBeginAtZeroAndEndAtARoundValue() {
        Scale scale = scale(Axis.linear("", Unit.NUMBER), 130, 970);
        assertEquals(0, scale.min());
        assertEquals(1_000, scale.max());
        assertEquals(List.of(0.0, 200.0, 400.0, 600.0, 800.0, 1_000.0), scale.ticks(6));
    }

    @Test
    void shouldTickTimeAtRoundMinutesAndHours() {
        assertEquals(
                List.of(0.0, 300.0, 600.0, 900.0, 1_200.0, 1_500.0),
                scale(Axis.linear("", Unit.SECONDS), 0, 1_500).ticks(6));
        assertEquals(21_600, scale(Axis.linear("", Unit.SECONDS), 86_400).step());
    }

    @Test
    void shouldTickBytesAtPowersOfTwo() {
        assertEquals(64 << 20, scale(Axis.linear("", Unit.BYTES), 300 << 20).step());
        assertEquals(
                List.of(1024.0, 2048.0, 4096.0),
                scale(Axis.log("", Unit.BYTES), 1_024, 4_096).ticks(6));
    }

    @Test
    void shouldSpaceRatiosEquallyOnALogarithmicScale() {
        Scale scale = scale(Axis.log("", Unit.NUMBER), 1, 100);
        assertEquals(0.5, scale.position(10), 1e-12);
        assertEquals(List.of(1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0), scale.ticks(8));
        assertEquals(List.of(1.0, 10.0, 100.0), scale.ticks(6));
    }

    @Test
    void shouldLayWhatHasNoLogarithmAtTheNearEnd() {
        Scale scale = scale(Axis.log("", Unit.PERCENT), 0, 1e-4, 0.2);
        assertEquals(1e-4, scale.min(), 1e-12);
        assertEquals(0, scale.position(0));
    }

    @Test
    void shouldSkipDecadesWhenThereAreMany() {
        assertTrue(scale(Axis.log("", Unit.NUMBER), 1e-9, 1e9).ticks(6).size() <= 6);
    }

    @Test
    void shouldTakeNoValuesAndOneValue() {
        assertTrue(scale(Axis.linear("", Unit.NUMBER)).ticks(6).size() >= 2);
        assertTrue(scale(Axis.log("", Unit.NUMBER)).ticks(6).size() >= 2);
        assertTrue(scale(Axis.linear("", Unit.NUMBER), 7).max() >= 7);
        assertTrue(scale(Axis.log("", Unit.NUMBER), 10).max() > 10);
        assertTrue(scale(Axis.linear("", Unit.NUMBER), -3, -1).min() <= -3);
    }

    @Test
    void shouldRefuseAnAxisThatEndsBeforeItBegins() {
        assertThrows(IllegalArgumentException.class, () -> Axis.linear("", Unit.NUMBER)
                .range(2, 1));
        assertThrows(
                IllegalArgumentException.class, () -> Axis.log("", Unit.NUMBER).range(0, 1));
    }

    @Test
    void shouldWriteValuesInTheUnitThatReadsBest() {
        assertEquals("1.5 M", Unit.NUMBER.text(1_500_000));
        assertEquals("1 M", Unit.NUMBER.text(999_999));
        assertEquals("0.02", Unit.NUMBER.text(0.02));
        assertEquals("−12.3", Unit.NUMBER.text(-12.34));
        assertEquals("0.01 %", Unit.PERCENT.text(1e-4));
        assertEquals("64 MiB", Unit.BYTES.text(64 << 20));
        assertEquals("250 µs", Unit.SECONDS.text(250e-6));
        assertEquals("15 min", Unit.SECONDS.text(900));
        assertEquals("1.5 h", Unit.SECONDS.text(5_400));
        assertEquals("–", Unit.NUMBER.text(Double.NaN));
    }
}
