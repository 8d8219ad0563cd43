package io.github.xrayd.cli;

/** The configuration file or the environment holds an invalid value; the message names it and where. Exit code 1. */
final class ConfigException extends Exception {
    private static final long serialVersionUID = 1L;

    /** What is wrong, as one line: control characters of the file it quotes become blanks. */
    ConfigException(String message) {
        super(message.replaceAll("\\p{Cntrl}+", " "));
    }
}
