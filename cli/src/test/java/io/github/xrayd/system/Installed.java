package io.github.xrayd.system;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.xrayd.child.DaemonCommand;
import io.github.xrayd.child.DaemonProcess;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** The packaged daemon. {@code -Dxrayd.home=FOLDER} takes another installation than {@code target/xray}. */
final class Installed {
    /** The installation's folder. */
    static final Path HOME =
            Path.of(System.getProperty("xrayd.home", "target/xray")).toAbsolutePath();

    private Installed() {}

    /**
     * Where a daemon runs.
     *
     * @param home its installation
     * @param before the words of a program that becomes the daemon or stays its parent, such as {@code prlimit}
     * @param environment more variables; one that is empty is taken out
     */
    record Host(Path home, List<String> before, Map<String, String> environment) {
        /** The usual installation, started by another program. */
        static Host by(String... before) {
            return by(List.of(before));
        }

        /** The same with its words in a list. */
        static Host by(List<String> before) {
            return new Host(HOME, before, Map.of());
        }
    }

    /** Starts it with more flags, on the Java that runs the test, and returns as soon as its UDP port is bound. */
    static DaemonProcess start(URI endpoint, String... flags) throws Exception {
        return start(Host.by(), endpoint, flags);
    }

    /** The same on another host. */
    static DaemonProcess start(Host host, URI endpoint, String... flags) throws Exception {
        Path command = host.home().resolve("bin").resolve("xray");
        assertTrue(Files.isExecutable(command), command + " is missing: run mvn -DskipTests package");
        DaemonCommand daemon =
                DaemonCommand.of(command, endpoint).flags(List.of(flags)).wrapper(host.before());
        host.environment().forEach(daemon::environment);
        return daemon.start();
    }
}
