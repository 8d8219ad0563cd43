package io.github.xrayd.plot;

import java.util.List;

/** Places charts one below the other in one SVG picture. */
public final class ChartStack {
    private ChartStack() {}

    /**
     * Several charts as one picture.
     *
     * @param pictures SVG text of each, the topmost first
     */
    public static String svg(List<String> pictures) {
        StringBuilder inner = new StringBuilder();
        double y = 0;
        double width = 0;
        for (String picture : pictures) {
            inner.append(picture.replaceFirst(" style=\"[^\"]*\"", "")
                            .replaceFirst("<svg ", "<svg y=\"" + Math.round(y) + "\" "))
                    .append('\n');
            y += attribute(picture, "height");
            width = Math.max(width, attribute(picture, "width"));
        }
        return "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"" + Math.round(width) + "\" height=\"" + Math.round(y)
                + "\">\n" + inner + "</svg>\n";
    }

    private static double attribute(String picture, String name) {
        int from = picture.indexOf(" " + name + "=\"") + name.length() + 3;
        return Double.parseDouble(picture.substring(from, picture.indexOf('"', from)));
    }
}
