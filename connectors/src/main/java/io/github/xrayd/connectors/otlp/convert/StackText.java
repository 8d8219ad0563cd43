package io.github.xrayd.connectors.otlp.convert;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Stack traces as each language prints them: from X-Ray's frames (path, line, label) to text, and from text to frames.
 */
final class StackText {
    private static final int FRAMES_MAX = 200;
    private static final int LINE_LENGTH_MAX = 400;
    private static final int LINES_MAX = 1_000;

    /** One line each: the label, then path and line. Bounded repetition only, on lines of bounded length. */
    private static final Pattern JAVA = Pattern.compile("\\s*at (?:[^(/]*/)*([^(/]+)\\(([^():]*)(?::(\\d{1,9}))?\\)");

    private static final Pattern PYTHON = Pattern.compile("\\s*File \"([^\"]*)\", line (\\d{1,9})(?:, in (.*))?");
    private static final Pattern NODE = Pattern.compile("\\s*at (?:(.*) \\()?([^()]*?):(\\d{1,9})(?::\\d{1,9})?\\)?");
    private static final Pattern DOTNET = Pattern.compile("\\s*at (.*?\\))(?: in (.*):line (\\d{1,9}))?");
    private static final Pattern GO = Pattern.compile("\\s*(\\S+?\\.(?:go|s)):(\\d{1,9})(?: .*)?");
    private static final Pattern RUBY = Pattern.compile("\\s*(?:from )?([^:]+):(\\d{1,9}):in [`'](.*)'");

    private StackText() {}

    /** The text of a stack; null when these are not frames. */
    static @Nullable String of(String type, String message, @Nullable Object stack, String language) {
        if (!(stack instanceof List<?> frames) || frames.isEmpty()) {
            return null;
        }
        String heading = message.isEmpty() ? type : type + ": " + message;
        boolean isPython = language.equals("python");
        StringBuilder text = new StringBuilder(isPython ? "Traceback (most recent call last):" : heading);
        for (int i = 0; i < frames.size(); i++) {
            // Python prints the innermost call last.
            Map<String, @Nullable Object> frame = JsonTree.asObject(frames.get(isPython ? frames.size() - 1 - i : i));
            if (frame == null) {
                return null;
            }
            appendFrame(text, text(frame, "path"), text(frame, "line"), text(frame, "label"), language);
        }
        if (isPython) {
            text.append('\n').append(heading);
        }
        String result = text.toString();
        return JsonTree.isWellFormed(result) ? result : null;
    }

    private static String text(Map<String, @Nullable Object> frame, String key) {
        Object value = frame.get(key);
        return value == null ? "" : value.toString();
    }

    private static void appendFrame(StringBuilder text, String path, String line, String label, String language) {
        String place = line.isEmpty() ? path : path + ':' + line;
        text.append('\n');
        switch (language) {
            case "python" ->
                text.append("  File \"")
                        .append(path)
                        .append("\", line ")
                        .append(line.isEmpty() ? "0" : line)
                        .append(", in ")
                        .append(label);
            case "ruby" -> text.append(place).append(":in `").append(label).append('\'');
            case "go" -> text.append(label).append("\n\t").append(place);
            case "dotnet" -> {
                text.append("   at ").append(label.endsWith(")") ? label : label + "()");
                if (!path.isEmpty()) {
                    text.append(" in ").append(path).append(":line ").append(line.isEmpty() ? "0" : line);
                }
            }
            case "nodejs" -> {
                if (label.isEmpty()) {
                    text.append("    at ").append(place);
                } else {
                    text.append("    at ")
                            .append(label)
                            .append(" (")
                            .append(place)
                            .append(')');
                }
            }
            default ->
                text.append("\tat ").append(label).append('(').append(place).append(')');
        }
    }

    /** The frames of a stack trace, innermost call first; lines that are no frame are passed over. */
    static List<@Nullable Object> frames(String text, String language) {
        List<@Nullable Object> frames = new ArrayList<>();
        String label = "";
        int from = 0;
        for (int lines = 0; lines < LINES_MAX && from < text.length() && frames.size() < FRAMES_MAX; lines++) {
            int end = text.indexOf('\n', from);
            int to = end < 0 ? text.length() : end;
            String line =
                    to - from > LINE_LENGTH_MAX ? "" : text.substring(from, to).stripTrailing();
            from = to + 1;
            if (language.equals("java") && line.startsWith("Caused by: ")) {
                break;
            }
            Map<String, @Nullable Object> frame = frame(line, language, label);
            if (frame != null) {
                frames.add(frame);
            }
            label = line.strip();
        }
        if (language.equals("python")) {
            java.util.Collections.reverse(frames);
        }
        return frames;
    }

    private static @Nullable Map<String, @Nullable Object> frame(String line, String language, String lineBefore) {
        return switch (language) {
            case "java", "php" -> frame(JAVA.matcher(line), 2, 3, 1);
            case "python" -> frame(PYTHON.matcher(line), 1, 2, 3);
            case "nodejs", "javascript", "webjs" -> frame(NODE.matcher(line), 2, 3, 1);
            case "dotnet" -> frame(DOTNET.matcher(line), 2, 3, 1);
            case "ruby" -> frame(RUBY.matcher(line), 1, 2, 3);
            case "go" -> {
                Map<String, @Nullable Object> frame = frame(GO.matcher(line), 1, 2, 0);
                if (frame != null) {
                    frame.put("label", lineBefore);
                }
                yield frame;
            }
            default -> null;
        };
    }

    private static @Nullable Map<String, @Nullable Object> frame(Matcher matcher, int path, int line, int label) {
        if (!matcher.matches()) {
            return null;
        }
        Map<String, @Nullable Object> frame = new LinkedHashMap<>();
        frame.put("path", matcher.group(path) == null ? "" : matcher.group(path));
        frame.put("line", JsonNumber.of(matcher.group(line) == null ? 0 : Long.parseLong(matcher.group(line))));
        frame.put("label", matcher.group(label) == null ? "" : matcher.group(label));
        return frame;
    }
}
