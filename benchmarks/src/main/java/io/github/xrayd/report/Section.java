package io.github.xrayd.report;

import java.io.IOException;

/** One part of the report: makes its text, and its plots into the folder it is given. */
@FunctionalInterface
interface Section {
    /**
     * The Markdown between the section's marks.
     *
     * @throws IOException when results cannot be read or a plot cannot be written
     */
    String markdown(Results results, Plots plots) throws IOException;

    /** What stands there when nobody has measured a set. */
    static String missing(String set) {
        return "Not measured yet: `mvn -q -pl benchmarks load-test -Dload-test.args=\"--set " + set + "\"`.\n";
    }

    /** Where a section's figures are from. */
    static String source(Iterable<Measured> all) {
        StringBuilder text = new StringBuilder("From");
        for (Measured each : all) {
            String link = " [" + each.folder() + "](" + each.folder() + "/)";
            if (text.indexOf(link) < 0) {
                text.append(text.length() == 4 ? "" : ",").append(link);
            }
        }
        return text.append(".\n").toString();
    }
}
