package io.github.xrayd.cli;

import io.github.xrayd.cli.log.LogSetup;
import io.github.xrayd.engine.DestinationKind;
import io.github.xrayd.engine.EngineConfig;
import io.github.xrayd.engine.SpoolReplay;
import io.github.xrayd.engine.StartException;
import io.github.xrayd.engine.XRayDestination;
import io.github.xrayd.engine.batch.Parcel;
import io.github.xrayd.engine.encode.BodyEncoding;
import io.github.xrayd.engine.export.Answer;
import io.github.xrayd.engine.spool.SpoolInspector;
import io.github.xrayd.engine.spool.SpoolLockedException;
import io.github.xrayd.engine.spool.SpoolSettings;
import io.github.xrayd.engine.telemetry.Ledger;
import io.github.xrayd.engine.upload.RejectedDocument;
import io.github.xrayd.engine.upload.UploadListener;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
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
            "It also takes the daemon's options (--spool-dir DIR, -c FILE, -n REGION, --endpoint URL and so on). What is spooled",
            "for an OTLP or Kafka destination needs --otlp-endpoint or --kafka-output-brokers, or the file's list.",
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
        Path directory = SpoolCommand.directory(settings);
        List<Path> spools = SpoolCommand.spools(directory);
        List<SpoolReplay> all = new ArrayList<>();
        // Whatever is wrong with one of them is said before anything is sent.
        for (Path spool : spools) {
            Settings own = spool.equals(directory) ? settings : ofDestination(settings, spool);
            all.add(replay(new SpoolSettings(spool, settings.whole(Setting.SPOOL_LIMIT) << 20), own));
        }
        LogSetup.toStandardError("warn");
        try {
            EngineSettings.applyProfile(settings);
            Signals.install(word -> all.forEach(SpoolReplay::stop), () -> {});
            boolean isDone = true;
            for (int i = 0; i < spools.size(); i++) {
                if (spools.size() > 1) {
                    invocation.out().print(spools.get(i) + ": ");
                }
                isDone &= report(run(spools.get(i), all.get(i)));
            }
            return isDone ? Invocation.OK : Invocation.FAILED;
        } finally {
            LogSetup.close();
        }
    }

    private SpoolReplay replay(SpoolSettings spool, Settings settings) throws StartException, IOException {
        int calls = (int) settings.whole(Setting.CONCURRENCY);
        return new SpoolReplay(
                spool,
                kind(settings, spool.directory()),
                calls > 0 ? calls : EngineConfig.CONCURRENCY_ADAPTIVE_MAX,
                patience,
                new Printer(invocation.err()));
    }

    /** The settings of the destination whose spool it is. */
    private static Settings ofDestination(Settings settings, Path spool) throws StartException {
        for (Settings.Destination destination : EngineSettings.destinationsOf(settings)) {
            if (spool.equals(destination.settings().pathOrNull(Setting.SPOOL_DIR))) {
                return destination.settings();
            }
        }
        throw new StartException("The spool " + spool + " belongs to a destination that the options do not describe:"
                + " give those of the daemon (-c FILE, or --kafka-output-brokers, --otlp-endpoint and so on),"
                + " or name one spool by --spool-dir and its destination.");
    }

    /** The destination that can send what the spool holds. */
    private static DestinationKind kind(Settings settings, Path spool) throws StartException, IOException {
        if (!holds(spool, BodyEncoding.RAW)) {
            if (holds(spool, BodyEncoding.XRAY_JSON)
                    && settings.text(Setting.XRAY_OUTPUT).equals("off")) {
                throw new StartException("The spool " + spool
                        + " holds documents of an X-Ray destination, and --xray-output is off: give --xray-output on,"
                        + " or name another spool by --spool-dir.");
            }
            return new XRayDestination(EngineSettings.backend(settings));
        }
        boolean isKafka = settings.textOrNull(Setting.KAFKA_OUTPUT_BROKERS) != null;
        boolean isOtlp = settings.textOrNull(Setting.OTLP_ENDPOINT) != null;
        if (isKafka == isOtlp) {
            throw new StartException("The spool " + spool
                    + " holds documents of an OTLP or Kafka destination: name it by --otlp-endpoint or"
                    + " --kafka-output-brokers" + (isKafka ? ", and not both." : "."));
        }
        return EngineSettings.kind(settings);
    }

    private static boolean holds(Path spool, BodyEncoding encoding) throws IOException {
        String text = BodyEncoding.text(encoding.code());
        return new SpoolInspector(spool)
                .files().stream().anyMatch(file -> file.encoding().equals(text));
    }

    private static SpoolReplay.Outcome run(Path spool, SpoolReplay replay) throws StartException, IOException {
        try {
            return replay.run();
        } catch (SpoolLockedException e) {
            throw new IOException(
                    "the spool directory " + spool
                            + " is in use; the daemon that has it delivers it, or stop that daemon first: "
                            + e.getMessage(),
                    e);
        }
    }

    /** Prints it; whether all was taken. */
    private boolean report(SpoolReplay.Outcome outcome) {
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
        return ledger.delivered() == ledger.recovered();
    }

    /** Says what the service did not take, the first lines of it. */
    private static final class Printer implements UploadListener {
        private final PrintStream err;
        private int lines;

        Printer(PrintStream err) {
            this.err = err;
        }

        @Override
        public void onRejected(RejectedDocument rejected, Parcel parcel) {
            if (lines++ < LINES_MAX) {
                err.println("not taken: " + rejected.text());
            }
        }

        @Override
        public void onAbandoned(int documents, String reason) {
            err.println(documents + " documents given up: " + reason);
        }
    }
}
