package io.github.xrayd.plot;

/** Attributes of lines. */
final class Strokes {
    static final String GRID = "stroke=\"" + Palette.GRID + "\" stroke-opacity=\"0.35\" stroke-width=\"1\"";
    static final String AXIS = "stroke=\"" + Palette.INK + "\" stroke-width=\"1\"";
    static final String MARK = "stroke=\"" + Palette.INK + "\" stroke-width=\"1.2\" stroke-dasharray=\"6 4\"";

    private Strokes() {}

    static String series(int index) {
        String dash = Palette.dash(index);
        return "fill=\"none\" stroke=\"" + Palette.colour(index) + "\" stroke-width=\"2\" stroke-linejoin=\"round\""
                + (dash.isEmpty() ? "" : " stroke-dasharray=\"" + dash + "\"");
    }

    static String band(int index) {
        return "stroke=\"none\" fill=\"" + Palette.colour(index) + "\" fill-opacity=\"0.18\"";
    }
}
