package io.github.xrayd.cli.log;

/** How an event looks as a line. Called by one thread at a time. */
interface LineFormat {
    /** Characters of text written of one event; more than the largest datagram. */
    int TEXT_LENGTH_MAX = 128 << 10;

    /** The line in UTF-8, its line feed included. */
    byte[] line(long epochMs, LogEvent event);

    /** The text, cut where it is longer than {@link #TEXT_LENGTH_MAX}. */
    static String limited(String text) {
        if (text.length() <= TEXT_LENGTH_MAX) {
            return text;
        }
        int left = text.length() - TEXT_LENGTH_MAX;
        return text.substring(0, TEXT_LENGTH_MAX) + "… (" + left + " more characters)";
    }
}
