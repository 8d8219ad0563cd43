package io.github.xrayd.cli;

import io.github.xrayd.cli.log.LogSettings;
import io.github.xrayd.cli.log.LogSetup;
import io.github.xrayd.engine.Engine;
import io.github.xrayd.engine.StartException;
import io.github.xrayd.engine.receive.InheritedSocket;
import io.github.xrayd.engine.run.OwnClasses;
import io.github.xrayd.engine.run.ThreadDumps;
import io.github.xrayd.engine.telemetry.FinalReport;
import java.io.IOException;
import java.net.BindException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The daemon from its settings to its exit code: log, engine, signals, end. */
final class Daemon {
    private final Settings settings;
    private final Invocation invocation;
    private final LinkedBlockingQueue<Ending> endings = new LinkedBlockingQueue<>();
    private volatile @Nullable Engine engine;
    private final AtomicBoolean isReporting = new AtomicBoolean();
    private volatile boolean isEnding;

    /** Why the daemon ends. Its classes are loaded at the start, see {@link #loadEndings}. */
    private sealed interface Ending {
        /** A signal asked for it. */
        record Signalled(String word) implements Ending {}

        /** The backend cannot be built. */
        record NotStarted(String message) implements Ending {}

        /** The engine broke; it has said so. */
        record Broken(Throwable cause) implements Ending {}
    }

    Daemon(Settings settings, Invocation invocation) {
        this.settings = settings;
        this.invocation = invocation;
    }

    /**
     * Runs until a signal or a failure.
     *
     * @return the exit code
     */
    int run() {
        try {
            LogSetup.configure(new LogSettings(
                    settings.text(Setting.LOG_LEVEL),
                    settings.pathOrNull(Setting.LOG_FILE),
                    settings.isOn(Setting.LOG_ROTATION),
                    settings.text(Setting.LOG_FORMAT).equals("json")));
        } catch (IOException e) {
            ErrorLine.print(String.valueOf(e.getMessage()), invocation.err(), null);
            return Invocation.FAILED;
        }
        Logger log = LoggerFactory.getLogger(Daemon.class);
        try {
            return run(log);
        } catch (StartException e) {
            log.error("{}", e.getMessage());
            if (e.getCause() instanceof BindException
                    && String.valueOf(e.getMessage()).contains("in use")) {
                log.error(
                        "Another process has this port, perhaps the official X-Ray daemon or a second xrayd: one daemon"
                                + " can have it. Stop the other one, or choose another address with --bind.");
            }
            return Invocation.FAILED;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Invocation.FAILED;
        } catch (Throwable e) {
            log.error("The daemon ends: {}", e.toString(), e);
            return Invocation.FAILED;
        } finally {
            LogSetup.close();
        }
    }

    private int run(Logger log) throws StartException, InterruptedException {
        log.info("Initializing AWS X-Ray daemon v{}", Version.text());
        for (String warning : settings.warnings()) {
            log.warn("{}", warning);
        }
        MemoryPlan memory = EngineSettings.memory(settings, Runtime.getRuntime().maxMemory());
        if (memory.warning() != null) {
            log.warn("{}", memory.warning());
        }
        log.info("Using buffer memory limit of {} MB", memory.megabytes());
        EngineSettings.applyProfile(settings);
        LedgerFile ledgerFile = LedgerFile.of(settings.pathOrNull(Setting.LEDGER_FILE));
        loadEndings();
        DiagnosticsDirectory reports = DiagnosticsDirectory.of(settings);
        if (reports != null) {
            reports.prepare();
        }
        Signals.install(this::onStop, LogSetup::reopen, () -> onReport(log, reports));
        InheritedSocket inherited = inheritedSocket(log);
        if (inherited != null) {
            for (String warning : EngineSettings.overruled(settings, inherited)) {
                log.warn("{}", warning);
            }
        }
        Engine started = Engine.start(EngineSettings.of(settings, memory.megabytes(), inherited));
        engine = started;
        if (reports != null) {
            Thread asking = new Thread(() -> listenForThreadDumps(log, reports), "thread-dumps");
            asking.setDaemon(true);
            asking.start();
        }
        try {
            return runUntilEnding(log, started);
        } finally {
            // A second time it does nothing: so whatever was thrown, what is held is spooled or counted.
            started.shutdown(Duration.ZERO);
            if (ledgerFile != null) {
                write(log, ledgerFile, started.finalReport());
            }
        }
    }

    private static void write(Logger log, LedgerFile file, @Nullable FinalReport report) {
        try {
            if (report != null) {
                file.write(report);
            }
        } catch (IOException e) {
            log.error("The final ledger cannot be written to {}: {}", file, e.toString());
        }
    }

    private static @Nullable InheritedSocket inheritedSocket(Logger log) {
        try {
            return InheritedSocket.find();
        } catch (IOException e) {
            // Such as one end of a pair that stands for standard input: the daemon binds its own, as without one.
            log.debug("The socket on descriptor 0 is not used: {}", e.toString());
            return null;
        }
    }

    private int runUntilEnding(Logger log, Engine started) throws InterruptedException {
        Systemd systemd = Systemd.of(invocation.environment());
        systemd.ready(() -> started.livenessProblem() == null);
        Thread.setDefaultUncaughtExceptionHandler((thread, e) -> onUncaught(log, thread, e));
        CompletableFuture<Void> unusedFailure =
                started.failure().thenAccept(error -> endings.add(new Ending.Broken(error)));
        CompletableFuture<?> unusedBackend = started.backend().whenComplete((backend, e) -> onBackend(e));

        Ending ending = endings.take();
        systemd.stopping();
        if (ending instanceof Ending.Signalled signalled) {
            log.info("Got shutdown signal: {}", signalled.word());
            started.shutdown(
                    Duration.ofMillis(settings.millis(Setting.SHUTDOWN_TIMEOUT)),
                    Duration.ofMillis(settings.millis(Setting.LINGER)));
            return Invocation.OK;
        }
        if (ending instanceof Ending.NotStarted notStarted) {
            log.error("{}", notStarted.message());
        }
        return ending instanceof Ending.Broken broken && broken.cause() instanceof OutOfMemoryError
                ? Invocation.OUT_OF_MEMORY
                : Invocation.FAILED;
    }

    /** Loads what ends the daemon, while its jars are there for sure: they may be rewritten in place by an upgrade. */
    private static void loadEndings() {
        for (Class<?> kind : Ending.class.getPermittedSubclasses()) {
            try {
                Class.forName(kind.getName(), true, kind.getClassLoader());
            } catch (ClassNotFoundException e) {
                throw new IllegalStateException("the installation is not complete", e);
            }
        }
        try {
            // What writes an error with its trace to the log.
            OwnClasses.load(LogSetup.class);
        } catch (IOException e) {
            throw new IllegalStateException("the installation is not complete", e);
        }
    }

    /**
     * A thread that is not the engine's has ended by a throwable. When that was an error, nobody knows what it leaves
     * behind.
     */
    private void onUncaught(Logger log, Thread thread, Throwable e) {
        log.error("Thread {} ended: {}", thread.getName(), e.toString(), e);
        if (e instanceof Error) {
            endings.add(new Ending.Broken(e));
        }
    }

    /**
     * A first signal ends the daemon, a second one its patience. What goes wrong here ends the process, because nobody
     * else would.
     */
    private void onStop(String word) {
        try {
            stop(word);
        } catch (Throwable e) {
            endings.add(new Ending.Broken(e));
            throw e;
        }
    }

    private synchronized void stop(String word) {
        Engine running = engine;
        if (!isEnding) {
            isEnding = true;
            endings.add(new Ending.Signalled(word));
        } else if (running != null) {
            running.hurry();
        }
    }

    /** Has SIGQUIT write a report, too, where the JVM tells of it; beside the start, because it takes a moment. */
    private void listenForThreadDumps(Logger log, DiagnosticsDirectory reports) {
        String reason = ThreadDumps.listen(() -> onReport(log, reports));
        if (reason.isEmpty()) {
            log.info("SIGUSR1 and SIGQUIT write diagnostics to {}", reports);
        } else {
            log.info("SIGUSR1 writes diagnostics to {}; SIGQUIT does not: {}", reports, reason);
        }
    }

    /**
     * Writes a report; without a directory for it the signal is ignored, as by the reference daemon, and so is one that
     * comes while a report is written.
     */
    private void onReport(Logger log, @Nullable DiagnosticsDirectory reports) {
        Engine running = engine;
        if (reports == null || running == null || !isReporting.compareAndSet(false, true)) {
            return;
        }
        Path file;
        try {
            file = reports.write(running.diagnostics(), ProcessHandle.current().pid());
        } catch (IOException | RuntimeException e) {
            log.error("Diagnostics cannot be written: {}", e.toString());
            return;
        } finally {
            isReporting.set(false);
        }
        log.info("Diagnostics written to {}", file);
    }

    private void onBackend(@Nullable Throwable e) {
        if (e != null) {
            Throwable cause = e instanceof CompletionException && e.getCause() != null ? e.getCause() : e;
            endings.add(new Ending.NotStarted(String.valueOf(cause.getMessage())));
        }
    }
}
