package io.github.xrayd.plot;

/**
 * Colours and dashes of series: Okabe and Ito's, which people with any colour vision tell apart, without the two that
 * vanish on white or on black paper; a dash for each too, so that a grey print still tells.
 */
final class Palette {
    /** Text and axes: readable on white and on a dark page alike. */
    static final String INK = "#757575";

    /** Lines of the grid; used half transparent. */
    static final String GRID = "#9a9a9a";

    private static final String[] COLOURS = {"#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9", "#e69f00"};
    private static final String[] DASHES = {"", "7 3", "2 3", "9 3 2 3", "4 4", "1 4"};

    private Palette() {}

    static String colour(int index) {
        return COLOURS[Math.floorMod(index, COLOURS.length)];
    }

    /** A {@code stroke-dasharray}, or an empty string for a line without gaps. */
    static String dash(int index) {
        return DASHES[Math.floorMod(index, DASHES.length)];
    }
}
