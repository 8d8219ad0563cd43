package io.github.xrayd.cli.log;

/** A throwable as words: its chain of causes on one line, or its stack. */
final class ErrorText {
    private static final int CAUSES_MAX = 8;
    private static final int FRAMES_MAX = 64;

    private ErrorText() {}

    /** The text with the causes after it that it does not name already. */
    static String withCauses(String text, Throwable error) {
        StringBuilder all = new StringBuilder(text);
        String separator = ": ";
        Throwable each = error;
        for (int i = 0; each != null && i < CAUSES_MAX; i++) {
            String words = words(each);
            String message = each.getMessage();
            if (all.indexOf(words) < 0 && (message == null || message.isEmpty() || all.indexOf(message) < 0)) {
                all.append(all.length() == 0 ? "" : separator).append(words);
            }
            separator = ", caused by ";
            each = each.getCause();
        }
        return all.toString();
    }

    /** Frames by lines; what a message brings is escaped. */
    static String stack(Throwable error) {
        StringBuilder all = new StringBuilder(2048);
        Throwable each = error;
        for (int i = 0; each != null && i < CAUSES_MAX; i++) {
            all.append(i == 0 ? "\t" : "\n\tcaused by ");
            LogText.escape(words(each), all);
            StackTraceElement[] frames = each.getStackTrace();
            int shown = Math.min(frames.length, FRAMES_MAX);
            for (int j = 0; j < shown; j++) {
                all.append("\n\t\tat ").append(frames[j]);
            }
            if (shown < frames.length) {
                all.append("\n\t\t… ").append(frames.length - shown).append(" more");
            }
            each = each.getCause();
        }
        return all.toString();
    }

    private static String words(Throwable error) {
        try {
            return error.toString();
        } catch (RuntimeException e) {
            return error.getClass().getName();
        }
    }
}
