package io.github.xrayd.report;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Replaces what stands between {@code <!-- report NAME -->} and {@code <!-- end NAME -->}. Pure. */
final class Marks {
    private static final Pattern BEGIN = Pattern.compile("<!-- report ([a-z-]+) -->");

    private Marks() {}

    /** Makes a section's text from its name. */
    @FunctionalInterface
    interface Maker<E extends Exception> {
        String make(String name) throws E;
    }

    /**
     * Replaces every marked part of a text.
     *
     * @param where names the text in errors
     * @throws IllegalArgumentException when a part has no end
     */
    static <E extends Exception> String replace(String where, String text, Maker<E> maker) throws E {
        StringBuilder result = new StringBuilder();
        Matcher begin = BEGIN.matcher(text);
        int position = 0;
        while (begin.find(position)) {
            String name = begin.group(1);
            String endMark = "<!-- end " + name + " -->";
            int end = text.indexOf(endMark, begin.end());
            if (end < 0) {
                throw new IllegalArgumentException(where + ": there is no " + endMark + " behind " + begin.group());
            }
            result.append(text, position, begin.end())
                    .append("\n\n")
                    .append(maker.make(name).strip())
                    .append("\n\n")
                    .append(endMark);
            position = end + endMark.length();
        }
        return result.append(text.substring(position)).toString();
    }
}
