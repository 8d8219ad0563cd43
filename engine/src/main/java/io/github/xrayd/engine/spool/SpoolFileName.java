package io.github.xrayd.engine.spool;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The names of the files in a spool directory. */
final class SpoolFileName {
    static final String LOCK = "xrayd.lock";
    static final String SPOOL = ".spool";
    static final String ACKS = ".ack";
    static final String QUARANTINED = ".quarantined";
    static final long NUMBER_MAX = Integer.MAX_VALUE;

    private static final Pattern NAME = Pattern.compile("([0-9]{10})(\\.spool|\\.ack|\\.spool\\.quarantined)");

    private SpoolFileName() {}

    static String spool(long number) {
        return String.format(Locale.ROOT, "%010d%s", number, SPOOL);
    }

    static String acks(long number) {
        return String.format(Locale.ROOT, "%010d%s", number, ACKS);
    }

    /** The number a file's name starts with, or -1 when the spool did not make the file. */
    static long number(String name) {
        Matcher matcher = NAME.matcher(name);
        long number = matcher.matches() ? Long.parseLong(name.substring(0, 10)) : -1;
        return number <= NUMBER_MAX ? number : -1;
    }
}
