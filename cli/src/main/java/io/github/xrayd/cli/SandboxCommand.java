package io.github.xrayd.cli;

import io.github.xrayd.cli.log.LogSetup;
import io.github.xrayd.engine.Engine;
import io.github.xrayd.engine.EngineConfig;
import io.github.xrayd.engine.StartException;
import io.github.xrayd.engine.aws.AwsSettings;
import io.github.xrayd.engine.client.Transport;
import io.github.xrayd.engine.proxy.ProxySettings;
import io.github.xrayd.engine.telemetry.Ledger;
import io.github.xrayd.sandbox.DemoTraffic;
import io.github.xrayd.sandbox.DocumentMode;
import io.github.xrayd.sandbox.SamplingRule;
import io.github.xrayd.sandbox.Sandbox;
import io.github.xrayd.sandbox.SandboxConfig;
import io.github.xrayd.sandbox.SandboxSummary;
import io.github.xrayd.sandbox.SignatureMode;
import io.github.xrayd.sandbox.TraceFollower;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/**
 * {@code xray sandbox}: an X-Ray endpoint and the daemon in one process; prints each trace as a tree, and a summary at
 * the end.
 */
@CommandLine.Command(
        name = "xray sandbox",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Runs an X-Ray endpoint and the daemon that sends to it, on loopback. No AWS account is needed.",
        footer = {
            "",
            "Ends with Ctrl-C or after --duration. Exit code: 0 ended normally, 1 could not start, 2 wrong options."
        })
final class SandboxCommand extends PicocliCommand {
    private static final Duration DRAIN_MAX = Duration.ofSeconds(5);
    private static final int PORT_DEFAULT = 2000;
    private static final int KEPT_MB_MAX = 16_384;
    private static final Duration ATTEMPT_TIMEOUT = Duration.ofSeconds(2);

    @Option(names = "--demo", description = "Send lifelike traffic to the daemon's UDP port.")
    private boolean isDemo;

    @Option(names = "--rate", paramLabel = "R", description = "Demo traces per second (default: ${DEFAULT-VALUE}).")
    private double rate = 2;

    @Option(
            names = "--port",
            paramLabel = "PORT",
            description = "The endpoint's port; 0: a free one (default: ${DEFAULT-VALUE}).")
    private int port = 3_000;

    @Option(
            names = "--bind",
            paramLabel = "HOST",
            description =
                    "Address that endpoint and daemon listen on; 0.0.0.0 in a container (default: ${DEFAULT-VALUE}).")
    private String bind = "127.0.0.1";

    @Option(names = "--open", description = "Open the page with the traces in the browser.")
    private boolean isOpened;

    @Option(
            names = "--udp",
            paramLabel = "HOST:PORT",
            description = "The daemon's UDP address (default: --bind with port 2000).")
    private @Nullable String udp;

    @Option(
            names = "--tcp",
            paramLabel = "HOST:PORT",
            description = "The daemon's TCP address (default: --bind with port 2000).")
    private @Nullable String tcp;

    @Option(
            names = "--region",
            paramLabel = "NAME",
            description = "The region that requests must be signed for (default: ${DEFAULT-VALUE}).")
    private String region = SandboxConfig.REGION;

    @Option(names = "--no-auth", description = "Take requests with any signature, or none.")
    private boolean isWithoutAuth;

    @Option(
            names = "--accept-all",
            description =
                    "Take every document. By default one that is no valid segment comes back unprocessed, as from the"
                            + " service, and the reason is printed.")
    private boolean isAcceptingAll;

    @Option(
            names = "--sampling-rules",
            paramLabel = "FILE",
            description =
                    "The sampling rules to serve, as JSON: {\"rules\": [{\"RuleName\": \"r\", \"Priority\": 1, \"FixedRate\":"
                            + " 0.05, \"ReservoirSize\": 1, \"URLPath\": \"/api/*\"}]}, or the output of aws xray get-sampling-rules"
                            + " (default: every request is sampled).")
    private @Nullable Path samplingRules;

    @Option(
            names = "--daemon",
            paramLabel = "URL",
            description =
                    "TCP port of the daemon whose ledger and errors the page shows, as http://127.0.0.1:2000 (default: the"
                            + " daemon of this sandbox).")
    private @Nullable URI watchedDaemon;

    @Option(
            names = "--keep",
            paramLabel = "MB",
            description = "Memory for the kept traces; the oldest are dropped beyond it (default: ${DEFAULT-VALUE}).")
    private int keptMegabytes = 64;

    @Option(
            names = "--memory",
            paramLabel = "MB",
            description = "The daemon's memory limit (default: ${DEFAULT-VALUE}).")
    private int megabytes = 64;

    @Option(names = "--duration", paramLabel = "D", description = "End after this time, as 30s or 5m.")
    private @Nullable Duration duration;

    @Option(
            names = "--seed",
            paramLabel = "N",
            description = "Chooses the demo's traces and the faults (default: ${DEFAULT-VALUE}).")
    private long seed = 1;

    @Option(names = "--quiet", description = "Print the summary only.")
    private boolean isQuiet;

    @Option(
            names = "--log-level",
            paramLabel = "LEVEL",
            description = "The daemon's log: dev to error (default: ${DEFAULT-VALUE}).")
    private String logLevel = "warn";

    @ArgGroup(validate = false, heading = "%nMisbehave:%n")
    private SandboxFaults misbehave = new SandboxFaults();

    @Override
    int call(Invocation call) throws IOException, StartException, InterruptedException {
        PrintStream out = call.out();
        LogSetup.toStandardError(logLevel);
        CountDownLatch ended = new CountDownLatch(1);
        try (Sandbox sandbox = startSandbox()) {
            SandboxSummary summary = new SandboxSummary();
            sandbox.arrivals().addListener(summary);
            TracePrinter printer = isQuiet ? null : printer(out);
            if (printer != null) {
                sandbox.arrivals().addListener(printer);
            }
            Engine engine = Engine.start(engineConfig(sandbox));
            Signals.install(word -> onStop(ended, engine), () -> {});
            try {
                engine.awaitBackend();
                watchDaemon(sandbox, engine);
                sayStarted(out, sandbox, engine);
                TraceFollower follower = printer == null ? null : TraceFollower.start(sandbox, printer);
                Ledger ledger;
                try {
                    ledger = serve(ended, engine);
                } finally {
                    if (follower != null) {
                        follower.close();
                    }
                }
                summary.lines().forEach(out::println);
                out.println("daemon: " + ledger.received() + " received, " + ledger.delivered() + " delivered, "
                        + ledger.rejectedTotal() + " rejected, " + ledger.droppedTotal() + " dropped, "
                        + ledger.unprocessed() + " unprocessed, " + ledger.abandonedTotal() + " abandoned");
            } finally {
                engine.shutdown(Duration.ZERO);
            }
        } finally {
            LogSetup.close();
        }
        return Invocation.OK;
    }

    private void watchDaemon(Sandbox sandbox, Engine engine) {
        InetSocketAddress tcpAddress = engine.tcpAddress();
        if (watchedDaemon != null) {
            sandbox.watchDaemon(watchedDaemon);
        } else if (tcpAddress != null) {
            sandbox.watchDaemon(URI.create("http://" + text(tcpAddress).replace("0.0.0.0:", "127.0.0.1:")));
        }
    }

    /** An address of this command with a port, for {@link HostPort}. */
    private String address(int portNumber) {
        boolean isBare = bind.contains(":") && !bind.startsWith("[");
        return (isBare ? "[" + bind + "]" : bind) + ":" + portNumber;
    }

    private List<SamplingRule> rules() throws IOException {
        Path file = samplingRules;
        if (file == null) {
            return List.of(SamplingRule.everything());
        }
        try {
            return SamplingRule.parse(
                    Files.readAllBytes(invocation().directory().resolve(file)));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("--sampling-rules " + file + ": " + e.getMessage(), e);
        } catch (NoSuchFileException e) {
            throw new IllegalArgumentException("--sampling-rules " + file + ": there is no such file", e);
        }
    }

    private long keptBytes() {
        if (keptMegabytes < 1 || keptMegabytes > KEPT_MB_MAX) {
            throw new IllegalArgumentException(
                    "--keep must be 1 to " + KEPT_MB_MAX + " megabytes, not " + keptMegabytes);
        }
        return (long) keptMegabytes << 20;
    }

    private Sandbox startSandbox() throws IOException, StartException {
        List<SamplingRule> rules = rules();
        Sandbox sandbox;
        try {
            sandbox = Sandbox.start(SandboxConfig.builder()
                    .address(HostPort.resolve(address(port)))
                    .region(region)
                    .signatures(isWithoutAuth ? SignatureMode.IGNORE : SignatureMode.VERIFY)
                    .documents(isAcceptingAll ? DocumentMode.ACCEPT_ALL : DocumentMode.STRICT)
                    .memoryBytesMax(keptBytes())
                    .build());
        } catch (IOException e) {
            throw new IOException(
                    "the endpoint cannot listen on " + address(port) + ": " + e.getMessage()
                            + "; choose another --port",
                    e);
        }
        sandbox.sampling().rules(rules);
        sandbox.faults().seed(seed);
        sandbox.faults().set(misbehave.faults());
        return sandbox;
    }

    private EngineConfig engineConfig(Sandbox sandbox) throws StartException {
        // First in the daemon's chain: a developer's own credentials are never sent to a sandbox.
        System.setProperty("aws.accessKeyId", SandboxConfig.ACCESS_KEY);
        System.setProperty("aws.secretAccessKey", SandboxConfig.SECRET_KEY);
        System.clearProperty("aws.sessionToken");
        InetSocketAddress udpAddress = HostPort.resolve(udp == null ? address(PORT_DEFAULT) : udp);
        return EngineConfig.builder()
                .udpAddress(udpAddress)
                .memoryLimitBytes((long) megabytes << 20)
                .backend(new AwsSettings(
                        sandbox.config().region(),
                        sandbox.endpoint(),
                        null,
                        true,
                        Version.text(),
                        new Transport(
                                Transport.DIRECT, true, null, ATTEMPT_TIMEOUT, EngineConfig.CONCURRENCY_ADAPTIVE_MAX)))
                .admin(new EngineConfig.AdminConfig(
                        EngineConfig.AdminPlace.TCP_PORT, null, Version.text(), Map.of(), Map.of(), null))
                .proxy(new ProxySettings(
                        HostPort.resolve(tcp == null ? address(PORT_DEFAULT) : tcp), ProxySettings.SAMPLING_PATHS))
                .build();
    }

    private TracePrinter printer(PrintStream out) throws InterruptedException {
        return new TracePrinter(out, TracePrinter.style(invocation().environment()));
    }

    private void sayStarted(PrintStream out, Sandbox sandbox, Engine engine) {
        InetSocketAddress tcpAddress = engine.tcpAddress();
        out.println("X-Ray endpoint on " + sandbox.endpoint() + " (region "
                + sandbox.config().region() + ", access key " + SandboxConfig.ACCESS_KEY + ", secret "
                + SandboxConfig.SECRET_KEY + ")");
        out.println("daemon on UDP " + text(engine.udpAddress())
                + (tcpAddress == null ? ", without TCP" : " and TCP " + text(tcpAddress))
                + ": set AWS_XRAY_DAEMON_ADDRESS="
                + text(engine.udpAddress()).replace("0.0.0.0:", "127.0.0.1:") + " for an SDK");
        out.println("OpenTelemetry's exporters send to " + sandbox.endpoint() + "/v1/traces (OTLP/HTTP)");
        String page = sandbox.endpoint() + "/";
        out.println("page with traces, service map and faults: " + page);
        if (isOpened) {
            openInBrowser(page);
        }
    }

    /** Hands the address to the system's own opener; a host without one is no reason to stop. */
    private void openInBrowser(String page) {
        String system = System.getProperty("os.name", "").toLowerCase(Locale.ROOT);
        List<String> command = system.contains("win")
                ? List.of("rundll32", "url.dll,FileProtocolHandler", page)
                : List.of(system.contains("mac") ? "open" : "xdg-open", page);
        try {
            new ProcessBuilder(command)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
        } catch (IOException e) {
            invocation()
                    .err()
                    .println("xray sandbox: --open: " + command.get(0) + " cannot be started; open " + page
                            + " yourself");
        }
    }

    /** The address as users write it: sockets for IPv4 and IPv6 have the wildcard {@code 0.0.0.0} here. */
    private static String text(InetSocketAddress address) {
        String host = address.getAddress().getHostAddress();
        if (address.getAddress().isAnyLocalAddress()) {
            host = "0.0.0.0";
        }
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + address.getPort();
    }

    /** Runs until the end is asked for or the time is over, then drains; returns the daemon's final ledger. */
    private Ledger serve(CountDownLatch ended, Engine engine) throws IOException, InterruptedException {
        DemoTraffic traffic = isDemo ? DemoTraffic.start(engine.udpAddress(), rate, seed) : null;
        try {
            if (duration == null) {
                ended.await();
            } else if (!ended.await(duration.toMillis(), TimeUnit.MILLISECONDS)) {
                ended.countDown();
            }
        } finally {
            if (traffic != null) {
                traffic.close();
            }
        }
        return engine.shutdown(DRAIN_MAX);
    }

    private static void onStop(CountDownLatch ended, Engine engine) {
        if (ended.getCount() == 0) {
            engine.hurry();
        }
        ended.countDown();
    }
}
