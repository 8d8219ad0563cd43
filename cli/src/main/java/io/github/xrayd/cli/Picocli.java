package io.github.xrayd.cli;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.TypeConversionException;

/** Runs a sub-command whose options picocli reads. */
final class Picocli {
    private Picocli() {}

    /**
     * Reads the options into {@code command} and calls it.
     *
     * @param command an annotated {@code Callable<Integer>}
     * @param subcommands annotated in the same way, each chosen by its name as the first word
     * @return the exit code
     */
    static int run(Object command, Invocation invocation, Object... subcommands) {
        CommandLine line = new CommandLine(command);
        for (Object subcommand : subcommands) {
            line.addSubcommand(subcommand);
        }
        return run(line, invocation);
    }

    /** The same for a command to which options were added. */
    static int run(CommandLine line, Invocation invocation) {
        line.getCommandSpec().version("AWS X-Ray daemon version: v" + Version.text());
        line.registerConverter(Duration.class, Picocli::duration);
        line.setCaseInsensitiveEnumValuesAllowed(true);
        line.setOut(new PrintWriter(invocation.out(), true, StandardCharsets.UTF_8));
        line.setErr(new PrintWriter(invocation.err(), true, StandardCharsets.UTF_8));
        line.setParameterExceptionHandler((error, words) -> onWrongOptions(error, invocation));
        line.setExecutionExceptionHandler((error, failed, parsed) -> {
            // What was under way may have ended by whatever an interrupted thread gets from the JDK.
            if (Thread.interrupted()
                    || error instanceof InterruptedException
                    || error instanceof CancellationException) {
                failed.getErr().println(failed.getCommandSpec().qualifiedName() + ": interrupted");
                return Invocation.INTERRUPTED;
            }
            if (error instanceof RuntimeException && !(error instanceof IllegalArgumentException)) {
                throw error;
            }
            failed.getErr().println(failed.getCommandSpec().qualifiedName() + ": " + error.getMessage());
            return error instanceof IllegalArgumentException ? Invocation.USAGE : Invocation.FAILED;
        });
        return line.execute(invocation.arguments().toArray(new String[0]));
    }

    /** Says what is wrong and where help is; the help itself would scroll it away. */
    private static int onWrongOptions(ParameterException error, Invocation invocation) {
        String name = error.getCommandLine().getCommandSpec().qualifiedName();
        return invocation.wrongUsage(name, String.valueOf(error.getMessage()));
    }

    private static Duration duration(String text) {
        try {
            return Duration.ofMillis(SettingKind.millis(text));
        } catch (BadValueException e) {
            throw new TypeConversionException("\"" + text + "\" " + e.getMessage());
        }
    }
}
