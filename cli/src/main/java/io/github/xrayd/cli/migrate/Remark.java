package io.github.xrayd.cli.migrate;

/**
 * What becomes of one thing.
 *
 * @param kind what becomes of it
 * @param subject the key, flag or variable
 * @param message one line
 */
public record Remark(Kind kind, String subject, String message) {
    /** What may become of something. */
    public enum Kind {
        /** It means the same. */
        SAME("same"),
        /** It is written otherwise than it was. */
        CHANGED("changed"),
        /** It is not written. */
        LEFT_OUT("left out"),
        /** It is read from the environment by both; it stays there. */
        STAYS("stays"),
        /** Nobody gave it, and what holds then is not the same. */
        DEFAULT("default"),
        /** What xrayd has more, and leaves off. */
        ADDED("added"),
        /** Something for users to do or to look at. */
        TO_DO("to do");

        private final String word;

        Kind(String word) {
            this.word = word;
        }

        /** The word for users. */
        public String word() {
            return word;
        }
    }
}
