package io.github.xrayd.cli.log;

/**
 * Writes a time as {@code 2026-11-21T05:38:02}, in UTC.
 *
 * <p>By hand, because {@code java.time.format} costs tens of milliseconds of the daemon's start. Keeps the last
 * second's text. Not thread-safe.
 */
final class UtcText {
    private long cachedSecond = Long.MIN_VALUE;
    private String cachedText = "";

    String second(long epochMs) {
        long epochSecond = Math.floorDiv(epochMs, 1000L);
        if (epochSecond != cachedSecond) {
            cachedText = render(epochSecond);
            cachedSecond = epochSecond;
        }
        return cachedText;
    }

    /**
     * The civil date of a day number, counted in 400-year eras that begin on 1 March (proleptic Gregorian calendar).
     */
    private static String render(long epochSecond) {
        long days = Math.floorDiv(epochSecond, 86_400L);
        int secondOfDay = (int) Math.floorMod(epochSecond, 86_400L);
        long shifted = days + 719_468;
        long era = Math.floorDiv(shifted, 146_097L);
        int dayOfEra = (int) Math.floorMod(shifted, 146_097L);
        int yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365;
        int dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100);
        int monthFromMarch = (5 * dayOfYear + 2) / 153;
        int day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1;
        int month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9;
        long year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0);

        StringBuilder text = new StringBuilder(20).append(year).append('-');
        two(text, month).append('-');
        two(text, day).append('T');
        two(text, secondOfDay / 3_600).append(':');
        two(text, secondOfDay / 60 % 60).append(':');
        return two(text, secondOfDay % 60).toString();
    }

    private static StringBuilder two(StringBuilder text, int value) {
        return text.append((char) ('0' + value / 10)).append((char) ('0' + value % 10));
    }
}
