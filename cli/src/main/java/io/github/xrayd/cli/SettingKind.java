package io.github.xrayd.cli;

import io.github.xrayd.engine.receive.Networks;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.StringJoiner;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What a setting's text may be; checks a text and brings it into one spelling. */
final class SettingKind {
    /** Any text. */
    static final SettingKind TEXT = new SettingKind(Form.TEXT, "text", List.of(), 0, 0);
    /** A file. */
    static final SettingKind PATH = new SettingKind(Form.TEXT, "path", List.of(), 0, 0);
    /** A host and a port; resolved when it is used. */
    static final SettingKind ADDRESS = new SettingKind(Form.TEXT, "host:port", List.of(), 0, 0);
    /** The same, or {@code off}; resolved when it is used. */
    static final SettingKind ADDRESS_OR_OFF = new SettingKind(Form.TEXT, "host:port, off", List.of(), 0, 0);
    /** {@code true} or {@code false}, as Go's flag package spells them. */
    static final SettingKind SWITCH = new SettingKind(Form.SWITCH, "true or false", List.of(), 0, 0);
    /** A whole number in any of Go's notations. */
    static final SettingKind WHOLE = new SettingKind(Form.WHOLE, "number", List.of(), Long.MIN_VALUE, Long.MAX_VALUE);
    /** Bytes, 0 to 1 GiB. */
    static final SettingKind BYTES = new SettingKind(Form.BYTES, "bytes, K or M", List.of(), 0, 1L << 30);
    /** A time from 0 to 24 hours. */
    static final SettingKind DURATION = new SettingKind(Form.DURATION, "ms, s, m or h", List.of(), 0, 86_400_000L);
    /** {@code sampling}, {@code all} or paths. */
    static final SettingKind PATHS = new SettingKind(Form.PATHS, "sampling, all or paths", List.of(), 0, 0);

    /** Networks with their prefix lengths, or nothing. */
    static final SettingKind NETWORKS = new SettingKind(Form.NETWORKS, "networks", List.of(), 0, 0);

    /** Names with values. */
    static final SettingKind PROPERTIES = new SettingKind(Form.PROPERTIES, "name=value lines", List.of(), 0, 0);

    /** Headers of a request. */
    static final SettingKind HEADERS = new SettingKind(Form.HEADERS, "name=value,name=value", List.of(), 0, 0);

    private enum Form {
        TEXT,
        SWITCH,
        WHOLE,
        BYTES,
        DURATION,
        PATHS,
        NETWORKS,
        PROPERTIES,
        HEADERS,
        CHOICE
    }

    private static final Pattern SECRET = Pattern.compile("(?i)password|jaas|secret|token|credential|\\.key$");

    private final Form form;
    private final String text;
    private final List<String> choices;
    private final long min;
    private final long max;

    private SettingKind(Form form, String text, List<String> choices, long min, long max) {
        this.form = form;
        this.text = text;
        this.choices = choices;
        this.min = min;
        this.max = max;
    }

    /** One of some words, in any case. */
    static SettingKind choice(String... words) {
        return new SettingKind(Form.CHOICE, String.join(", ", words), List.of(words), 0, 0);
    }

    /** A whole number between two bounds, both inclusive. */
    static SettingKind whole(long min, long max) {
        return new SettingKind(Form.WHOLE, min + " to " + max, List.of(), min, max);
    }

    boolean isSwitch() {
        return form == Form.SWITCH;
    }

    /** The words of which it is one; empty when it is no choice. */
    List<String> choices() {
        return choices;
    }

    /** Whether a file may give it as a mapping. */
    boolean takesMapping() {
        return form == Form.PROPERTIES || form == Form.HEADERS;
    }

    boolean isWhole() {
        return form == Form.WHOLE;
    }

    /** What may be said, for the table of options. */
    @Override
    public String toString() {
        return text;
    }

    /**
     * Checks a text.
     *
     * @return the text in the spelling that the rest of the command reads
     * @throws BadValueException saying what is allowed
     */
    String check(String value) throws BadValueException {
        return switch (form) {
            case TEXT -> value;
            case SWITCH -> Boolean.toString(GoValues.bool(value));
            case WHOLE -> Long.toString(within(GoValues.whole(value)));
            case BYTES -> {
                within(bytes(value));
                yield value;
            }
            case DURATION -> {
                within(millis(value));
                yield value;
            }
            case CHOICE -> chosen(value);
            case PATHS -> paths(value);
            case NETWORKS -> networks(value);
            case PROPERTIES -> checkedProperties(value);
            case HEADERS -> HeaderList.check(value);
        };
    }

    private long within(long number) throws BadValueException {
        if (number < min || number > max) {
            throw new BadValueException(form == Form.WHOLE ? "must be " + text : outside());
        }
        return number;
    }

    private String outside() {
        return form == Form.BYTES ? "must be at most 1024M" : "must be at most 24h";
    }

    private String chosen(String value) throws BadValueException {
        String lower = value.toLowerCase(Locale.ROOT);
        if (!choices.contains(lower)) {
            throw new BadValueException("must be one of " + text);
        }
        return lower;
    }

    private static String networks(String value) throws BadValueException {
        if (!value.isEmpty()) {
            try {
                Networks.parse(value);
            } catch (IllegalArgumentException e) {
                throw new BadValueException(String.valueOf(e.getMessage()));
            }
        }
        return value;
    }

    private static String paths(String value) throws BadValueException {
        String lower = value.toLowerCase(Locale.ROOT);
        if (lower.equals("sampling") || lower.equals("all")) {
            return lower;
        }
        for (String path : value.split(",", -1)) {
            String trimmed = path.trim();
            if (trimmed.length() < 2 || trimmed.charAt(0) != '/') {
                throw new BadValueException("must be sampling, all, or API paths as /GetGroups,/GetInsight");
            }
        }
        return value;
    }

    private static String checkedProperties(String value) throws BadValueException {
        for (String line : value.lines().toList()) {
            if (!line.isBlank() && line.strip().indexOf('=') < 1) {
                throw new BadValueException("each line must be name=value");
            }
        }
        return value;
    }

    /**
     * The names and values of a text that {@link #PROPERTIES} has checked; of a name that is given twice, the last
     * value.
     */
    static Map<String, String> properties(String text) {
        Map<String, String> all = new LinkedHashMap<>();
        for (String line : text.lines().toList()) {
            int equals = line.indexOf('=');
            if (equals > 0) {
                all.put(
                        line.substring(0, equals).strip(),
                        line.substring(equals + 1).strip());
            }
        }
        return all;
    }

    /** A text as it may be shown: on one line, without what may be a secret. */
    String shown(String value) {
        if (form == Form.HEADERS) {
            return HeaderList.shown(value);
        }
        if (form != Form.PROPERTIES) {
            return value;
        }
        StringJoiner shown = new StringJoiner(", ");
        properties(value)
                .forEach((name, each) ->
                        shown.add(name + "=" + (SECRET.matcher(name).find() ? "(hidden)" : each)));
        return shown.toString();
    }

    /**
     * Bytes of a text such as {@code 4194304}, {@code 512K} or {@code 4M}.
     *
     * @throws BadValueException when it is not one
     */
    static long bytes(String value) throws BadValueException {
        int shift = 0;
        String digits = value;
        if (!value.isEmpty()) {
            switch (Character.toUpperCase(value.charAt(value.length() - 1))) {
                case 'K' -> shift = 10;
                case 'M' -> shift = 20;
                default -> {}
            }
            digits = shift == 0 ? value : value.substring(0, value.length() - 1);
        }
        Long number = decimal(digits);
        if (number == null) {
            throw new BadValueException("must be a number of bytes, as 4194304, 512K or 4M");
        }
        return number << shift;
    }

    /**
     * Milliseconds of a text such as {@code 10s}, {@code 500ms}, {@code 5m} or {@code 1m30s}; a bare number is seconds.
     *
     * @throws BadValueException when it is not one
     */
    static long millis(String value) throws BadValueException {
        long total = 0;
        int start = 0;
        boolean isBare = decimal(value) != null;
        String rest = isBare ? value + "s" : value;
        while (start < rest.length()) {
            int end = start;
            while (end < rest.length() && isDigit(rest.charAt(end))) {
                end++;
            }
            Long number = decimal(rest.substring(start, end));
            int unitEnd = end;
            while (unitEnd < rest.length() && !isDigit(rest.charAt(unitEnd))) {
                unitEnd++;
            }
            long unitMs = unitMs(rest.substring(end, unitEnd));
            if (number == null || unitMs == 0) {
                throw badDuration();
            }
            total += number * unitMs;
            start = unitEnd;
        }
        if (rest.isEmpty()) {
            throw badDuration();
        }
        return total;
    }

    private static BadValueException badDuration() {
        return new BadValueException("must be a time, as 500ms, 10s, 5m or 1h");
    }

    private static long unitMs(String unit) {
        return switch (unit) {
            case "ms" -> 1;
            case "s" -> 1_000;
            case "m" -> 60_000;
            case "h" -> 3_600_000;
            default -> 0;
        };
    }

    /** The value of one to nine digits, or null. */
    private static @Nullable Long decimal(String digits) {
        if (digits.isEmpty() || digits.length() > 9) {
            return null;
        }
        long number = 0;
        for (int i = 0; i < digits.length(); i++) {
            if (!isDigit(digits.charAt(i))) {
                return null;
            }
            number = number * 10 + digits.charAt(i) - '0';
        }
        return number;
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }
}
