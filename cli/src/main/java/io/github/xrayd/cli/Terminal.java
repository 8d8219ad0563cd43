package io.github.xrayd.cli;

import java.io.Console;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The terminal that standard output or error is connected to, if it is one. */
final class Terminal {
    private static final Path STANDARD_INPUT = Path.of("/proc/self/fd/0");
    private static final Path STANDARD_OUTPUT = Path.of("/proc/self/fd/1");
    private static final Path STANDARD_ERROR = Path.of("/proc/self/fd/2");
    private static final int COLUMNS_DEFAULT = 80;
    private static final int COLUMNS_MIN = 20;
    private static final int COLUMNS_MAX = 500;
    private static final int STTY_SECONDS_MAX = 2;

    private Terminal() {}

    /**
     * The width of the terminal behind standard error, or 0 when there is none.
     *
     * @param environment asked for {@code COLUMNS} where the terminal does not say its width
     */
    static int columns(Map<String, String> environment) throws InterruptedException {
        return columns(STANDARD_ERROR, environment);
    }

    /** The same of the terminal behind standard output. */
    static int outputColumns(Map<String, String> environment) throws InterruptedException {
        return columns(STANDARD_OUTPUT, environment);
    }

    private static int columns(Path descriptor, Map<String, String> environment) throws InterruptedException {
        Path device = device(descriptor);
        if (device == null) {
            return 0;
        }
        int columns = number(size(device));
        if (columns == 0) {
            columns = number(environment.getOrDefault("COLUMNS", ""));
        }
        return columns < COLUMNS_MIN ? COLUMNS_DEFAULT : Math.min(columns, COLUMNS_MAX);
    }

    /**
     * Whether standard output is a terminal, and whoever looks at it did not ask for plain text (https://no-color.org).
     */
    static boolean isColoured(Map<String, String> environment) {
        return isOutTerminal()
                && environment.getOrDefault("NO_COLOR", "").isEmpty()
                && !environment.getOrDefault("TERM", "").equals("dumb");
    }

    /** Whether standard output is a terminal. */
    static boolean isOutTerminal() {
        return device(STANDARD_OUTPUT) != null;
    }

    /** Whether standard input and output are a terminal, so that a question can be asked. */
    static boolean isInteractive() {
        return isOutTerminal() && device(STANDARD_INPUT) != null;
    }

    private static @Nullable Path device(Path descriptor) {
        try {
            Path target = Files.readSymbolicLink(descriptor);
            return target.startsWith("/dev") && !target.endsWith("null") ? target : null;
        } catch (IOException | UnsupportedOperationException e) {
            // Not Linux: the JDK knows only whether standard input and output are a terminal.
            return isConsole() ? Path.of("/dev/tty") : null;
        }
    }

    @SuppressWarnings("SystemConsoleNull") // Both ways to have no terminal are asked for: Java 17's and Java 22's.
    private static boolean isConsole() {
        Console console = System.console();
        if (console == null) {
            return false;
        }
        try {
            return (Boolean) Console.class.getMethod("isTerminal").invoke(console);
        } catch (NoSuchMethodException e) {
            return true;
        } catch (ReflectiveOperationException e) {
            return false;
        }
    }

    /** What {@code stty size} prints: rows and columns; empty when it cannot say. */
    private static String size(Path device) throws InterruptedException {
        try {
            Process stty = new ProcessBuilder("stty", "size")
                    .redirectInput(new File(device.toString()))
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            String text = new String(stty.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return stty.waitFor(STTY_SECONDS_MAX, TimeUnit.SECONDS) && stty.exitValue() == 0 ? text : "";
        } catch (IOException e) {
            // There is no stty, or the device cannot be opened.
            return "";
        }
    }

    private static int number(String text) {
        String last = text.strip().substring(text.strip().lastIndexOf(' ') + 1);
        return last.matches("\\d{1,5}") ? Integer.parseInt(last) : 0;
    }
}
