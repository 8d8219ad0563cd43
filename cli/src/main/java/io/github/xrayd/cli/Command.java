package io.github.xrayd.cli;

/** A sub-command of {@code xray}. */
interface Command {
    /**
     * Does it.
     *
     * @param invocation the call, whose words are those after the sub-command's name
     * @return the exit code
     */
    int run(Invocation invocation);
}
