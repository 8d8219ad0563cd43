package io.github.xrayd.engine;

import io.github.xrayd.engine.telemetry.Ledger;
import java.net.InetSocketAddress;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * One running daemon: sockets, pipelines, backend and TCP port.
 *
 * <p>Made by {@link #start}, which returns when the UDP port is bound and receiving; the backend is built beside it. Ended once by
 * {@link #shutdown}. All methods may be called from any thread.
 */
@SuppressWarnings("DoNotCallSuggester")
public final class Engine {
    private Engine() {}

    /**
     * Binds the sockets and starts receiving.
     *
     * @throws StartException when the address cannot be bound, or the memory limit is too small
     */
    public static Engine start(EngineConfig config) throws StartException {
        throw new StartException("Not wired: " + config);
    }

    /**
     * Waits until the backend is there (region found, client built).
     *
     * @throws StartException when it cannot be, for example without a region
     */
    public void awaitBackend() throws StartException, InterruptedException {}

    /** The UDP address that is bound. */
    public InetSocketAddress udpAddress() {
        throw new IllegalStateException();
    }

    /** The TCP address that is bound, or null when the TCP port is off or could not be bound. */
    public @Nullable InetSocketAddress tcpAddress() {
        return null;
    }

    /** Where every datagram is, at this moment. */
    public Ledger ledger() {
        throw new IllegalStateException();
    }

    /**
     * Drains what the kernel still holds, stops receiving, flushes, uploads until done or until {@code timeout} has passed, and
     * frees everything. A second call returns the first one's result.
     *
     * @return the final ledger, in which nothing is held
     */
    public Ledger shutdown(Duration timeout) {
        throw new IllegalStateException("Not wired: " + timeout);
    }

    /** Ends the wait of a running {@link #shutdown} now, as a second SIGTERM does; what is left is abandoned and counted. */
    public void hurry() {}
}
