package io.github.xrayd.cli.log;

import org.slf4j.event.Level;

/** How an event looks as a line. Called by one thread at a time. */
interface LineFormat {
    /** Characters of text written of one event for developers; more than the largest datagram. */
    int DEBUG_LENGTH_MAX = 128 << 10;

    /** Characters of text written of any other event. */
    int TEXT_LENGTH_MAX = 2_000;

    /** The line in UTF-8, its line feed included. */
    byte[] line(long epochMs, LogEvent event);

    /** The text, cut where it is longer than its level allows. */
    static String limited(LogEvent event) {
        String text = event.text();
        int lengthMax = event.level().toInt() < Level.INFO.toInt() ? DEBUG_LENGTH_MAX : TEXT_LENGTH_MAX;
        if (text.length() <= lengthMax) {
            return text + event.note();
        }
        int end = Character.isHighSurrogate(text.charAt(lengthMax - 1)) ? lengthMax - 1 : lengthMax;
        return text.substring(0, end) + "… (" + (text.length() - end) + " more characters)" + event.note();
    }
}
