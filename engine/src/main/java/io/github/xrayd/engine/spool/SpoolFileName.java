package io.github.xrayd.engine.spool;

import java.util.Locale;

/** The names of the files in a spool directory. */
final class SpoolFileName {
    static final String LOCK = "xrayd.lock";
    static final String SPOOL = ".spool";
    static final String ACKS = ".ack";
    static final String QUARANTINED = ".quarantined";
    /** Record ids have 31 bits for the number. */
    static final long NUMBER_MAX = Integer.MAX_VALUE;

    private SpoolFileName() {}

    static String spool(long number) {
        return String.format(Locale.ROOT, "%010d%s", number, SPOOL);
    }

    static String acks(long number) {
        return String.format(Locale.ROOT, "%010d%s", number, ACKS);
    }

    static String quarantined(long number) {
        return spool(number) + QUARANTINED;
    }

    /** The number a file's name starts with, or -1 when the spool did not make the file. */
    static long number(String name) {
        if (name.length() < 12 || name.charAt(10) != '.') {
            return -1;
        }
        long number = 0;
        for (int i = 0; i < 10; i++) {
            int digit = name.charAt(i) - '0';
            if (digit < 0 || digit > 9) {
                return -1;
            }
            number = number * 10 + digit;
        }
        String kind = name.substring(10);
        boolean isOurs = kind.equals(SPOOL) || kind.equals(ACKS) || kind.equals(SPOOL + QUARANTINED);
        return isOurs && number <= NUMBER_MAX ? number : -1;
    }
}
