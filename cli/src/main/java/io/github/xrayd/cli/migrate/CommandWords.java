package io.github.xrayd.cli.migrate;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Command lines: their words, and where in them the daemon is. */
final class CommandWords {
    private static final Pattern PROGRAM =
            Pattern.compile("(?:.*[/\\\\])?(?:xray|xray_linux|xray_linux_arm64|xray_mac|xray_windows)(?:\\.exe)?");
    private static final Pattern ASSIGNMENT = Pattern.compile("([A-Za-z_][A-Za-z0-9_]*)=(.*)", Pattern.DOTALL);
    private static final Pattern VARIABLE =
            Pattern.compile("\\$(?:\\{([A-Za-z_][A-Za-z0-9_]*)}|([A-Za-z_][A-Za-z0-9_]*))");
    private static final int DEPTH_MAX = 4;

    private CommandWords() {}

    /**
     * The words of a line, with quotes and backslashes as a shell and systemd read them; variables stay as they are.
     */
    static List<String> split(String line) {
        List<String> words = new ArrayList<>();
        StringBuilder word = new StringBuilder();
        boolean isWord = false;
        char quote = 0;
        for (int i = 0; i < line.length(); i++) {
            char c = line.charAt(i);
            if (c == '\\' && quote != '\'' && i + 1 < line.length()) {
                word.append(line.charAt(++i));
                isWord = true;
            } else if (quote != 0) {
                if (c == quote) {
                    quote = 0;
                } else {
                    word.append(c);
                }
            } else if (c == '"' || c == '\'') {
                quote = c;
                isWord = true;
            } else if (Character.isWhitespace(c)) {
                if (isWord) {
                    words.add(word.toString());
                }
                word.setLength(0);
                isWord = false;
            } else {
                word.append(c);
                isWord = true;
            }
        }
        if (isWord) {
            words.add(word.toString());
        }
        return words;
    }

    /**
     * The words behind the daemon's name, through {@code env}, {@code sh -c} and {@code su -c}; null when the daemon is
     * not in them.
     *
     * @param environment gets the variables that stand before the name
     */
    static @Nullable List<String> behindProgram(List<String> words, Map<String, @Nullable String> environment) {
        return behindProgram(words, environment, 0);
    }

    private static @Nullable List<String> behindProgram(
            List<String> words, Map<String, @Nullable String> environment, int depth) {
        for (int i = 0; i < words.size(); i++) {
            String word = words.get(i);
            Matcher assignment = ASSIGNMENT.matcher(word);
            if (assignment.matches()) {
                environment.put(assignment.group(1), assignment.group(2));
            } else if (PROGRAM.matcher(word).matches()) {
                return words.subList(i + 1, words.size());
            } else if (word.contains(" ") && depth < DEPTH_MAX) {
                List<String> inner = behindProgram(split(word), environment, depth + 1);
                if (inner != null) {
                    return inner;
                }
            }
        }
        return null;
    }

    /** The words with the variables that are known in their place. */
    static List<String> expanded(List<String> words, Map<String, @Nullable String> environment) {
        return words.stream()
                .map(word -> VARIABLE.matcher(word).replaceAll(found -> {
                    String name = found.group(1) == null ? found.group(2) : found.group(1);
                    String value = environment.get(name);
                    return Matcher.quoteReplacement(value == null ? found.group() : value);
                }))
                .toList();
    }

    /** A line {@code NAME=VALUE}, put into the environment; false when it is none. */
    static boolean assign(String line, Map<String, @Nullable String> environment) {
        Matcher assignment = ASSIGNMENT.matcher(line);
        if (!assignment.matches()) {
            return false;
        }
        environment.put(assignment.group(1), assignment.group(2));
        return true;
    }

    /** Whether words name a variable whose value is not known. */
    static boolean hasVariable(String word) {
        return VARIABLE.matcher(word).find();
    }
}
