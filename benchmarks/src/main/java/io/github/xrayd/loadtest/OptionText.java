package io.github.xrayd.loadtest;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads the words of the command line that picocli does not know. Pure. */
final class OptionText {
    private static final Pattern DURATION = Pattern.compile("(\\d{1,9})(ms|s|m|h)");

    private OptionText() {}

    /**
     * Reads {@code 500ms}, {@code 10s}, {@code 2m} or {@code 1h}.
     *
     * @throws IllegalArgumentException when it is none of these
     */
    static Duration duration(String text) {
        Matcher matcher = DURATION.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("\"" + text + "\" is no time: write 500ms, 10s, 2m or 1h");
        }
        long value = Long.parseLong(matcher.group(1));
        return switch (matcher.group(2)) {
            case "ms" -> Duration.ofMillis(value);
            case "s" -> Duration.ofSeconds(value);
            case "m" -> Duration.ofMinutes(value);
            default -> Duration.ofHours(value);
        };
    }

    /**
     * Reads numbers with commas between them; {@code word} stands for 0.
     *
     * @throws IllegalArgumentException when one of them is none, or below 0
     */
    static List<Integer> numbers(String option, String text, String word) {
        List<Integer> numbers = new ArrayList<>();
        for (String part : text.split(",", -1)) {
            try {
                int number = part.strip().equals(word) ? 0 : Integer.parseInt(part.strip());
                if (number < 0) {
                    throw new NumberFormatException("negative");
                }
                numbers.add(number);
            } catch (NumberFormatException e) {
                throw new IllegalArgumentException(
                        option + " takes whole numbers from 0 with commas between them"
                                + (word.isEmpty() ? "" : ", or " + word) + ", not \"" + part + "\"",
                        e);
            }
        }
        return numbers;
    }

    /** Splits flags at blanks; nothing is quoted. */
    static List<String> flags(String text) {
        return text.isBlank() ? List.of() : List.of(text.strip().split("\\s+", -1));
    }
}
