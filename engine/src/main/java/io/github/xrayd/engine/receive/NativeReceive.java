package io.github.xrayd.engine.receive;

import java.lang.reflect.Constructor;
import java.lang.reflect.Method;
import java.nio.channels.DatagramChannel;
import org.jspecify.annotations.Nullable;

/**
 * Whether this process can read a socket by the C library's {@code recvmmsg}, and if not, why.
 *
 * <p>The calls are made by {@code ForeignSocketCalls}, which needs the foreign-function API: it is compiled for Java 22
 * and lies in {@code META-INF/versions/22} of the engine's jar, where older Java does not look. A build without a JDK
 * 22 or later leaves it out. Linux only, and only with {@code --enable-native-access}.
 */
final class NativeReceive {
    private static final String IMPLEMENTATION = "io.github.xrayd.engine.receive.ForeignSocketCalls";
    private static final int JAVA_MIN = 22;
    private static final NativeReceive NOT_ASKED_FOR = new NativeReceive(null, "not asked for");

    private final @Nullable Constructor<? extends SocketCalls> implementation;
    private final String reason;

    private NativeReceive(@Nullable Constructor<? extends SocketCalls> implementation, String reason) {
        this.implementation = implementation;
        this.reason = reason;
    }

    /** Finds the implementation and links it, which takes some milliseconds the first time. */
    static NativeReceive instance() {
        String system = System.getProperty("os.name", "");
        if (!system.equals("Linux")) {
            return new NativeReceive(null, "only on Linux, this is " + system);
        }
        int feature = Runtime.version().feature();
        if (feature < JAVA_MIN) {
            return new NativeReceive(null, "needs Java " + JAVA_MIN + " or later, this is " + feature);
        }
        try {
            Constructor<? extends SocketCalls> found =
                    Class.forName(IMPLEMENTATION).asSubclass(SocketCalls.class).getDeclaredConstructor();
            found.newInstance();
            return new NativeReceive(found, "");
        } catch (ClassNotFoundException e) {
            return new NativeReceive(null, "this build was made without a JDK " + JAVA_MIN + " or later");
        } catch (ReflectiveOperationException | RuntimeException | LinkageError e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            return new NativeReceive(null, cause.toString());
        }
    }

    static NativeReceive notAskedFor() {
        return NOT_ASKED_FOR;
    }

    boolean isAvailable() {
        return implementation != null;
    }

    /** Why it is not available, or an empty string. */
    String reason() {
        return reason;
    }

    /** The calls for one socket, or null when they are not available. */
    @Nullable
    SocketCalls newCalls() {
        try {
            return implementation == null ? null : implementation.newInstance();
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
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
