package io.github.xrayd.cli;

import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * One call of the command, with all that it may see of its process.
 *
 * @param arguments the words of the command line
 * @param environment the environment variables
 * @param directory what relative paths are resolved against
 * @param out standard output
 * @param err standard error
 */
record Invocation(
        List<String> arguments, Map<String, String> environment, Path directory, PrintStream out, PrintStream err) {
    /** The call worked. */
    static final int OK = 0;

    /** The daemon could not start, or a command could not do its work. */
    static final int FAILED = 1;

    /** The command line was wrong. */
    static final int USAGE = 2;

    /** The exit code of a process that ran out of heap. */
    static final int OUT_OF_MEMORY = 3;
    /** The call was ended by Ctrl-C, as a shell reports it: 128 and the signal's number. */
    static final int INTERRUPTED = 130;

    /**
     * Says what is wrong with the call and where help is; the help itself would scroll the message away.
     *
     * @param command its name, as {@code xray doctor}
     * @return the exit code
     */
    int wrongUsage(String command, String message) {
        err.println(command + ": " + message);
        err.println("Try '" + command + " --help'.");
        return USAGE;
    }

    /** Whether the first argument asks for help. */
    boolean isHelp() {
        return !arguments.isEmpty() && List.of("-h", "-help", "--help").contains(arguments.get(0));
    }

    /** The same call without its first word. */
    Invocation rest() {
        return new Invocation(arguments.subList(1, arguments.size()), environment, directory, out, err);
    }
}
