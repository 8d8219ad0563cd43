package io.github.xrayd.engine.receive;

import io.github.xrayd.engine.run.Java22;
import java.lang.reflect.Method;
import java.nio.channels.DatagramChannel;
import org.jspecify.annotations.Nullable;

/**
 * Whether this process can read a socket by the C library's {@code recvmmsg}, and if not, why. The calls are made by
 * {@code ForeignSocketCalls}, see {@link Java22}. Linux only.
 */
final class NativeReceive {
    private static final String IMPLEMENTATION = "io.github.xrayd.engine.receive.ForeignSocketCalls";
    private static final NativeReceive NOT_ASKED_FOR = new NativeReceive(Java22.unavailable("not asked for"));

    private final Java22<SocketCalls> implementation;

    private NativeReceive(Java22<SocketCalls> implementation) {
        this.implementation = implementation;
    }

    /** Finds the implementation and links it, which takes some milliseconds the first time. */
    static NativeReceive instance() {
        String system = System.getProperty("os.name", "");
        return new NativeReceive(
                system.equals("Linux")
                        ? Java22.find(IMPLEMENTATION, SocketCalls.class)
                        : Java22.unavailable("only on Linux, this is " + system));
    }

    static NativeReceive notAskedFor() {
        return NOT_ASKED_FOR;
    }

    boolean isAvailable() {
        return implementation.isAvailable();
    }

    /** Why it is not available, or an empty string. */
    String reason() {
        return implementation.reason();
    }

    /** The calls for one socket, or null when they are not available. */
    @Nullable
    SocketCalls newCalls() {
        return implementation.newInstance();
    }

    /** The channel's file descriptor, or -1 when this Java keeps it to itself. */
    static int descriptor(DatagramChannel channel) {
        try {
            Method method = Class.forName("sun.nio.ch.SelChImpl").getMethod("getFDVal");
            return (int) method.invoke(channel);
        } catch (ReflectiveOperationException | RuntimeException e) {
            return -1;
        }
    }
}
