package io.github.xrayd.cli;

/**
 * An option that a sub-command has beside the daemon's.
 *
 * @param name with its dashes, as {@code --json}
 * @param label what stands for its value, as {@code FILE}; empty for a switch
 * @param help what it does
 */
record OwnOption(String name, String label, String help) {
    static final OwnOption JSON = new OwnOption("--json", "", "Print one JSON object.");

    boolean hasValue() {
        return !label.isEmpty();
    }

    /** As it is written in a help text. */
    String usage() {
        return hasValue() ? name + " " + label : name;
    }
}
