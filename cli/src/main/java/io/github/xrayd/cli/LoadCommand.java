package io.github.xrayd.cli;

import io.github.xrayd.cli.log.LogSetup;
import io.github.xrayd.engine.StartException;
import io.github.xrayd.load.LoadConfig;
import io.github.xrayd.load.LoadException;
import io.github.xrayd.load.LoadSession;
import io.github.xrayd.load.LoadVerifier;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/**
 * {@code xray load}: sends segments at a fixed rate, shows progress and, with an endpoint to ask, verifies what
 * arrived.
 */
@CommandLine.Command(
        name = "xray load",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description =
                "Sends segment documents with unique ids at a fixed rate that does not slow when the receiver does.",
        footer = {"", "Exit code: 0 success, 1 something was lost or could not be sent, 2 wrong options."})
final class LoadCommand extends PicocliCommand {
    @Option(
            names = "--to",
            paramLabel = "HOST:PORT",
            description = "The daemon's UDP address (default: ${DEFAULT-VALUE}).")
    private String to = "127.0.0.1:2000";

    @Option(
            names = "--rate",
            paramLabel = "R",
            description = "Datagrams per second; 0: line rate (default: ${DEFAULT-VALUE}).")
    private double rate = 1_000;

    @Option(
            names = "--duration",
            paramLabel = "D",
            description = "How long to send, as 30s or 5m (default: 10s, without --count).")
    private @Nullable Duration duration;

    @Option(names = "--count", paramLabel = "N", description = "How many datagrams to send, instead of --duration.")
    private long count;

    @Option(
            names = "--sources",
            paramLabel = "N",
            description = "Source ports that take turns (default: ${DEFAULT-VALUE}).")
    private int sources = 64;

    @Option(
            names = "--size",
            paramLabel = "BYTES",
            description = "Length of each document (default: ${DEFAULT-VALUE}).")
    private int size = 1_024;

    @Option(names = "--mix", description = "Documents of a real SDK in a real fleet's sizes, instead of --size.")
    private boolean isMix;

    @Option(names = "--threads", paramLabel = "N", description = "Threads that send (default: ${DEFAULT-VALUE}).")
    private int threads = 1;

    @Option(names = "--seed", paramLabel = "N", description = "Chooses texts and order (default: ${DEFAULT-VALUE}).")
    private long seed = 1;

    @Option(
            names = "--verify",
            paramLabel = "ENDPOINT",
            description = "The sandbox to ask what arrived, as http://127.0.0.1:3000.")
    private @Nullable URI verify;

    @Option(
            names = "--settle",
            paramLabel = "D",
            description = "How long nothing may arrive before the rest counts as lost (default: 5s).")
    private Duration settle = LoadVerifier.SETTLE_DEFAULT;

    @Override
    int call(Invocation call) throws LoadException, StartException, IOException, InterruptedException {
        LogSetup.toStandardError("warn");
        LoadSession session = new LoadSession(config(HostPort.resolve(to)), verify, settle);
        Signals.install(word -> session.stop(), () -> {});
        return session.run(call.out(), call.err(), Terminal.columns(call.environment()))
                .exitCode();
    }

    private LoadConfig config(InetSocketAddress target) {
        if (count == 0 && duration == null) {
            duration = Duration.ofSeconds(10);
        }
        LoadConfig.LoadBuilder builder = LoadConfig.to(target)
                .ratePerSecond(rate)
                .count(count)
                .duration(duration == null ? Duration.ZERO : duration)
                .sources(sources)
                .threads(threads)
                .seed(seed);
        return (isMix ? builder.mix() : builder.sizeBytes(size)).build();
    }
}
