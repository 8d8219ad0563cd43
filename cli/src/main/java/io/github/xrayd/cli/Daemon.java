package io.github.xrayd.cli;

import io.github.xrayd.cli.log.LogSettings;
import io.github.xrayd.cli.log.LogSetup;
import io.github.xrayd.engine.Engine;
import io.github.xrayd.engine.StartException;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The daemon from its settings to its exit code: log, engine, signals, end. */
final class Daemon {
    private final Settings settings;
    private final Invocation invocation;
    private final LinkedBlockingQueue<Ending> endings = new LinkedBlockingQueue<>();
    private volatile @Nullable Engine engine;
    private volatile boolean isEnding;

    /** Why the daemon ends. */
    private sealed interface Ending {
        /** A signal asked for it. */
        record Signalled(String word) implements Ending {}

        /** The backend cannot be built. */
        record NotStarted(String message) implements Ending {}

        /** The engine broke; it has said so. */
        record Broken() implements Ending {}
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
            return Invocation.FAILED;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
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
        Signals.install(this::onStop, LogSetup::reopen);
        Engine started = Engine.start(EngineSettings.of(settings, memory.megabytes()));
        engine = started;
        Systemd systemd = Systemd.of(invocation.environment());
        systemd.ready();
        CompletableFuture<Void> unused = started.failure().thenAccept(error -> endings.add(new Ending.Broken()));
        watchBackend(started);

        Ending ending = endings.take();
        systemd.stopping();
        if (ending instanceof Ending.Signalled signalled) {
            log.info("Got shutdown signal: {}", signalled.word());
            started.shutdown(Duration.ofMillis(settings.millis(Setting.SHUTDOWN_TIMEOUT)));
            return Invocation.OK;
        }
        if (ending instanceof Ending.NotStarted notStarted) {
            log.error("{}", notStarted.message());
        }
        started.shutdown(Duration.ZERO);
        return Invocation.FAILED;
    }

    /** A first signal ends the daemon, a second one its patience. */
    private synchronized void onStop(String word) {
        Engine running = engine;
        if (!isEnding) {
            isEnding = true;
            endings.add(new Ending.Signalled(word));
        } else if (running != null) {
            running.hurry();
        }
    }

    private void watchBackend(Engine started) {
        Thread watcher = new Thread(() -> awaitBackend(started), "await-backend");
        watcher.setDaemon(true);
        watcher.start();
    }

    private void awaitBackend(Engine started) {
        try {
            started.awaitBackend();
        } catch (StartException e) {
            endings.add(new Ending.NotStarted(String.valueOf(e.getMessage())));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
