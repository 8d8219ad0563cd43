package io.github.xrayd.cli;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.function.Consumer;

/**
 * The signals that the daemon answers.
 *
 * <p>The JDK handles signals only through {@code sun.misc.Signal}, which it supports but warns of at compile time
 * without a way to say that it is meant; so it is reached by reflection.
 */
final class Signals {
    private static final List<String> IGNORED = List.of("USR2", "ALRM", "VTALRM", "PROF", "IO", "PWR", "XCPU");

    private Signals() {}

    /** As below for commands, which write no reports. */
    static void install(Consumer<String> onStop, Runnable onHangUp) {
        install(onStop, onHangUp, () -> {});
    }

    /**
     * Takes over TERM, INT and, where the system has them, HUP and USR1. Others that would end the JVM by their default
     * action are ignored, as Go's runtime has the reference daemon ignore them. QUIT stays the JVM's, which prints its
     * threads: it refuses to give it away, with {@code -Xrs} too, which would take TERM, INT and HUP away instead. What
     * follows on it is asked for by {@link io.github.xrayd.engine.run.ThreadDumps}.
     *
     * @param onStop called on the signal's thread with the reference daemon's word for it
     * @param onHangUp called on the signal's thread
     * @param onReport called on the signal's thread
     */
    static void install(Consumer<String> onStop, Runnable onHangUp, Runnable onReport) {
        handle("TERM", () -> onStop.accept("terminated"));
        handle("INT", () -> onStop.accept("interrupt"));
        handle("HUP", onHangUp);
        handle("USR1", onReport);
        IGNORED.forEach(name -> handle(name, () -> {}));
    }

    private static void handle(String name, Runnable action) {
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            InvocationHandler invocation = (proxy, method, arguments) -> onCall(proxy, method, arguments, action);
            Object listener = Proxy.newProxyInstance(handler.getClassLoader(), new Class<?>[] {handler}, invocation);
            signal.getMethod("handle", signal, handler)
                    .invoke(null, signal.getConstructor(String.class).newInstance(name), listener);
        } catch (InvocationTargetException e) {
            // This system has no such signal, or the JVM was told to leave signals alone (-Xrs): the default action
            // stays.
            if (!(e.getCause() instanceof IllegalArgumentException)) {
                throw new IllegalStateException(e);
            }
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("this Java has no sun.misc.Signal", e);
        }
    }

    private static Object onCall(Object proxy, Method method, Object[] arguments, Runnable action) {
        return switch (method.getName()) {
            case "hashCode" -> System.identityHashCode(proxy);
            case "equals" -> proxy == arguments[0];
            case "toString" -> "signal handler";
            default -> {
                action.run();
                yield proxy;
            }
        };
    }
}
