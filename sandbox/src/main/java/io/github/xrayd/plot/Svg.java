package io.github.xrayd.plot;

import java.util.Locale;

/** Writes SVG elements as text, escaped and with two decimals. */
final class Svg {
    private static final String FONT = "system-ui, -apple-system, 'Segoe UI', 'DejaVu Sans', sans-serif";

    /** Mean width of a character in ems: there are no fonts to ask. */
    private static final double CHARACTER_EM = 0.55;

    private final StringBuilder text = new StringBuilder(8_192);

    Svg(double width, double height, String label) {
        text.append("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 ")
                .append(number(width))
                .append(' ')
                .append(number(height))
                .append("\" width=\"")
                .append(number(width))
                .append("\" height=\"")
                .append(number(height))
                .append("\" role=\"img\" aria-label=\"")
                .append(escape(label))
                .append("\" font-family=\"")
                .append(FONT)
                .append("\" style=\"max-width:100%;height:auto\">\n");
    }

    /** About how wide a text is, in pixels. */
    static double width(String words, double size) {
        return words.length() * size * CHARACTER_EM;
    }

    void text(double x, double y, double size, String anchor, String weight, String words) {
        text(x, y, size, anchor, weight, Palette.INK, words);
    }

    void text(double x, double y, double size, String anchor, String weight, String colour, String words) {
        text.append("<text x=\"")
                .append(number(x))
                .append("\" y=\"")
                .append(number(y))
                .append("\" font-size=\"")
                .append(number(size))
                .append("\" text-anchor=\"")
                .append(anchor)
                .append("\" font-weight=\"")
                .append(weight)
                .append("\" fill=\"")
                .append(colour)
                .append("\">")
                .append(escape(words))
                .append("</text>\n");
    }

    void line(double x1, double y1, double x2, double y2, String style) {
        text.append("<line x1=\"")
                .append(number(x1))
                .append("\" y1=\"")
                .append(number(y1))
                .append("\" x2=\"")
                .append(number(x2))
                .append("\" y2=\"")
                .append(number(y2))
                .append("\" ")
                .append(style)
                .append("/>\n");
    }

    void rectangle(double x, double y, double width, double height, String style, String tip) {
        text.append("<rect x=\"")
                .append(number(x))
                .append("\" y=\"")
                .append(number(y))
                .append("\" width=\"")
                .append(number(Math.max(0, width)))
                .append("\" height=\"")
                .append(number(Math.max(0, height)))
                .append("\" ")
                .append(style);
        close("rect", tip);
    }

    void circle(double x, double y, double radius, String style, String tip) {
        text.append("<circle cx=\"")
                .append(number(x))
                .append("\" cy=\"")
                .append(number(y))
                .append("\" r=\"")
                .append(number(radius))
                .append("\" ")
                .append(style);
        close("circle", tip);
    }

    void path(String data, String style) {
        text.append("<path d=\"").append(data).append("\" ").append(style).append("/>\n");
    }

    /** Opens a part of the picture that shows nothing outside of itself; coordinates stay those of the whole. */
    void openClip(double x, double y, double width, double height) {
        String box = number(x) + ' ' + number(y) + ' ' + number(width) + ' ' + number(height);
        text.append("<svg x=\"")
                .append(number(x))
                .append("\" y=\"")
                .append(number(y))
                .append("\" width=\"")
                .append(number(width))
                .append("\" height=\"")
                .append(number(height))
                .append("\" viewBox=\"")
                .append(box)
                .append("\" overflow=\"hidden\">\n");
    }

    void closeClip() {
        text.append("</svg>\n");
    }

    private void close(String element, String tip) {
        if (tip.isEmpty()) {
            text.append("/>\n");
        } else {
            text.append("><title>")
                    .append(escape(tip))
                    .append("</title></")
                    .append(element)
                    .append(">\n");
        }
    }

    String end() {
        return text.append("</svg>\n").toString();
    }

    static String number(double value) {
        String written = String.format(Locale.ROOT, "%.2f", value);
        int end = written.length();
        while (written.charAt(end - 1) == '0') {
            end--;
        }
        if (written.charAt(end - 1) == '.') {
            end--;
        }
        String cut = written.substring(0, end);
        return cut.equals("-0") ? "0" : cut;
    }

    static String escape(String words) {
        StringBuilder escaped = new StringBuilder(words.length());
        words.codePoints().forEach(c -> {
            switch (c) {
                case '<' -> escaped.append("&lt;");
                case '>' -> escaped.append("&gt;");
                case '&' -> escaped.append("&amp;");
                case '"' -> escaped.append("&quot;");
                default -> {
                    // XML has no way to write other control characters, lone surrogates or the last two of the plane.
                    boolean isWritable =
                            c == '\t' || (c >= ' ' && (c < 0xd800 || c > 0xdfff) && (c & 0xfffe) != 0xfffe);
                    escaped.appendCodePoint(isWritable ? c : 0xfffd);
                }
            }
        });
        return escaped.toString();
    }
}
