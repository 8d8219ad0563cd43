package io.github.xrayd.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** The project's version, as the build wrote it into the jar. */
final class Version {
    /** The official daemon's version that this one is compared with. */
    static final String REFERENCE = "3.6.6";

    private Version() {}

    /** The line that the official daemon prints. */
    static String line() {
        return "AWS X-Ray daemon version: v" + text() + System.lineSeparator();
    }

    /** The official daemon's line, and one that says what this is. */
    static String lines() {
        return line() + "xrayd " + text()
                + ", compatible with the official AWS X-Ray daemon " + REFERENCE + "; Java "
                + System.getProperty("java.version") + ", " + System.getProperty("os.name") + " "
                + System.getProperty("os.arch") + System.lineSeparator();
    }

    static String text() {
        try (InputStream in = Version.class.getResourceAsStream("version.txt")) {
            if (in == null) {
                throw new IllegalStateException("the jar has no version.txt");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).trim();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
