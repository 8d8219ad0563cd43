package io.github.xrayd.cli;

import java.io.File;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Tells systemd how far the daemon is, when it asks ({@code NOTIFY_SOCKET}), through the program
 * {@code systemd-notify}; the unit needs {@code NotifyAccess=all}. A thread of its own runs the program, so that
 * nothing waits for it.
 */
final class Systemd {
    private static final String PROGRAM = "systemd-notify";
    private static final String WATCHDOG = "WATCHDOG=1";
    private static final long PROGRAM_S_MAX = 5;

    private final @Nullable String program;
    private final long watchdogMs;
    private volatile BooleanSupplier isHealthy = () -> true;
    private final Queue<String> states = new ArrayDeque<>();
    private boolean isWatched;

    private Systemd(@Nullable String program, long watchdogMs) {
        this.program = program;
        this.watchdogMs = watchdogMs;
    }

    /** A teller for this environment; one that says nothing when systemd does not ask or the program is missing. */
    static Systemd of(Map<String, String> environment) {
        String socket = environment.getOrDefault("NOTIFY_SOCKET", "");
        String program = socket.isEmpty() ? null : find(environment.getOrDefault("PATH", ""));
        return new Systemd(program, program == null ? 0 : watchdogMs(environment));
    }

    private static @Nullable String find(String path) {
        for (String directory : path.split(File.pathSeparator, -1)) {
            File file = new File(directory, PROGRAM);
            if (!directory.isEmpty() && file.canExecute()) {
                return file.getPath();
            }
        }
        return null;
    }

    /** Half the watchdog's interval, or 0 when it does not watch this process. */
    private static long watchdogMs(Map<String, String> environment) {
        String pid = environment.get("WATCHDOG_PID");
        if (pid != null && !pid.equals(Long.toString(ProcessHandle.current().pid()))) {
            return 0;
        }
        try {
            return Long.parseLong(environment.getOrDefault("WATCHDOG_USEC", "0")) / 2_000;
        } catch (NumberFormatException e) {
            return 0;
        }
    }

    /** The daemon receives; from now on a sign of life is given while {@code isHealthy} says so. */
    void ready(BooleanSupplier isHealthy) {
        if (program == null) {
            return;
        }
        this.isHealthy = isHealthy;
        tell("READY=1");
        Thread teller = new Thread(this::tellAll, "systemd");
        teller.setDaemon(true);
        teller.start();
    }

    /** The daemon ends. */
    void stopping() {
        if (program != null) {
            tell("STOPPING=1");
        }
    }

    private synchronized void tell(String state) {
        states.add(state);
        notifyAll();
    }

    private void tellAll() {
        try {
            while (true) {
                String state = next();
                if (!state.equals(WATCHDOG) || isHealthy.getAsBoolean()) {
                    run(state);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The next state to tell: one that was given, or a sign of life when it is time. */
    private synchronized String next() throws InterruptedException {
        long deadlineNs = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(watchdogMs);
        while (states.isEmpty()) {
            if (!isWatched || watchdogMs == 0) {
                isWatched = watchdogMs > 0;
                if (isWatched) {
                    return WATCHDOG;
                }
                wait();
                continue;
            }
            long leftMs = TimeUnit.NANOSECONDS.toMillis(deadlineNs - System.nanoTime());
            if (leftMs <= 0) {
                return WATCHDOG;
            }
            wait(leftMs);
        }
        return states.remove();
    }

    private void run(String state) throws InterruptedException {
        try {
            Process process = new ProcessBuilder(
                            String.valueOf(program),
                            "--pid=" + ProcessHandle.current().pid(),
                            state)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            if (!process.waitFor(PROGRAM_S_MAX, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (IOException | OutOfMemoryError e) {
            // Nobody can be told, or not now; systemd notices what it does not hear.
        }
    }
}
