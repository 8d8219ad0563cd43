package io.github.xrayd.engine.run;

/**
 * Has the JVM tell when it has printed the stacks of its threads, which it does at SIGQUIT. It gives that signal to no
 * program, but its tool interface (JVMTI) has an event for it. {@code ForeignThreadDumps} asks for that one, see
 * {@link Java22}.
 */
public final class ThreadDumps {
    private static final String IMPLEMENTATION = "io.github.xrayd.engine.run.ForeignThreadDumps";

    private ThreadDumps() {}

    /** Asks the JVM. */
    interface Events {
        /**
         * Has the action run after each thread dump from now on, on a thread of its own.
         *
         * @throws IllegalStateException with the reason, when the JVM has no such event
         */
        void listen(Runnable action);
    }

    /**
     * Has the action run after each thread dump from now on, each time on a new thread. Once in a process; it cannot be
     * taken back. Links native functions, which took 2 MB of memory and 0.1 to 0.5 s of processor time on a busy
     * machine.
     *
     * @return why this JVM cannot tell, or an empty string
     */
    public static String listen(Runnable action) {
        Java22<Events> implementation = Java22.find(IMPLEMENTATION, Events.class);
        Events events = implementation.newInstance();
        if (events == null) {
            return implementation.reason();
        }
        try {
            events.listen(action);
            return "";
        } catch (RuntimeException | LinkageError e) {
            return String.valueOf(e.getMessage());
        }
    }
}
