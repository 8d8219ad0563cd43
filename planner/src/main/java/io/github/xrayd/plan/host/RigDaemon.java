package io.github.xrayd.plan.host;

import io.github.xrayd.child.ChildDaemon;
import io.github.xrayd.child.ChildDaemonException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The installed daemon while it is measured. Closing ends it. */
final class RigDaemon implements AutoCloseable {
    private final ChildDaemon daemon;
    private final ProcessStat stat;

    /** Starts it, and returns when it could upload. */
    RigDaemon(Path command, URI endpoint, List<String> flags) throws RigException, InterruptedException {
        List<String> all = new ArrayList<>(List.of("-l", "prod"));
        all.addAll(flags);
        try {
            daemon = ChildDaemon.start(command, endpoint, all, "");
        } catch (ChildDaemonException e) {
            throw new RigException(String.valueOf(e.getMessage()), e);
        }
        stat = new ProcessStat(daemon.pid());
    }

    InetSocketAddress udp() {
        return daemon.udp();
    }

    ProcessStat stat() {
        return stat;
    }

    void requireAlive() throws RigException {
        if (!daemon.isAlive()) {
            throw new RigException("the daemon ended" + daemon.lastWords(), null);
        }
    }

    /** Ends it at once: what it still holds belongs to the measurement. */
    @Override
    public void close() {
        stat.close();
        daemon.close();
    }
}
