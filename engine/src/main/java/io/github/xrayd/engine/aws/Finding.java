package io.github.xrayd.engine.aws;

/**
 * What one check showed.
 *
 * @param check what was looked at, one word or two
 * @param state how it is
 * @param detail what was seen, in one line
 * @param advice what to do; empty when there is nothing to do
 */
public record Finding(String check, State state, String detail, String advice) {
    /** How it is, from best to worst. */
    public enum State {
        /** As it should be. */
        OK("ok"),
        /** Not looked at, because something before it failed. */
        SKIPPED("skipped"),
        /** It works, or may work; it deserves a look. */
        WARNING("warning"),
        /** The daemon cannot do its work so. */
        FAILED("FAILED");

        private final String word;

        State(String word) {
            this.word = word;
        }

        /** As people read it. */
        public String word() {
            return word;
        }
    }

    /** A check that showed nothing to do. */
    public static Finding ok(String check, String detail) {
        return new Finding(check, State.OK, detail, "");
    }

    /** A check that showed something to look at. */
    public static Finding warning(String check, String detail, String advice) {
        return new Finding(check, State.WARNING, detail, advice);
    }

    /** A check that showed what keeps the daemon from its work. */
    public static Finding failed(String check, String detail, String advice) {
        return new Finding(check, State.FAILED, detail, advice);
    }
}
