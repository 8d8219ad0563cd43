package io.github.xrayd.cli;

import io.github.xrayd.cli.log.LogSettings;
import io.github.xrayd.cli.log.LogSetup;
import io.github.xrayd.engine.DestinationKind;
import io.github.xrayd.engine.EngineConfig;
import io.github.xrayd.engine.SpoolReplay;
import io.github.xrayd.engine.StartException;
import io.github.xrayd.engine.XRayDestination;
import io.github.xrayd.engine.encode.BodyEncoding;
import io.github.xrayd.engine.export.Answer;
import io.github.xrayd.engine.spool.SpoolInspector;
import io.github.xrayd.engine.spool.SpoolLockedException;
import io.github.xrayd.engine.spool.SpoolSettings;
import io.github.xrayd.engine.telemetry.Ledger;
import io.github.xrayd.engine.upload.UploadListener;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.Unmatched;

/** {@code xray spool replay}: delivers what a spool holds, as the daemon would. */
@CommandLine.Command(
        name = "replay",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description =
                "Delivers what the spool holds, oldest first, with the daemon's own settings. The daemon must be stopped.",
        footer = {
            "",
            "It also takes the daemon's options (--spool-dir DIR, -c FILE, -n REGION, --endpoint URL and so on).",
            "Ends when the spool is empty, with Ctrl-C, or when nothing is delivered for --patience; the rest stays on disk.",
            "Exit code: 0 the spool is empty and all was taken, 1 something is left or was refused, 2 wrong options."
        })
final class SpoolReplayCommand implements Callable<Integer> {
    private static final int LINES_MAX = 20;

    @Option(
            names = "--patience",
            paramLabel = "D",
            description = "How long nothing may be delivered before it gives up, as 30s or 5m (default: 30s).")
    private Duration patience = Duration.ofSeconds(30);

    @Unmatched
    private List<String> daemonOptions = new ArrayList<>();

    private final Invocation invocation;

    SpoolReplayCommand(Invocation invocation) {
        this.invocation = invocation;
    }

    @Override
    public Integer call() throws ConfigException, IOException, StartException {
        Settings settings = SpoolCommand.settings(daemonOptions, invocation);
        SpoolCommand.directory(settings);
        SpoolSettings spool = Objects.requireNonNull(EngineSettings.spool(settings));
        if (!Files.isDirectory(spool.directory())) {
            throw new IOException(spool.directory() + " is no directory");
        }
        LogSetup.configure(new LogSettings("warn", null, false, false));
        try {
            int told = (int) settings.whole(Setting.CONCURRENCY);
            String profile = settings.textOrNull(Setting.PROFILE);
            if (profile != null) {
                System.setProperty("aws.profile", profile);
            }
            SpoolReplay replay = new SpoolReplay(
                    spool,
                    kind(settings, spool),
                    told > 0 ? told : EngineConfig.CONCURRENCY_ADAPTIVE_MAX,
                    patience,
                    new Printer(invocation.err()));
            Signals.install(word -> replay.stop(), () -> {});
            return report(replay.run());
        } catch (SpoolLockedException e) {
            throw new IOException(
                    "the spool directory " + spool.directory()
                            + " is in use; the daemon that has it delivers it, or stop that daemon first: "
                            + e.getMessage(),
                    e);
        } finally {
            LogSetup.close();
        }
    }

    /** The destination that can send what the spool holds. */
    private static DestinationKind kind(Settings settings, SpoolSettings spool) throws StartException, IOException {
        String raw = BodyEncoding.text(BodyEncoding.RAW.code());
        boolean isRaw = new SpoolInspector(spool.directory())
                .files().stream().anyMatch(file -> file.encoding().equals(raw));
        if (!isRaw) {
            return new XRayDestination(EngineSettings.backend(settings));
        }
        DestinationKind kind = EngineSettings.kind(settings);
        if (kind instanceof XRayDestination) {
            throw new StartException("The spool " + spool.directory()
                    + " holds documents of an OTLP or Kafka destination: say which one, by --otlp-endpoint or"
                    + " --kafka-output-brokers.");
        }
        return kind;
    }

    private int report(SpoolReplay.Outcome outcome) {
        Ledger ledger = outcome.ledger();
        invocation
                .out()
                .println(ledger.recovered() + " documents found, " + ledger.delivered() + " delivered, "
                        + ledger.unprocessed() + " left unprocessed, " + ledger.refused() + " refused, "
                        + ledger.abandonedTotal() + " lost, " + ledger.spooled() + " left on disk");
        Answer failure = outcome.failure();
        if (ledger.spooled() > 0) {
            invocation
                    .err()
                    .println(
                            failure == null
                                    ? "xray spool replay: ended early; what is left stays on disk"
                                    : "xray spool replay: what is left stays on disk; the last call failed: "
                                            + failure.message());
        }
        boolean isAllTaken = ledger.delivered() == ledger.recovered();
        return isAllTaken ? Invocation.OK : Invocation.FAILED;
    }

    /** Says what the service did not take, the first lines of it. */
    private static final class Printer implements UploadListener {
        private final PrintStream err;
        private int lines;

        Printer(PrintStream err) {
            this.err = err;
        }

        @Override
        public void onSent(int documents, int unprocessed, long latencyNs) {}

        @Override
        public void onFailed(Answer answer, int documents) {}

        @Override
        public void onRejected(String traceId, @Nullable String code, @Nullable String message) {
            if (lines++ < LINES_MAX) {
                err.println("not taken: trace " + (traceId.isEmpty() ? "(unknown)" : traceId) + ", code: "
                        + (code == null ? "none" : code) + ", message: " + (message == null ? "none" : message));
            }
        }

        @Override
        public void onAbandoned(int documents, String reason) {
            err.println(documents + " documents given up: " + reason);
        }
    }
}
