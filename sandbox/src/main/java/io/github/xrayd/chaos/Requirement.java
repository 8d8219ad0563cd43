package io.github.xrayd.chaos;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** What a scenario needs of the machine. */
enum Requirement {
    NONE {
        @Override
        @Nullable
        String missing() {
            return null;
        }
    },
    SHELL {
        @Override
        @Nullable
        String missing() {
            return Files.isExecutable(Path.of("/bin/sh")) ? null : "needs /bin/sh and its ulimit";
        }
    },
    IPV6 {
        @Override
        @Nullable
        String missing() {
            try (DatagramSocket socket = new DatagramSocket(0, InetAddress.getByName("::1"))) {
                return socket.isBound() ? null : "needs IPv6";
            } catch (IOException e) {
                return "needs IPv6";
            }
        }
    },
    MEMORY_GROUP {
        @Override
        @Nullable
        String missing() {
            return missingGroup("memory");
        }
    },
    CPU_GROUP {
        @Override
        @Nullable
        String missing() {
            return missingGroup("cpu");
        }
    },
    PIDS_GROUP {
        @Override
        @Nullable
        String missing() {
            return missingGroup("pids");
        }
    };

    /** What is not there, in a few words, or null when the scenario can be tried. */
    abstract @Nullable String missing();

    static @Nullable String missingGroup(String controller) {
        try {
            ControlGroup.create(controller).close();
            return null;
        } catch (IOException e) {
            return "needs root and a writable control group (" + controller + ")";
        }
    }
}
