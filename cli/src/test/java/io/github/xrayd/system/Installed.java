package io.github.xrayd.system;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.xrayd.child.DaemonCommand;
import io.github.xrayd.child.DaemonProcess;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The packaged daemon. {@code -Dxrayd.home=FOLDER} takes another installation than {@code target/xray}. */
final class Installed {
    private static final Path COMMAND = Path.of(System.getProperty("xrayd.home", "target/xray"), "bin", "xray")
            .toAbsolutePath();

    private Installed() {}

    /** Starts it with more flags, on the Java that runs the test, and returns as soon as its UDP port is bound. */
    static DaemonProcess start(URI endpoint, String... flags) throws Exception {
        return startBy(List.of(), endpoint, flags);
    }

    /** As {@link #start}, by a program that is given the daemon's command and stays its parent or becomes the daemon. */
    static DaemonProcess startBy(List<String> starter, URI endpoint, String... flags) throws Exception {
        assertTrue(Files.isExecutable(COMMAND), COMMAND + " is missing: run mvn -DskipTests package");
        return DaemonCommand.of(COMMAND, endpoint)
                .flags(List.of(flags))
                .wrapper(starter)
                .start();
    }
}
