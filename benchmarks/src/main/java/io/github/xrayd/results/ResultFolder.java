package io.github.xrayd.results;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * One folder {@code perf-results/DATE-NAME}: {@code command.txt}, {@code environment.json}, and the raw figures beside
 * them.
 *
 * <p>A folder is never written over: the second of a day and name gets {@code -2} at its end.
 */
public final class ResultFolder {
    /** The folder's command line. */
    public static final String COMMAND = "command.txt";

    /** The folder's machine and time. */
    public static final String ENVIRONMENT = "environment.json";

    private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9.-]{0,60}");
    private static final int NUMBER_MAX = 1_000;

    private final Path path;

    private ResultFolder(Path path) {
        this.path = path;
    }

    /** The project's root: the system property {@code xrayd.root}, or the working directory. */
    public static Path root() {
        return Path.of(System.getProperty("xrayd.root", "")).toAbsolutePath().normalize();
    }

    /** Where all result folders are by default. */
    public static Path home() {
        return root().resolve("perf-results");
    }

    /**
     * The command that was given to Maven, as far as its arguments are known from the environment variable
     * {@code XRAYD_ARGS}.
     *
     * @param command its start, such as {@code mvn -pl benchmarks jmh}
     * @param property the Maven property that holds the arguments
     */
    public static String command(String command, String property) {
        String arguments = System.getenv().getOrDefault("XRAYD_ARGS", "").strip();
        return arguments.isEmpty()
                ? command
                : command + " -D" + property + "=\"" + arguments.replace("\"", "\\\"") + "\"";
    }

    /**
     * Makes a new folder.
     *
     * @param home the folder it lies in
     * @param name what was measured: small letters, digits, dots and dashes
     * @param command the command that makes the figures again
     * @param environment what is to be known of machine and software
     * @throws IllegalArgumentException when the name is none
     */
    public static ResultFolder create(Path home, String name, String command, Map<String, ?> environment)
            throws IOException {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException(
                    "the name \"" + name + "\" is not 1 to 61 small letters, digits, dots or dashes");
        }
        Files.createDirectories(home);
        String base = LocalDate.now(ZoneOffset.UTC) + "-" + name;
        Path path = home.resolve(base);
        for (int number = 2; Files.exists(path); number++) {
            if (number > NUMBER_MAX) {
                throw new IOException(home + " has " + NUMBER_MAX + " folders of that name: move some away");
            }
            path = home.resolve(base + "-" + number);
        }
        Files.createDirectory(path);
        Files.writeString(path.resolve(COMMAND), command + "\n");
        JsonFiles.write(path.resolve(ENVIRONMENT), environment);
        return new ResultFolder(path);
    }

    /** The folder. */
    public Path path() {
        return path;
    }

    /** A file in it. */
    public Path file(String name) {
        return path.resolve(name);
    }
}
