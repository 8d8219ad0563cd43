package io.github.xrayd.sandbox;

/** Makes text from documents fit for a terminal. */
final class TerminalText {
    private TerminalText() {}

    /**
     * At most {@code lengthMax} characters, with control and format characters and lone surrogates replaced by a middle
     * dot.
     */
    static String harmless(String text, int lengthMax) {
        StringBuilder out = new StringBuilder(Math.min(text.length(), lengthMax));
        int i = 0;
        while (i < text.length()) {
            int c = text.codePointAt(i);
            i += Character.charCount(c);
            if (out.length() >= lengthMax - 1 && i < text.length()) {
                return out.append('…').toString();
            }
            out.appendCodePoint(isHarmless(c) ? c : '·');
        }
        return out.toString();
    }

    private static boolean isHarmless(int codePoint) {
        return switch (Character.getType(codePoint)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED -> false;
            default -> true;
        };
    }
}
