package io.github.xrayd.cli;

import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;

/** A sub-command whose options picocli reads. For one call. */
abstract class PicocliCommand implements Command, Callable<Integer> {
    private @Nullable Invocation invocation;

    @Override
    public final int run(Invocation theInvocation) {
        invocation = theInvocation;
        return Picocli.run(line(), theInvocation);
    }

    /** What reads the options. */
    CommandLine line() {
        return new CommandLine(this);
    }

    @Override
    public final Integer call() throws Exception {
        return call(invocation());
    }

    /** The call that is being made. */
    final Invocation invocation() {
        return Objects.requireNonNull(invocation);
    }

    /**
     * Does its work, when the options are read.
     *
     * @return the exit code
     * @throws IllegalArgumentException when the options do not fit together; the message says what to mend
     * @throws Exception when it cannot do its work; the message says why
     */
    abstract int call(Invocation call) throws Exception;
}
