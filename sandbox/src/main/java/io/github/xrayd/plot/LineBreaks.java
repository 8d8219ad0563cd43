package io.github.xrayd.plot;

import java.util.ArrayList;
import java.util.List;

/** Breaks text into lines by an estimate of its width. */
final class LineBreaks {
    private LineBreaks() {}

    /** The lines of a text that is at most {@code width} pixels wide at a font size. */
    static List<String> wrap(String text, double width, double size) {
        List<String> lines = new ArrayList<>();
        StringBuilder line = new StringBuilder();
        for (String word : text.trim().split("\\s+", -1)) {
            if (line.length() > 0 && Svg.width(line + " " + word, size) > width) {
                lines.add(line.toString());
                line.setLength(0);
            }
            line.append(line.length() == 0 ? "" : " ").append(word);
        }
        if (line.length() > 0) {
            lines.add(line.toString());
        }
        return lines;
    }
}
