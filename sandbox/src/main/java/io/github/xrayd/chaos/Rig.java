package io.github.xrayd.chaos;

import io.github.xrayd.sandbox.Fault;
import io.github.xrayd.sandbox.Sandbox;
import io.github.xrayd.sandbox.SandboxConfig;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the daemon sends to: an endpoint on loopback and, where a scenario needs one, a proxy before it. */
final class Rig implements AutoCloseable {
    private static final String SEGMENTS = "PutTraceSegments";

    private final AdjustableClock clock = new AdjustableClock();
    private final Sandbox sandbox;
    private final @Nullable MisbehavingProxy proxy;

    private Rig(long seed, boolean isProxied) throws IOException {
        sandbox = Sandbox.start(SandboxConfig.builder()
                .keepDocuments(false)
                .threads(32)
                .clock(clock)
                .build());
        sandbox.faults().seed(seed);
        proxy = isProxied
                ? MisbehavingProxy.start(
                        new InetSocketAddress(
                                InetAddress.getLoopbackAddress(),
                                sandbox.endpoint().getPort()),
                        seed)
                : null;
    }

    /** Starts endpoint and proxy, well behaved. */
    static Rig start(long seed, boolean isProxied) throws IOException {
        return new Rig(seed, isProxied);
    }

    /** Where the daemon sends to. */
    URI endpoint() {
        return proxy == null ? sandbox.endpoint() : proxy.endpoint();
    }

    Sandbox sandbox() {
        return sandbox;
    }

    MisbehavingProxy proxy() {
        if (proxy == null) {
            throw new IllegalStateException("This scenario has no proxy");
        }
        return proxy;
    }

    /** Makes uploads fail as told, each with its own share. */
    void fail(Fault... faults) {
        List<Fault> onSegments = new ArrayList<>();
        for (Fault fault : faults) {
            onSegments.add(fault.on(SEGMENTS));
        }
        sandbox.faults().set(onSegments);
    }

    /** The service's clock runs ahead of the daemon's, for signatures and in answers. */
    void setServiceAhead(Duration ahead) {
        clock.setAhead(ahead);
        proxy().shiftDates(ahead);
    }

    /** Makes all well again. */
    void behave() throws IOException, InterruptedException {
        sandbox.faults().clear();
        clock.setAhead(Duration.ZERO);
        if (proxy != null) {
            proxy.behave();
        }
    }

    /** To how many requests or pieces something has happened. */
    long struck() {
        return sandbox.faults().struck() + (proxy == null ? 0 : proxy.struck());
    }

    @Override
    public void close() {
        if (proxy != null) {
            proxy.close();
        }
        sandbox.close();
    }
}
